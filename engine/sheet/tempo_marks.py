"""Which tempi stand on paper, and the note value that is counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from engine.score.model import Tempo
from engine.score.units import GRID
from engine.sheet.meter import VALUES
from engine.sheet.symbols import Ruled

_AUDIBLE = 0.08
"""Share by which a tempo has to change to be marked anew: less is expression, by ear."""


class TempoMark(NamedTuple):
    """A metronome mark."""

    tick: int
    bpm: float
    """Quarter notes a minute."""
    value: str
    """MusicXML's name of the note value that is counted."""
    dots: int
    beats_bpm: float
    """Of that value, rounded to whole beats."""


def tempo_marks(tempos: Sequence[Tempo], bars: Sequence[Ruled]) -> list[TempoMark]:
    """Return the marks of a piece: the first tempo, then at most one a bar, where it is heard."""
    starts = [bar.start for bar in bars]
    marks: list[TempoMark] = []
    marked_bar = -1
    for tempo in tempos:
        number = bisect_right(starts, tempo.tick) - 1
        if tempo.tick >= bars[-1].end or number == marked_bar:
            continue
        if marks and abs(tempo.bpm / marks[-1].bpm - 1) < _AUDIBLE:
            continue
        marks.append(_mark(tempo, bars[number]))
        marked_bar = number
    return marks


def _mark(tempo: Tempo, bar: Ruled) -> TempoMark:
    beat = bar.counted.group or 4 * GRID // bar.meter[1]
    if beat not in VALUES or (bar.meter[1] > 4 and not bar.counted.group):
        beat = GRID
    value, dots = VALUES[beat]
    return TempoMark(tempo.tick, tempo.bpm, value, dots, max(1, round(tempo.bpm * GRID / beat)))
