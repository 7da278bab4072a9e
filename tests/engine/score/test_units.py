"""Musical time converts exactly, in one place."""

from __future__ import annotations

import pytest

from engine.score.theory import METERS
from engine.score.units import FINE, GRID, MAX_BPM, MIN_BPM, bar_seconds, bar_ticks


@pytest.mark.parametrize(
    ("meter", "ticks"),
    [
        ((2, 4), 24),
        ((3, 4), 36),
        ((4, 4), 48),
        ((5, 4), 60),
        ((6, 8), 36),
        ((7, 8), 42),
        ((9, 8), 54),
        ((12, 8), 72),
    ],
)
def test_bars_of_the_eight_meters_are_whole_grid_ticks(meter: tuple[int, int], ticks: int) -> None:
    assert bar_ticks(*meter, GRID) == ticks
    assert bar_ticks(*meter, FINE) == ticks * FINE // GRID


def test_the_eight_meters_are_all_in_the_table_above() -> None:
    assert len(METERS) == 8


def test_sixteenths_and_triplets_are_exact_on_the_grid() -> None:
    assert GRID % 4 == 0
    assert GRID % 3 == 0
    assert FINE % GRID == 0


def test_a_bar_is_never_empty_however_short_its_meter() -> None:
    assert bar_ticks(1, 64, GRID) == 1
    assert bar_ticks(1, 2**255, GRID) == 1


def test_tempo_counts_quarters_whatever_the_meter() -> None:
    assert bar_seconds(4, 4, 60.0) == 4.0
    assert bar_seconds(6, 8, 60.0) == 3.0
    assert bar_seconds(6, 8, 120.0) == 1.5


def test_tempi_of_requests_fit_into_a_midi_file() -> None:
    # A set_tempo event has 24 bits of microseconds a quarter.
    assert 0 < 60e6 / MAX_BPM <= 60e6 / MIN_BPM < 2**24
