"""Exact edits: what a wish does not concern stays, note for note."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.edit import edited
from engine.errors import RequestError
from engine.polish.ranges import range_of
from engine.request.revision import Mute, SetTempo, Swap, Transpose
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from tests.engine.score.any_score import wild_scores

SCORES = wild_scores().filter(lambda score: bool(score.notes))
PLAIN = settings(max_examples=80, deadline=None)


def _of(score: Score, program: int) -> list[Note]:
    return [note for note in score.notes if note.program == program]


def _score(*notes: Note) -> Score:
    return Score(480, 4, tuple(sorted(notes)), (Tempo(0, 90.0),), (Meter(0, 4, 4),))


@PLAIN
@given(SCORES, st.floats(20, 300))
def test_another_tempo_keeps_every_note(score: Score, bpm: float) -> None:
    after = edited(score, [SetTempo(bpm)])
    assert after == replace(score, tempos=after.tempos, chords=())
    assert after.tempos[0].bpm == bpm
    ratios = [b.bpm / a.bpm for a, b in zip(score.tempos, after.tempos, strict=True)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))


@PLAIN
@given(SCORES, st.sampled_from([0, 32, 40, DRUMS, 5]))
def test_muting_leaves_the_others_as_they_are(score: Score, program: int) -> None:
    others = tuple(note for note in score.notes if note.program != program)
    if not others:
        with pytest.raises(RequestError, match="no note is left"):
            edited(score, [Mute(program)])
        return
    assert edited(score, [Mute(program)]) == replace(score, notes=others, chords=())


@PLAIN
@given(SCORES, st.integers(-24, 24))
def test_a_transposition_moves_all_but_the_drums(score: Score, semitones: int) -> None:
    after = edited(score, [Transpose(semitones)])
    assert _of(after, DRUMS) == _of(score, DRUMS)
    assert (after.tempos, after.meters, after.bars) == (score.tempos, score.meters, score.bars)
    for program in (0, 32, 40):
        low, high = range_of(program)
        before, moved = _of(score, program), _of(after, program)
        classes = {(n.start, (n.pitch + semitones) % 12) for n in before}
        assert {(n.start, n.pitch % 12) for n in moved} == classes
        assert all(low <= n.pitch <= high for n in moved) or not semitones


@PLAIN
@given(st.lists(st.integers(60, 80), min_size=1, max_size=20), st.integers(-4, 4))
def test_within_the_range_a_transposition_is_exact(pitches: list[int], semitones: int) -> None:
    score = _score(*(Note(480 * i, 0, p, 470, 64 + i) for i, p in enumerate(pitches)))
    after = edited(score, [Transpose(semitones)])
    assert after.notes == tuple(n._replace(pitch=n.pitch + semitones) for n in score.notes)
    assert edited(after, [Transpose(-semitones)]) == score


@PLAIN
@given(SCORES, st.sampled_from([25, 46, 52, 73]))
def test_a_swap_gives_the_part_to_another_and_touches_nobody_else(score: Score, new: int) -> None:
    after = edited(score, [Swap(0, new)])
    for program in (32, 40, DRUMS):
        assert _of(after, program) == _of(score, program)
    assert _of(after, 0) == []
    low, high = range_of(new)
    assert all(low <= note.pitch <= high for note in _of(after, new))
    assert {(n.start, n.pitch % 12) for n in _of(after, new)} == {
        (n.start, n.pitch % 12) for n in _of(score, 0)
    }


def test_what_the_new_instrument_can_play_stays_where_it_is() -> None:
    score = _score(Note(0, 0, 60, 400, 80), Note(480, 0, 40, 400, 70), Note(960, 0, 67, 400, 60))
    flute = edited(score, [Swap(0, 73)])
    assert [n.pitch for n in flute.notes] == [60, 64, 67]
    assert [(n.start, n.duration, n.velocity) for n in flute.notes] == [
        (n.start, n.duration, n.velocity) for n in score.notes
    ]


def test_a_part_mostly_out_of_range_moves_as_a_whole() -> None:
    """A bass line on a flute: two octaves up it stays a line; note by note it would jump."""
    line = [36, 38, 40, 43, 45, 48, 60]
    score = _score(*(Note(480 * i, 32, p, 470, 80) for i, p in enumerate(line)))
    assert [n.pitch for n in edited(score, [Swap(32, 73)]).notes] == [p + 24 for p in line]


def test_two_that_fall_on_one_pitch_become_one() -> None:
    score = _score(Note(0, 0, 48, 400, 80), Note(0, 0, 60, 900, 70), Note(0, 0, 72, 400, 60))
    after = edited(score, [Swap(0, 73)])
    assert after.notes == (Note(0, 73, 60, 900, 80), Note(0, 73, 72, 400, 60))


def test_who_plays_already_cannot_take_another_part() -> None:
    score = _score(Note(0, 0, 60, 400, 80), Note(0, 40, 72, 400, 80))
    with pytest.raises(RequestError, match="plays already"):
        edited(score, [Swap(0, 40)])


def test_edits_are_made_in_order() -> None:
    score = _score(Note(0, 0, 60, 400, 80), Note(0, 40, 72, 400, 80))
    after = edited(score, [Mute(40), Swap(0, 40), Transpose(2), SetTempo(100.0)])
    assert after.notes == (Note(0, 40, 62, 400, 80),)
    assert after.tempos == (Tempo(0, 100.0),)
