"""Scores made by hand, each with what notation has to get right."""

from __future__ import annotations

from collections.abc import Iterable

from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.units import GRID

PIANO, FLUTE, BASS, SAX = 0, 73, 32, 66


def score(
    notes: Iterable[tuple[int, int, int]],
    *,
    program: int = FLUTE,
    meters: tuple[tuple[int, int, int], ...] = ((0, 4, 4),),
    bars: int = 1,
) -> Score:
    """A score of one part; notes are (start, pitch, duration) in grid ticks."""
    return Score(
        GRID,
        bars,
        tuple(sorted(Note(start, program, pitch, ticks, 80) for start, pitch, ticks in notes)),
        (Tempo(0, 120.0),),
        tuple(Meter(*meter) for meter in meters),
    )


def merged(*scores: Score) -> Score:
    """The parts of several scores under the bars of the first."""
    first = scores[0]
    notes = tuple(sorted(note for one in scores for note in one.notes))
    return Score(GRID, max(s.bars for s in scores), notes, first.tempos, first.meters)


TRIPLETS = score([(0, 72, 4), (4, 74, 4), (8, 76, 4), (12, 77, 8), (20, 79, 4), (24, 72, 24)])
QUARTER_TRIPLET = score([(0, 72, 8), (8, 74, 8), (16, 76, 8), (24, 77, 24)])
OVER_THE_BAR = score([(36, 67, 36), (72, 69, 24)], bars=2)
OVER_FOUR_BARS = score([(6, 67, 170)], bars=4)
HELD_BELOW = score([(0, 60, 48), (0, 72, 12), (12, 74, 12), (24, 76, 12), (36, 77, 12)], program=40)
HIGHEST_AND_LOWEST = score([(0, 0, 12), (12, 127, 12), (24, 60, 24)])
METER_CHANGE = score(
    [(start, 60 + start % 7, 6) for start in range(0, 36 + 42 + 60, 6)],
    meters=((0, 3, 4), (36, 7, 8), (78, 5, 4)),
    bars=3,
)
TWELVE_EIGHT = score([(0, 67, 18), (18, 69, 6), (24, 71, 12), (36, 72, 36)], meters=((0, 12, 8),))
PICKUP = score([(0, 67, 12), (12, 72, 36)], meters=((0, 1, 4), (12, 3, 4)), bars=2)
BEAT = score(
    [(at, 42, 3) for at in range(0, 48, 6)]
    + [(0, 36, 3), (24, 36, 3), (12, 38, 3), (36, 38, 3)]
    + [(0, 49, 3)],
    program=DRUMS,
)
SIXTY_FOUR_PARTS = merged(*(score([(0, 60, 24), (24, 62, 24)], program=p) for p in range(64)))
EMPTY = Score(GRID, 0, (), (Tempo(0, 120.0),), (Meter(0, 4, 4),))
ONE_NOTE = score([(0, 60, 48)])
PIANO_HANDS = score(
    [(at, pitch, 12) for at in (0, 12, 24, 36) for pitch in (36, 43, 67, 72, 76)], program=PIANO
)


def _cut(last: int, *changes: tuple[int, int, int], bars: int) -> Score:
    """4/4 in a file's own ticks, with quarters, a last onset, and changes of meter."""
    onsets = (0, 480, 960, 1440, last)
    notes = tuple(Note(at, FLUTE, 72 + index, 240, 80) for index, at in enumerate(onsets))
    meters = (Meter(0, 4, 4), *(Meter(*change) for change in changes))
    return Score(480, bars, notes, (Tempo(0, 120.0),), meters)


CUT_32NDS = {
    # The bar of 3/32 is 180 ticks long, and the next change comes after 90 of them.
    "cut": _cut(2400, (1925, 3, 32), (2015, 4, 4), bars=2),
    # The same with 32nds to the end: the change stands 5 ticks behind the bar line, and counts
    # from the next one on, unless it is rounded.
    "behind the line": _cut(2400, (1925, 3, 32), bars=2),
    # The last onset is rounded over the bar line behind which the 32nds begin.
    "over the line": _cut(1915, (1920, 3, 32), bars=1),
    "not counted": _cut(2400, (1920, 3, 32), bars=1),
}
"""Scores in which no counted bar is one of 32nds before rounding, and one is after it."""

ALL = {
    name: value for name, value in globals().items() if name.isupper() and isinstance(value, Score)
}
