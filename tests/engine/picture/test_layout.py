"""Systems hold every bar once, in order, within the picture."""

from __future__ import annotations

import pytest
from hypothesis import given

from engine.picture.layout import GUTTER, MARGIN, WIDTH, lay_out
from engine.score.model import DRUMS, Note, Score
from tests.engine.picture.scores import ODD, band, piece, scale
from tests.engine.score.any_score import wild_scores

HEADER = 200


@given(wild_scores())
def test_every_bar_stands_in_one_system(score: Score) -> None:
    layout = lay_out(score, HEADER)
    bars = [bar for system in layout.systems for bar in system.bars]
    assert bars[: score.bars] == list(score.iter_bars())
    assert bars[-1].end >= score.end


@given(wild_scores())
def test_everything_stands_inside_the_picture(score: Score) -> None:
    layout = lay_out(score, HEADER)
    assert layout.systems[0].top == HEADER
    assert layout.systems[-1].bottom <= layout.height - MARGIN / 2
    for system in layout.systems:
        assert GUTTER < layout.right(system) <= WIDTH - MARGIN + 0.001
        assert system.top < system.panel <= layout.drum_top(system) <= system.bottom
    for note in score.notes:
        if note.program != DRUMS:
            for system in layout.systems:
                assert system.panel <= layout.y(system, note.pitch) < layout.floor(system)


def test_notes_that_outlast_the_bars_are_given_more() -> None:
    (system,) = lay_out(ODD["a note past the bars"], HEADER).systems
    assert len(system.bars) == 11  # 500 ticks, 48 a bar


@pytest.mark.parametrize(
    ("bars", "rows"),
    [
        (1, [1]),
        (12, [12]),
        (20, [20]),
        (24, [12, 12]),
        (41, [24, 17]),
        (90, [32, 32, 26]),
        (120, [32, 32, 32, 24]),
        (1000, [252, 252, 252, 244]),
    ],
)
def test_systems_have_even_numbers_of_bars(bars: int, rows: list[int]) -> None:
    layout = lay_out(scale(0, bars), HEADER)
    assert [len(system.bars) for system in layout.systems] == rows


def test_a_bar_has_one_width_in_all_systems() -> None:
    layout = lay_out(scale(0, 41), HEADER)
    widths = [
        layout.x(system, bar.end) - layout.x(system, bar.start)
        for system in layout.systems
        for bar in system.bars
    ]
    assert max(widths) == pytest.approx(min(widths))


def test_a_stray_note_costs_the_others_no_room() -> None:
    tune = [Note(i * 12, 0, 60 + i % 20, 12, 90) for i in range(400)]
    strayed = lay_out(piece([*tune, Note(0, 0, 127, 12, 90)], 100), HEADER)
    assert (strayed.low, strayed.high) == (58, 81)
    system = strayed.systems[0]
    assert strayed.y(system, 127) == strayed.y(system, 81) == system.panel


def test_few_notes_are_all_given_rows() -> None:
    layout = lay_out(piece([Note(0, 0, pitch, 12, 90) for pitch in (0, 127)]), HEADER)
    assert (layout.low, layout.high) == (0, 127)


def test_a_narrow_tune_has_two_octaves_of_room() -> None:
    layout = lay_out(piece([Note(0, 0, 60, 12, 90)]), HEADER)
    assert layout.high - layout.low + 1 >= 24


def test_drums_have_lanes_below_the_notes_and_only_then() -> None:
    (system,) = lay_out(scale(0), HEADER).systems
    assert lay_out(scale(0), HEADER).floor(system) == system.bottom
    layout = lay_out(band(), HEADER)
    assert [lane.name for lane in layout.lanes] == ["hat", "kick"]
    assert layout.floor(layout.systems[0]) < layout.drum_top(layout.systems[0])


def test_drums_alone_have_all_the_room() -> None:
    layout = lay_out(ODD["one hit"], HEADER)
    (system,) = layout.systems
    assert layout.drum_top(system) == pytest.approx(system.panel)
    assert layout.low > layout.high
