"""Onsets of a staff moved to places that notation can say: sixteenths, or triplets in a beat."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from engine.score.units import GRID
from engine.sheet.meter import SIXTEENTH

_HALF = GRID // 2

# What the onsets within one quarter may be, and what reading it costs, in ticks that onsets may
# move to avoid it: sixteenths, a triplet of eighths, one with sixteenths in it, and a half beat
# of each kind. The ends of a quarter belong to all.
_QUARTER: tuple[tuple[tuple[int, ...], float], ...] = (
    ((0, 3, 6, 9, 12), 0.0),
    ((0, 4, 8, 12), 0.5),
    ((0, 2, 4, 6, 8, 10, 12), 1.6),
    ((0, 3, 6, 8, 10, 12), 1.7),
    ((0, 2, 4, 6, 9, 12), 1.7),
)
# The same for an eighth, in meters that count eighths.
_EIGHTH: tuple[tuple[tuple[int, ...], float], ...] = (((0, 3, 6), 0.0), ((0, 2, 4, 6), 0.5))
_DIVISIONS = {GRID: _QUARTER, _HALF: _EIGHTH, SIXTEENTH: (((0, 3), 0.0),)}
_MERGE_COST = 2.0
"""For each onset that would fall on another."""


def cell_length(denominator: int) -> int:
    """Return the span that is either divided by two or by three: a quarter, or an eighth.

    Meters that count sixteenths have no triplets.
    """
    return {8: _HALF, 16: SIXTEENTH}.get(denominator, GRID)


def snap(onsets: Iterable[int], bars: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """Return where each onset is written, in ticks of the grid.

    ``bars``: start, end and denominator of each, covering the onsets. What is on sixteenths, or
    on triplets throughout a beat, stays; other onsets move by two ticks at most.
    """
    ordered = sorted(set(onsets))
    written: dict[int, int] = {}
    for start, end, denominator in bars:
        length = cell_length(denominator)
        for cell in range(start, end, length):
            inside = ordered[bisect_left(ordered, cell) : bisect_left(ordered, cell + length)]
            if inside:
                places = [onset - cell for onset in inside]
                room = min(length, end - cell)
                last = cell + room == bars[-1][1]
                written |= {
                    onset: cell + place
                    for onset, place in zip(
                        inside, _best(places, length, room, last=last), strict=True
                    )
                }
    return written


def _best(places: Sequence[int], length: int, room: int, *, last: bool) -> list[int]:
    """Return the places under the division of the cell that costs least.

    ``room``: ticks of the cell that the bar still has; a cut cell holds no triplet. At the end
    of the ``last`` one nothing can begin.
    """
    divisions = _DIVISIONS[length]
    options = []
    for division, burden in divisions if room == length else divisions[:1]:
        allowed = [place for place in division if place < room + (not last)]
        moved = [min(allowed, key=lambda at: (abs(at - place), at)) for place in places]
        cost = burden + sum(abs(a - b) for a, b in zip(moved, places, strict=True))
        cost += _MERGE_COST * (len(places) - len(set(moved)))
        options.append((cost, moved))
    return min(options, key=lambda option: option[0])[1]
