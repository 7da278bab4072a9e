"""Where everything stands: a piece in systems, one below the other, as on a page of music.

Lengths are pixels of the finished picture, from its upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from engine.picture.drums import Lane, lanes_of
from engine.score.model import DRUMS, Bar, Score
from engine.score.units import bar_ticks

WIDTH = 1200
"""Twice what a chat shows on a desktop and three times what it shows on a phone."""

MARGIN = 28
GUTTER = 100
"""Left of the notes: names of octaves and drums, the number of a system's first bar."""

_HEIGHTS = {1: 900, 2: 960, 3: 1050, 4: 1200}
"""Of the picture, by systems. Discord shows a picture at most 350 high on a desktop, so text
shrinks with every row of pixels; 4:3 for most, a square for the longest."""

_MOST_QUARTERS = {1: 80, 2: 192, 3: 400}
"""So many fit, by systems; four take any number. Chosen by eye: 20 bars of 4/4 in one system
(54 pixels a bar), 24 in each of two, 33 in each of three."""

_CHORD_STRIP = 42
_NUMBER_STRIP = 36
_MOST_NUMBERED = 2
"""Systems that have bar numbers below; more have only their first, beside the chords."""
_GAP = 14
_ABOVE_DRUMS = 8
_LANE_HEIGHTS = {1: 30, 2: 13, 3: 10, 4: 9}


@dataclass(frozen=True, slots=True)
class System:
    """Some bars in a row, and where they stand."""

    bars: tuple[Bar, ...]
    top: float
    """Of the strip of chords; the panel of notes begins below it."""
    bottom: float
    """Of the drum lanes, or of the notes where nobody drums."""

    @property
    def start(self) -> int:
        """The tick at which its first bar starts."""
        return self.bars[0].start

    @property
    def end(self) -> int:
        """The tick at which its last bar ends."""
        return self.bars[-1].end

    @property
    def panel(self) -> float:
        """The upper edge of the notes."""
        return self.top + _CHORD_STRIP


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture's size, its systems, and the scales of time and pitch they share."""

    height: int
    systems: tuple[System, ...]
    tick_width: float
    low: int
    """The lowest pitch that has a row."""
    high: int
    """The highest; below ``low`` where drums play alone and have all the room."""
    lanes: tuple[Lane, ...]
    lane_height: float

    def x(self, system: System, tick: int) -> float:
        """Return where a tick of the system stands, held within its edges."""
        held = min(max(tick, system.start), system.end)
        return GUTTER + (held - system.start) * self.tick_width

    def right(self, system: System) -> float:
        """Return the right edge of the system's last bar."""
        return self.x(system, system.end)

    def drum_top(self, system: System) -> float:
        """Return the upper edge of the drum lanes."""
        return system.bottom - self.lane_height * len(self.lanes)

    def floor(self, system: System) -> float:
        """Return the lower edge of the pitches."""
        return self.drum_top(system) - (_ABOVE_DRUMS if self.lanes else 0)

    def pitch_height(self, system: System) -> float:
        """Return the height of a semitone."""
        return (self.floor(system) - system.panel) / max(self.high - self.low + 1, 1)

    def y(self, system: System, pitch: int) -> float:
        """Return the upper edge of a pitch's row, or of the outermost for a pitch without one."""
        held = min(max(pitch, self.low), self.high)
        return system.panel + (self.high - held) * self.pitch_height(system)

    @property
    def numbered(self) -> bool:
        """Whether there is room for bar numbers below each system."""
        return len(self.systems) <= _MOST_NUMBERED


def lay_out(score: Score, header: float) -> Layout:
    """Return the layout of a score below a header of so many pixels."""
    bars = _bars(score)
    rows = _in_rows(bars, score.resolution)
    drums = [note for note in score.notes if note.program == DRUMS]
    pitches = [note.pitch for note in score.notes if note.program != DRUMS]
    lanes = lanes_of(drums)
    alone = bool(lanes) and not pitches
    low, high = (0, -1) if alone else _span(pitches)
    height = _HEIGHTS[len(rows)]
    each = (height - header - MARGIN + _GAP) / len(rows)
    below = _GAP + (_NUMBER_STRIP if len(rows) <= _MOST_NUMBERED else 0)
    return Layout(
        height,
        tuple(
            System(row, header + each * i, header + each * (i + 1) - below)
            for i, row in enumerate(rows)
        ),
        (WIDTH - MARGIN - GUTTER) / max(row[-1].end - row[0].start for row in rows),
        low,
        high,
        lanes,
        (each - below - _CHORD_STRIP) / len(lanes) if alone else _LANE_HEIGHTS[len(rows)],
    )


def _bars(score: Score) -> tuple[Bar, ...]:
    """Return the bars, more of the last where notes outlast them, and one for an empty score."""
    bars = list(score.iter_bars())
    meter = bars[-1].meter if bars else score.meters[0]
    length = bar_ticks(meter.numerator, meter.denominator, score.resolution)
    end, last = (bars[-1].end if bars else 0), score.end
    while not bars or end < last:
        bars.append(Bar(len(bars), end, end + length, meter))
        end += length
    return tuple(bars)


def _in_rows(bars: tuple[Bar, ...], resolution: int) -> list[tuple[Bar, ...]]:
    """Break the bars into at most four rows, of an even number of bars."""
    quarters = bars[-1].end / resolution
    fitting = [rows for rows, most in _MOST_QUARTERS.items() if quarters <= most]
    rows = min(fitting, default=max(_HEIGHTS))
    if rows == 1:
        return [bars]
    least = ceil(len(bars) / rows)
    multiple = 4 if least > 16 else 2
    each = ceil(least / multiple) * multiple
    return [bars[i : i + each] for i in range(0, len(bars), each)]


def _span(pitches: list[int]) -> tuple[int, int]:
    """Return the lowest and the highest row: at least two octaves, with air above and below.

    One note in two hundred at either end, when over an octave off the others, makes no rows.
    """
    if not pitches:
        return 48, 72
    ordered = sorted(pitches)
    few = len(ordered) // 200
    low = ordered[few] if ordered[few] - ordered[0] > 12 else ordered[0]
    high = ordered[-1 - few] if ordered[-1] - ordered[-1 - few] > 12 else ordered[-1]
    air = max(1, ceil((24 - (high - low + 1)) / 2))
    return max(0, low - air), min(127, high + air)
