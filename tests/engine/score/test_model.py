"""A Score that exists is sound, and knows its bars and its seconds."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given

from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from tests.engine.score.any_score import file_scores, grid_scores
from tests.engine.score.pieces import BASS, PIANO, chord, hits, melody, piece

SOUND = piece(melody((60, 62, 64, 65)))

UNSOUND = {
    "starts before the piece": {"notes": (Note(-1, 0, 60, 12, 80),)},
    "no such program": {"notes": (Note(0, DRUMS + 1, 60, 12, 80),)},
    "negative program": {"notes": (Note(0, -1, 60, 12, 80),)},
    "pitch too high": {"notes": (Note(0, 0, 128, 12, 80),)},
    "pitch too low": {"notes": (Note(0, 0, -1, 12, 80),)},
    "no duration": {"notes": (Note(0, 0, 60, 0, 80),)},
    "silent": {"notes": (Note(0, 0, 60, 12, 0),)},
    "louder than MIDI": {"notes": (Note(0, 0, 60, 12, 128),)},
    "notes unsorted": {"notes": (Note(12, 0, 60, 12, 80), Note(0, 0, 60, 12, 80))},
    "no tempo": {"tempos": ()},
    "no tempo at the start": {"tempos": (Tempo(1, 120.0),)},
    "tempo of nothing": {"tempos": (Tempo(0, 0.0),)},
    "tempo backwards": {"tempos": (Tempo(0, -120.0),)},
    "tempo not a number": {"tempos": (Tempo(0, nan),)},
    "endless tempo": {"tempos": (Tempo(0, inf),)},
    "two tempi at once": {"tempos": (Tempo(0, 120.0), Tempo(0, 140.0))},
    "tempi unsorted": {"tempos": (Tempo(0, 120.0), Tempo(24, 90.0), Tempo(12, 100.0))},
    "no meter": {"meters": ()},
    "no meter at the start": {"meters": (Meter(48, 4, 4),)},
    "two meters at once": {"meters": (Meter(0, 3, 4), Meter(0, 4, 4))},
    "two chords at once": {"chords": (Chord(0, 0, ""), Chord(0, 5, ""))},
    "chords unsorted": {"chords": (Chord(12, 0, ""), Chord(0, 5, ""))},
    "no resolution": {"resolution": 0},
    "fewer than no bars": {"bars": -1},
}


@pytest.mark.parametrize("change", UNSOUND.values(), ids=UNSOUND.keys())
def test_an_unsound_score_cannot_be_made(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(SOUND, **change)  # type: ignore[arg-type]


def test_programs_are_those_that_play_with_drums_last() -> None:
    score = piece([*hits([0]), *melody((60,), program=BASS), *melody((60,), program=PIANO)])
    assert score.programs == (PIANO, BASS, DRUMS)


def test_a_score_ends_with_its_longest_note() -> None:
    assert piece([Note(0, 0, 40, 40, 80), Note(24, 0, 60, 12, 80)]).end == 40
    assert piece([]).end == 0


def test_bars_follow_the_meter_changes() -> None:
    score = replace(SOUND, bars=4, meters=(Meter(0, 4, 4), Meter(48, 6, 8), Meter(120, 7, 8)))
    bars = [(bar.number, bar.start, bar.end, bar.meter.name) for bar in score.iter_bars()]
    assert bars == [
        (0, 0, 48, "4/4"),
        (1, 48, 84, "6/8"),
        (2, 84, 120, "6/8"),
        (3, 120, 162, "7/8"),
    ]
    assert score.bars_end == 162


def test_a_score_without_bars_ends_where_it_begins() -> None:
    assert replace(SOUND, bars=0, notes=()).bars_end == 0


@given(grid_scores())
def test_bars_lie_end_to_end_and_every_note_begins_in_one(score: Score) -> None:
    bars = list(score.iter_bars())
    assert len(bars) == score.bars
    assert [0, *(bar.end for bar in bars)] == [*(bar.start for bar in bars), score.bars_end]
    assert all(note.start < score.bars_end for note in score.notes)


def test_seconds_add_up_over_tempo_changes() -> None:
    tempos = (Tempo(0, 60.0), Tempo(12, 120.0), Tempo(36, 240.0))
    score = replace(SOUND, tempos=tempos)
    assert score.seconds_at(0) == 0.0
    assert score.seconds_at(6) == 0.5
    assert score.seconds_at(12) == 1.0
    assert score.seconds_at(36) == 2.0
    assert score.seconds_at(48) == 2.25
    assert score.seconds == 2.25


@given(file_scores())
def test_time_never_runs_backwards(score: Score) -> None:
    ticks = range(0, score.end + 1, max(1, score.end // 16))
    seconds = [score.seconds_at(tick) for tick in ticks]
    assert seconds == sorted(seconds)


@given(grid_scores())
def test_finer_ticks_are_the_same_music(score: Score) -> None:
    fine = score.at_resolution(score.resolution * 40)
    assert fine.bars_end == score.bars_end * 40
    assert fine.seconds == pytest.approx(score.seconds)
    assert [note.start for note in fine.notes] == [note.start * 40 for note in score.notes]
    assert len(fine.chords) == len(score.chords)


@pytest.mark.parametrize("resolution", [18, 6, 0])
def test_a_resolution_that_would_round_is_refused(resolution: int) -> None:
    with pytest.raises(ValueError, match="multiple"):
        piece(chord(0, (60, 64), 12)).at_resolution(resolution)
