"""How a bar is counted: its beats, the note values that show them, and what is beamed together.

All positions are grid ticks (``units.GRID`` to the quarter) from the start of the bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from engine.score.model import Score
from engine.score.units import GRID, bar_ticks

SIXTEENTH = GRID // 4
"""The shortest value that is written outside of a triplet."""

VALUES: dict[int, tuple[str, int]] = {
    3: ("16th", 0), 6: ("eighth", 0), 9: ("eighth", 1), 12: ("quarter", 0), 18: ("quarter", 1),
    24: ("half", 0), 36: ("half", 1), 48: ("whole", 0), 72: ("whole", 1),
}  # fmt: skip
"""Ticks to MusicXML's name of the note value and its dots."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Counting:
    """A bar, or the inside of a triplet, with its inner lines from the strongest to the weakest."""

    length: int
    """Ticks."""
    levels: tuple[tuple[int, frozenset[int]], ...]
    """The usual distance of the lines of a level, and where they stand."""
    beams: tuple[Span, ...]
    """Spans whose short notes hang on one beam."""
    group: int
    """Ticks of the beat that a compound meter counts, such as 18 in 6/8; 0 in the others."""

    def strength(self, position: int) -> int:
        """Return the level of a position, -1 for the ends; a stronger line has a lower level."""
        if position in (0, self.length):
            return -1
        for level, (_, lines) in enumerate(self.levels):
            if position in lines:
                return level
        return len(self.levels)


@lru_cache(maxsize=256)
def counting(numerator: int, denominator: int) -> Counting:
    """Return how a bar of this meter is counted; its unit is whole grid ticks."""
    length, unit = bar_ticks(numerator, denominator, GRID), 4 * GRID // denominator
    compound = numerator > 3 and numerator % 3 == 0
    groups = _groups(numerator, compound)
    starts = [sum(groups[:index]) * unit for index in range(len(groups) + 1)]
    levels: list[tuple[int, list[int]]] = []
    if len(groups) == 4:
        levels.append((2 * groups[0] * unit, starts[2:3]))
    levels.append((groups[0] * unit, starts[1:-1]))
    spacing = unit
    while spacing >= SIXTEENTH:
        levels.append((spacing, list(range(spacing, length, spacing))))
        spacing = spacing // 2 if spacing % 2 == 0 else 1
    beams = starts
    if unit >= GRID:
        beams = list(range(0, length + 1, GRID))
    return Counting(
        length,
        tuple((spacing, frozenset(lines)) for spacing, lines in levels),
        tuple(pairwise(beams)),
        3 * unit if compound else 0,
    )


def _groups(numerator: int, compound: bool) -> list[int]:
    """Return how many units each counted group has: 3+2 in five, 2+2+3 in seven."""
    if compound:
        return [3] * (numerator // 3)
    if numerator <= 3:
        return [1] * numerator
    if numerator == 5:
        return [3, 2]
    twos = numerator // 2
    return [2] * twos if numerator % 2 == 0 else [2] * (twos - 1) + [3]


@lru_cache(maxsize=8)
def triplet_counting(length: int) -> Counting:
    """Return how the inside of a triplet is counted, in ticks as written: 3/2 of what sounds.

    ``length``: of the whole triplet as it sounds, 6, 12 or 24 ticks.
    """
    written, third = length * 3 // 2, length // 2
    levels = [(third, frozenset((third, 2 * third)))]
    if third // 2 >= SIXTEENTH:
        halves = frozenset(range(third // 2, written, third // 2))
        levels.append((third // 2, halves))
    return Counting(written, tuple(levels), ((0, written),), 0)


@lru_cache(maxsize=65536)
def note_spans(start: int, end: int, counted: Counting) -> tuple[Span, ...]:
    """Return the spans of the tied notes that write a note from ``start`` to ``end`` in a bar.

    Each is one note value, and together they show where the beats are.
    """
    return _spans(start, end, counted, rest=False)


@lru_cache(maxsize=65536)
def rest_spans(start: int, end: int, counted: Counting) -> tuple[Span, ...]:
    """Return the spans of the rests between two positions; rests never cross a beat."""
    return _spans(start, end, counted, rest=True)


def _spans(start: int, end: int, counted: Counting, *, rest: bool) -> tuple[Span, ...]:
    if start >= end:
        return ()
    inner = _strongest_inside(start, end, counted)
    fits = _rest_fits if rest else _note_fits
    if end - start in VALUES and (not inner or fits(start, end, inner[0], counted)):
        return ((start, end),)
    if not inner:
        raise ValueError(f"no note value lasts from {start} to {end} in {counted.length} ticks")
    split = rest_spans if rest else note_spans
    return min(
        (split(start, line, counted) + split(line, end, counted) for line in inner),
        key=lambda spans: (len(spans), [a - b for a, b in spans]),
    )


def _strongest_inside(start: int, end: int, counted: Counting) -> list[int]:
    """Return the lines strictly inside a span that are stronger than all others there."""
    for _, lines in counted.levels:
        inner = sorted(line for line in lines if start < line < end)
        if inner:
            return inner
    return []


def _note_fits(start: int, end: int, line: int, counted: Counting) -> bool:
    """Whether a note may cross a line: it begins or ends on one as strong, or swings around it."""
    ticks, level = end - start, counted.strength(line)
    spacing = counted.levels[level][0]
    if counted.group and spacing >= counted.group:
        if ticks % counted.group:
            return False
    elif start + end == 2 * line and ticks == spacing:
        return True
    return min(counted.strength(start), counted.strength(end)) <= level


def _rest_fits(start: int, end: int, line: int, counted: Counting) -> bool:
    """Whether a rest is one whole cell of a level, such as a half bar or a beat."""
    del line
    for spacing, lines in counted.levels:
        cell = {0, counted.length} | lines
        if start in cell and end in cell and not any(start < other < end for other in lines):
            return end - start == spacing
    return False


def writable(score: Score) -> bool:
    """Whether every bar that is counted is a whole number of sixteenths, as notation needs here."""
    for bar in score.iter_bars():
        unit = 4 * GRID / bar.meter.denominator
        ticks = (bar.end - bar.start) * GRID
        if unit < SIXTEENTH or unit % 1 or ticks % (score.resolution * SIXTEENTH):
            return False
        if bar.end - bar.start != bar.meter.numerator * 4 * score.resolution / (
            bar.meter.denominator
        ):
            return False
    return True
