"""Chord names stand where the harmony changes, and never touch."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from engine.picture.draw_chords import label, placed
from engine.picture.layout import WIDTH, Layout, lay_out
from engine.picture.lettering import width
from engine.score.harmony import NO_CHORD
from engine.score.model import Chord, Score
from tests.engine.picture.scores import BAR, chords, dense, scale


def names(score: Score) -> list[list[str]]:
    layout = lay_out(score, 200)
    return [[name for name, _ in row] for row in rows(layout, score)]


def rows(layout: Layout, score: Score) -> list[list[tuple[str, float]]]:
    return [placed(system, layout, score.chords) for system in layout.systems]


def test_a_chord_a_bar_is_all_named() -> None:
    score = replace(scale(0, 4), chords=chords(["", "m", "7", "m7b5"], BAR))
    assert names(score) == [["C", "Cm", "C7", "Cm7b5"]]


@pytest.mark.parametrize("bars", [12, 40, 90, 500])
def test_names_never_touch_and_stay_inside(bars: int) -> None:
    score = replace(dense(), bars=bars, notes=())
    score = replace(score, chords=chords(["m7b5", "sus4", "", "M7"] * bars, BAR // 2))
    layout = lay_out(score, 200)
    for row in rows(layout, score):
        assert row
        for (name, x), (_, following) in pairwise(row):
            assert x + width(name, 32) + 8 <= following
        assert row[-1][1] + width(row[-1][0], 32) <= WIDTH


def test_bar_lines_come_before_what_changes_inside_a_bar() -> None:
    score = replace(scale(0, 12), chords=chords(["m", "sus4"] * 12, BAR // 2))
    assert names(score) == [["Cm"] * 12]


def test_every_fourth_bar_comes_before_the_others() -> None:
    score = replace(scale(0, 20), chords=chords(["m7b5"] * 20, BAR))
    layout = lay_out(score, 200)
    ((system, row),) = zip(layout.systems, rows(layout, score), strict=True)
    fourths = {layout.x(system, bar.start) for bar in system.bars[::4]}
    assert fourths <= {x for _, x in row}


def test_a_name_that_would_leave_the_picture_is_left_out() -> None:
    for quality, shown in (("m7b5", ["C"]), ("", ["C", "C"])):
        score = replace(scale(0, 20), chords=(Chord(0, 0, ""), Chord(20 * BAR - 24, 0, quality)))
        assert names(score) == [shown]


def test_a_chord_that_lasts_is_named_again_on_the_next_line() -> None:
    assert names(replace(scale(0, 40), chords=chords(["m"], BAR))) == [["Cm"], ["Cm"]]


def test_where_no_harmony_sounds_it_says_so() -> None:
    assert label(Chord(0, 0, NO_CHORD)) == "N.C."
    assert label(Chord(0, 6, "m7")) == "F#m7"
