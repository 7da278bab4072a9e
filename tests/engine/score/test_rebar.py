"""Every meter finds its place among the eight; bar lines move by less than a bar, notes never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score.model import Meter, Score, Tempo
from engine.score.rebar import nearest_meter, rebar
from engine.score.theory import METERS
from engine.score.units import GRID
from tests.engine.score.any_score import ANY_METER

LONGEST_BAR = 72


@st.composite
def changes(draw: st.DrawFn) -> list[Meter]:
    later = draw(st.dictionaries(st.integers(1, 500), ANY_METER, max_size=5))
    at = {0: draw(ANY_METER), **later}
    return [Meter(tick, *meter) for tick, meter in sorted(at.items())]


def lines(meters: tuple[Meter, ...], bars: int) -> list[int]:
    score = Score(GRID, bars, (), (Tempo(0, 120.0),), meters)
    return [0, *(bar.end for bar in score.iter_bars())]


@pytest.mark.parametrize("meter", METERS)
def test_the_eight_are_read_as_they_are(meter: tuple[int, int]) -> None:
    assert nearest_meter(*meter) == meter


def test_every_meter_is_read_as_one_of_the_eight() -> None:
    for numerator in range(1, 64):
        for denominator in (1, 2, 4, 8, 16, 32, 64, 2**255):
            assert nearest_meter(numerator, denominator) in METERS


@pytest.mark.parametrize(
    ("odd", "read"),
    [((2, 2), (4, 4)), ((3, 8), (6, 8)), ((6, 4), (3, 4)), ((4, 8), (2, 4)), ((18, 8), (9, 8))],
)
def test_odd_meters_keep_their_beat(odd: tuple[int, int], read: tuple[int, int]) -> None:
    assert nearest_meter(*odd) == read


@given(changes(), st.integers(0, 700))
def test_the_bars_cover_the_end_and_not_much_more(meters: list[Meter], end: int) -> None:
    drawn, bars = rebar(meters, end)
    assert end <= lines(drawn, bars)[-1] < end + 2 * LONGEST_BAR


@given(changes(), st.integers(0, 700))
def test_changes_stand_on_bar_lines_of_the_eight(meters: list[Meter], end: int) -> None:
    drawn, bars = rebar(meters, end)
    assert bars >= 1
    assert {meter[1:] for meter in drawn} <= set(METERS)
    assert {meter.tick for meter in drawn} <= set(lines(drawn, bars))


@given(changes(), st.integers(0, 700))
def test_a_change_waits_for_less_than_a_bar(meters: list[Meter], end: int) -> None:
    drawn = lines(*rebar(meters, end))
    for meter in meters:
        if meter.tick < end:
            assert min(line - meter.tick for line in drawn if line >= meter.tick) < LONGEST_BAR


@given(changes(), st.integers(1, 700))
def test_bars_that_are_right_stay_as_they_are(meters: list[Meter], end: int) -> None:
    drawn, bars = rebar(meters, end)
    assert rebar(drawn, lines(drawn, bars)[-1]) == (drawn, bars)


def test_a_change_inside_a_bar_takes_a_meter_of_the_right_length() -> None:
    meters, bars = rebar([Meter(0, 4, 4), Meter(48 + 36, 4, 4)], 48 + 36 + 96)
    assert meters == (Meter(0, 4, 4), Meter(48, 3, 4), Meter(84, 4, 4))
    assert bars == 4


def test_a_beat_too_many_makes_the_bar_before_longer() -> None:
    meters, bars = rebar([Meter(0, 4, 4), Meter(48 + 60, 4, 4)], 48 + 60 + 48)
    assert meters == (Meter(0, 4, 4), Meter(48, 5, 4), Meter(108, 4, 4))
    assert bars == 3


def test_a_change_that_no_meter_reaches_waits_for_the_line() -> None:
    meters, bars = rebar([Meter(0, 4, 4), Meter(49, 3, 4)], 96 + 36)
    assert meters == (Meter(0, 4, 4), Meter(96, 3, 4))
    assert bars == 3


def test_music_of_no_length_has_one_bar() -> None:
    assert rebar([Meter(0, 7, 8)], 0) == ((Meter(0, 7, 8),), 1)
