"""Exact figures for bars that can be counted on fingers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from engine.score.measures import (
    DENSITY_EDGES,
    POLYPHONY_EDGES,
    density_level,
    measure,
    piano_roll,
    polyphony_level,
    sounding_mean,
)
from engine.score.model import DRUMS, Score
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import BASS, KICK, chord, hits, melody, piece


def test_four_quarters_are_one_onset_a_quarter_and_one_voice() -> None:
    found = measure(piece(melody((60, 62, 64, 65))))
    assert found.density.tolist() == [1.0]
    assert found.polyphony.tolist() == [1.0]
    assert found.pitch_class_ticks[0, [0, 2, 4, 5]].tolist() == [12, 12, 12, 12]
    assert found.pitch_class_ticks.sum() == 48


def test_sixteenths_are_four_onsets_a_quarter_in_every_meter() -> None:
    for meter, ticks in (((4, 4), 48), ((3, 4), 36), ((6, 8), 36), ((7, 8), 42)):
        found = measure(piece(melody([60] * (ticks // 3), ticks=3), meter=meter))
        assert found.density.tolist() == [4.0]


def test_notes_that_begin_together_are_one_onset() -> None:
    found = measure(piece([*chord(0, (60, 64, 67), 12), *hits([0], KICK), *hits([0])]))
    assert found.density.tolist() == [0.25]
    assert found.polyphony.tolist() == [3.0]


def test_polyphony_counts_only_while_something_sounds() -> None:
    # Three voices for a quarter, one for the next, silence for the rest.
    found = measure(piece([*chord(0, (60, 64, 67), 12), *chord(12, (72,), 12)]))
    assert found.polyphony.tolist() == [2.0]


def test_drums_have_density_and_no_pitch() -> None:
    found = measure(piece(hits(range(0, 48, 6))))
    assert found.density.tolist() == [2.0]
    assert found.polyphony.tolist() == [0.0]
    assert found.pitch_class_ticks.sum() == 0
    assert found.key[1] == 0.0
    assert found.mean_polyphony == 0.0


def test_a_note_held_over_the_bar_line_sounds_in_both_bars() -> None:
    found = measure(piece(chord(24, (61,), 36), bars=2))
    assert found.density.tolist() == [0.25, 0.0]
    assert found.pitch_class_ticks[:, 1].tolist() == [24, 12]


def test_a_note_held_beyond_the_last_bar_is_cut_there() -> None:
    found = measure(piece(chord(36, (60,), 96)))
    assert found.pitch_class_ticks[0, 0] == 12


def test_silent_bars_lower_density_and_leave_polyphony() -> None:
    found = measure(piece(chord(0, (60, 64), 12), bars=4))
    assert found.mean_density == 0.25 / 4
    assert found.mean_polyphony == 2.0


def test_octaves_are_one_pitch_class() -> None:
    found = measure(piece([*chord(0, (0, 12, 120), 12), *chord(0, (36,), 24, BASS)]))
    assert found.pitch_class_ticks[0, 0] == 60


def test_the_piano_roll_counts_voices_of_all_parts() -> None:
    roll = piano_roll(piece([*chord(0, (60,), 24), *chord(12, (60,), 24, BASS), *hits([0], 60)]))
    assert roll.shape == (128, 48)
    assert roll[60].tolist() == [1] * 12 + [2] * 12 + [1] * 12 + [0] * 12


def test_a_score_without_bars_has_empty_measures() -> None:
    found = measure(piece([], bars=0))
    assert found.mean_density == 0.0
    assert found.mean_polyphony == 0.0
    assert found.pitch_class_ticks.shape == (0, 12)


@pytest.mark.parametrize(
    ("level", "edges"), [(density_level, DENSITY_EDGES), (polyphony_level, POLYPHONY_EDGES)]
)
def test_levels_rise_at_their_edges(level, edges) -> None:  # type: ignore[no-untyped-def]
    assert level(0.0) == 0
    for index, edge in enumerate(edges):
        assert level(edge - 1e-9) == index
        assert level(edge) == index + 1
    assert level(1e9) == 7


def test_the_mean_of_silence_is_nothing() -> None:
    assert sounding_mean(np.zeros(3)) == 0.0
    assert sounding_mean(np.array([0.0, 2.0, 4.0])) == 3.0


@given(grid_scores())
def test_every_pitched_tick_is_counted_once(score: Score) -> None:
    end = score.bars_end
    sounding = sum(
        min(note.start + note.duration, end) - note.start
        for note in score.notes
        if note.program != DRUMS
    )
    assert measure(score).pitch_class_ticks.sum() == sounding


@given(grid_scores())
def test_measures_have_a_row_a_bar_within_bounds(score: Score) -> None:
    found = measure(score)
    assert len(found.density) == len(found.polyphony) == score.bars
    assert (found.density >= 0).all()
    assert (found.density <= 12).all()
    assert ((found.polyphony == 0) | (found.polyphony >= 1)).all()
