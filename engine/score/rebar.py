"""Bars in the eight meters for a piece that was written in any: notes never move."""

from __future__ import annotations

from collections.abc import Sequence

from engine.score.model import Meter
from engine.score.theory import METERS
from engine.score.units import GRID, bar_ticks

_LENGTHS = {(n, d): bar_ticks(n, d, GRID) for n, d in METERS}

# Meters outside the eight that have a customary reading: the same beat, in whole bars.
_READ_AS = {
    (2, 2): (4, 4), (4, 8): (2, 4), (8, 8): (4, 4), (1, 4): (4, 4), (1, 8): (4, 4),
    (3, 8): (6, 8), (6, 4): (3, 4), (3, 2): (3, 4), (4, 2): (4, 4), (8, 4): (4, 4),
    (1, 16): (4, 4), (1, 2): (4, 4), (16, 16): (4, 4), (4, 16): (4, 4), (2, 8): (4, 4),
    (12, 16): (6, 8), (6, 16): (6, 8), (3, 16): (6, 8), (9, 16): (9, 8), (9, 4): (3, 4),
    (10, 4): (5, 4), (7, 4): (7, 8), (5, 8): (5, 4), (10, 8): (5, 4), (15, 8): (3, 4),
}  # fmt: skip


def nearest_meter(numerator: int, denominator: int) -> tuple[int, int]:
    """Return the meter of the eight in which such bars are read; itself if it is one."""
    if (numerator, denominator) in _LENGTHS:
        return numerator, denominator
    if (numerator, denominator) in _READ_AS:
        return _READ_AS[numerator, denominator]
    ticks = bar_ticks(numerator, denominator, GRID)
    fitting = [meter for meter, length in _LENGTHS.items() if ticks % length == 0]
    return max(fitting, key=lambda meter: _LENGTHS[meter], default=(4, 4))


def rebar(changes: Sequence[Meter], end: int) -> tuple[tuple[Meter, ...], int]:
    """Return meters of the eight that cover ``end`` grid ticks, and the number of bars.

    ``changes``: meters of any kind, sorted, the first at tick 0. Where a change comes before
    its bar is full, the last bar takes a meter of the right length if one has it, else the
    change waits for the bar line, so that only bar lines move, by less than a bar.
    """
    meters: list[Meter] = []
    bars = 0
    line = 0

    def add(meter: tuple[int, int], tick: int, count: int) -> None:
        nonlocal bars, line
        if count and (not meters or meters[-1][1:] != meter):
            meters.append(Meter(tick, *meter))
        bars += count
        line = tick + count * _LENGTHS[meter]

    for index, change in enumerate(changes):
        last = index == len(changes) - 1
        until = end if last else min(changes[index + 1].tick, end)
        meter = nearest_meter(change.numerator, change.denominator)
        span = until - line
        if span <= 0:
            continue
        length = _LENGTHS[meter]
        full, rest = divmod(span, length)
        if last or not rest:
            add(meter, line, full + (1 if rest else 0))
            continue
        odd = _odd_bar(rest, length, full)
        if odd is None:
            add(meter, line, full + 1)
        else:
            whole, odd_meter = odd
            add(meter, line, whole)
            add(odd_meter, line, 1)
    if not bars:
        add(nearest_meter(changes[0].numerator, changes[0].denominator), 0, 1)
    return tuple(meters), bars


def _odd_bar(rest: int, length: int, full: int) -> tuple[int, tuple[int, int]] | None:
    """Return how many whole bars come before an odd one that ends on the change, and its meter."""
    for whole, ticks in ((full, rest), (full - 1, rest + length)):
        for meter, meter_ticks in _LENGTHS.items():
            if whole >= 0 and meter_ticks == ticks:
                return whole, meter
    return None
