"""Chords are heard as a musician would write them over the bars."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from engine.score.harmony import NO_CHORD, with_chords
from engine.score.model import Chord, Note, Score
from engine.score.theory import CHORD_QUALITIES, PITCH_NAMES
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import BASS, PIANO, chord, hits, piece

# Steps above the tonic and qualities, a bar each.
PROGRESSIONS = {
    "I IV V7 I": ((0, ""), (5, ""), (7, "7"), (0, "")),
    "i iv V7 i": ((0, "m"), (5, "m"), (7, "7"), (0, "m")),
    "IM7 vi7 ii7 V7": ((0, "M7"), (9, "m7"), (2, "m7"), (7, "7")),
    "i ii half-diminished V7 i": ((0, "m"), (2, "m7b5"), (7, "7"), (0, "m")),
    "power chords": ((0, "5"), (8, "5"), (10, "5"), (0, "5")),
}


def played(root: int, quality: str, start: int, ticks: int) -> list[Note]:
    """The chord in close position over its root in the bass."""
    upper = [60 + (root + step) % 12 for step in CHORD_QUALITIES[quality]]
    return [*chord(start, upper, ticks), *chord(start, (36 + root,), ticks, BASS)]


@pytest.mark.parametrize("progression", PROGRESSIONS.values(), ids=PROGRESSIONS.keys())
@pytest.mark.parametrize("tonic", range(12), ids=lambda tonic: PITCH_NAMES[tonic])
def test_progressions_are_heard_in_every_key(
    progression: tuple[tuple[int, str], ...], tonic: int
) -> None:
    expected = [Chord(48 * i, (tonic + r) % 12, q) for i, (r, q) in enumerate(progression)]
    notes = [note for c in expected for note in played(c.root, c.quality, c.tick, 48)]
    assert with_chords(piece(notes, bars=4)).chords == tuple(expected)


@pytest.mark.parametrize("quality", CHORD_QUALITIES)
@pytest.mark.parametrize("root", range(12), ids=lambda root: PITCH_NAMES[root])
def test_every_chord_is_heard_over_its_root(root: int, quality: str) -> None:
    score = piece(played(root, quality, 0, 96), bars=2)
    assert with_chords(score).chords == (Chord(0, root, quality),)


def test_harmony_may_change_in_the_middle_of_a_bar() -> None:
    notes = [*played(0, "", 0, 24), *played(7, "7", 24, 24)]
    assert with_chords(piece(notes)).chords == (Chord(0, 0, ""), Chord(24, 7, "7"))


def test_the_middle_of_a_bar_follows_the_meter() -> None:
    notes = [*played(0, "", 0, 18), *played(5, "", 18, 18)]
    found = with_chords(piece(notes, meter=(6, 8))).chords
    assert found == (Chord(0, 0, ""), Chord(18, 5, ""))


def test_a_passing_note_is_no_new_chord() -> None:
    notes = [*played(0, "", 0, 96), Note(22, 0, 74, 2, 84)]
    assert with_chords(piece(notes, bars=2)).chords == (Chord(0, 0, ""),)


def test_a_leading_note_over_half_a_bar_is_no_new_chord() -> None:
    notes = [*played(0, "", 0, 96), Note(24, PIANO, 71, 24, 84)]
    assert with_chords(piece(notes, bars=2)).chords == (Chord(0, 0, ""),)


def test_a_silent_bar_ends_the_harmony_and_a_short_rest_does_not() -> None:
    notes = [*played(0, "", 0, 20), *played(0, "", 96, 48)]
    found = with_chords(piece([*notes, *hits(range(48, 96, 12))], bars=3)).chords
    assert found == (Chord(0, 0, ""), Chord(48, 0, NO_CHORD), Chord(96, 0, ""))


def test_drums_alone_have_no_harmony() -> None:
    assert with_chords(piece(hits((0, 12)), bars=2)).chords == (Chord(0, 0, NO_CHORD),)


def test_chords_that_were_there_give_way_to_those_that_are_heard() -> None:
    score = replace(piece(played(0, "", 0, 48)), chords=(Chord(7, 3, "aug"),))
    assert with_chords(score).chords == (Chord(0, 0, ""),)


def test_a_score_without_bars_has_no_chords() -> None:
    assert with_chords(piece([], bars=0)).chords == ()


@given(grid_scores())
def test_chords_stand_on_halves_of_bars_and_change_something(score: Score) -> None:
    halves = {
        tick
        for bar in score.iter_bars()
        for tick in (bar.start, bar.start + (bar.end - bar.start + 1) // 2)
    }
    found = with_chords(score)
    assert found.chords[0].tick == 0
    assert {heard.tick for heard in found.chords} <= halves
    names = [heard[1:] for heard in found.chords]
    assert all(a != b for a, b in pairwise(names))
    assert replace(found, chords=score.chords) == score
