"""Where a voice counts in three: the spans whose notes are written as a triplet."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from engine.score.units import GRID
from engine.sheet.meter import SIXTEENTH
from engine.sheet.snap import cell_length

_HALF = GRID // 2


def triplets(onsets: Sequence[int], bars: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """Return start to length of every triplet that the onsets of one voice need.

    ``onsets`` ascend and are places that ``snap`` gives; ``bars``: start, end and denominator.
    """
    found: dict[int, int] = {}
    for start, end, denominator in bars:
        inside = onsets[bisect_left(onsets, start) : bisect_left(onsets, end)]
        if all((onset - start) % SIXTEENTH == 0 for onset in inside):
            continue
        length = cell_length(denominator)
        cell = start
        while cell < end:
            wide = length == GRID and (cell - start) % (2 * GRID) == 0 and cell + 2 * GRID <= end
            if wide and _is_quarter_triplet(_places(inside, cell, 2 * GRID)):
                found[cell] = 2 * GRID
                cell += 2 * GRID
                continue
            found |= _in_cell(_places(inside, cell, length), cell, length)
            cell += length
    return found


def _places(onsets: Sequence[int], cell: int, length: int) -> list[int]:
    inside = onsets[bisect_left(onsets, cell) : bisect_left(onsets, cell + length)]
    return [onset - cell for onset in inside]


def _is_quarter_triplet(places: Sequence[int]) -> bool:
    """Whether a half note is divided by three; one that only begins so is a triplet of eighths."""
    third = 2 * GRID // 3
    return 2 * third in places and all(place % third == 0 for place in places)


def _in_cell(places: Sequence[int], cell: int, length: int) -> dict[int, int]:
    """Return the triplets inside one cell: the whole of it, or its halves."""
    if all(place % SIXTEENTH == 0 for place in places):
        return {}
    if length == _HALF:
        return {cell: length}
    first = [place for place in places if place < _HALF]
    second = [place - _HALF for place in places if place >= _HALF]
    even = all(place % 2 == 0 for place in places)
    one_sided = 0 in second and (set(first) <= {0} or second == [0])
    if even and not one_sided:
        return {cell: length}
    return {
        cell + offset: _HALF
        for offset, half in ((0, first), (_HALF, second))
        if any(place % SIXTEENTH for place in half)
    }
