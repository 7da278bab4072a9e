"""The grid moves notes to the nearest tick, says by how much, and then nothing more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from engine.score.theory import METERS
from engine.score.units import GRID
from engine.tokens.quantise import DRUM_TICKS, quantise
from engine.tokens.spec import DURATIONS, tempo_bpm
from engine.tokens.vocab import tempo_step, velocity_of, velocity_step
from tests.engine.score.any_score import grid_scores, wild_scores
from tests.engine.score.pieces import hits, piece


@given(wild_scores())
def test_what_is_on_the_grid_stays(score: Score) -> None:
    grid, _ = quantise(score)
    again, rounding = quantise(grid)
    assert again == grid
    assert rounding.onset_max_quarters == rounding.duration_mean_quarters == 0
    assert rounding.duplicates == 0


@given(grid_scores())
def test_a_score_of_the_tokens_keeps_all_but_its_duplicates(score: Score) -> None:
    grid, rounding = quantise(score)
    assert grid == replace(score, notes=tuple(sorted(set(score.notes))))
    assert rounding.duplicates == len(score.notes) - len(grid.notes)


@given(wild_scores())
def test_onsets_move_by_half_a_tick_at_most(score: Score) -> None:
    grid, rounding = quantise(score)
    assert rounding.onset_mean_quarters <= rounding.onset_max_quarters <= 0.5 / GRID
    places = {(n.start, n.program, n.pitch) for n in grid.notes}
    for note in score.notes:
        tick = int(note.start * GRID / score.resolution + 0.5)
        assert (tick, note.program, note.pitch) in places


@given(wild_scores())
def test_everything_can_be_said(score: Score) -> None:
    grid, _ = quantise(score)
    assert grid.resolution == GRID
    assert {meter[1:] for meter in grid.meters} <= set(METERS)
    assert all(tempo.bpm == tempo_bpm(tempo_step(tempo.bpm)) for tempo in grid.tempos)
    assert all(tempo.tick < grid.bars_end for tempo in grid.tempos)
    for note in grid.notes:
        assert note.start < grid.bars_end
        assert note.duration in DURATIONS
        assert note.velocity == velocity_of(velocity_step(note.velocity))
        assert note.program != DRUMS or note.duration == DRUM_TICKS


def test_the_rounding_is_told_in_quarters() -> None:
    # At 96 ticks to the quarter a grid tick is 8: the first note is exact, the second 3 late,
    # 5 too long.
    notes = [Note(0, 0, 60, 96, 84), Note(99, 0, 62, 101, 84)]
    grid, rounding = quantise(piece(notes, resolution=96))
    assert [note[:4] for note in grid.notes] == [(0, 0, 60, 12), (12, 0, 62, 13)]
    assert rounding.onset_max_quarters == pytest.approx(3 / 96)
    assert rounding.onset_mean_quarters == pytest.approx(3 / 96 / 2)
    assert rounding.duration_mean_quarters == pytest.approx(3 / 96 / 2)


def test_notes_that_fall_together_are_counted_as_duplicates() -> None:
    notes = [Note(0, 0, 60, 96, 84), Note(1, 0, 60, 96, 85), Note(2, 0, 60, 48, 84)]
    grid, rounding = quantise(piece(notes, resolution=96))
    assert len(grid.notes) == 2
    assert rounding.duplicates == 1


def test_triplets_and_sixteenths_are_exact() -> None:
    thirds = [Note(32 * i, 0, 60 + i, 32, 84) for i in range(6)]
    fourths = [Note(192 + 24 * i, 0, 70 + i, 24, 84) for i in range(8)]
    _, rounding = quantise(piece([*thirds, *fourths], resolution=96))
    assert rounding.onset_max_quarters == rounding.duration_mean_quarters == 0


def test_drums_ring_a_sixteenth_whatever_the_file_says() -> None:
    long = [note._replace(duration=40) for note in hits((0, 12))]
    assert {note.duration for note in quantise(piece(long))[0].notes} == {DRUM_TICKS}


def test_a_note_of_a_hundred_bars_is_held_for_eight() -> None:
    grid, _ = quantise(piece([Note(0, 0, 60, 4800, 84)], bars=100))
    assert grid.notes[0].duration == 384


def test_silent_bars_at_the_end_stay() -> None:
    assert quantise(piece([Note(0, 0, 60, 12, 84)], bars=7))[0].bars == 7


def test_changes_of_tempo_that_no_one_hears_are_one() -> None:
    score = replace(
        piece([Note(0, 0, 60, 12, 84)]),
        tempos=(Tempo(0, 120.0), Tempo(12, 120.4), Tempo(24, 90.0)),
    )
    assert [tempo.tick for tempo in quantise(score)[0].tempos] == [0, 24]


def test_a_tempo_on_the_last_bar_line_is_not_said() -> None:
    score = replace(piece([Note(0, 0, 60, 12, 84)]), tempos=(Tempo(0, 120.0), Tempo(48, 60.0)))
    assert len(quantise(score)[0].tempos) == 1


def test_chords_come_along() -> None:
    score = replace(
        piece([Note(0, 0, 60, 12, 84)], resolution=GRID).at_resolution(480),
        chords=(Chord(0, 0, ""), Chord(965, 7, "7"), Chord(99_999, 2, "m")),
    )
    assert quantise(score)[0].chords == (Chord(0, 0, ""), Chord(24, 7, "7"))


def test_cut_time_is_written_in_four() -> None:
    grid, _ = quantise(replace(piece([Note(0, 0, 60, 12, 84)]), meters=(Meter(0, 2, 2),)))
    assert grid.meters == (Meter(0, 4, 4),)
