"""Music as frozen values: a Score is notes on a grid of ticks, with tempo, meter and chords.

A Score knows its own resolution. Three are in use: whatever a MIDI file has, the grid of
the tokens (``units.GRID`` ticks to the quarter) and the finer one that a finished piece is
written with (``units.FINE``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import NamedTuple

from engine.score.units import bar_ticks

DRUMS = 128
"""Stands in for a General MIDI program (0-127) on notes of the drum kit."""


class Note(NamedTuple):
    """One sounding note. Sorts by start, then program, then pitch."""

    start: int
    """Ticks from the start of the piece, >= 0."""
    program: int
    """General MIDI program counted from 0, or DRUMS."""
    pitch: int
    """MIDI pitch 0-127; for drums the General MIDI percussion key."""
    duration: int
    """Ticks, >= 1."""
    velocity: int
    """1-127."""


class Tempo(NamedTuple):
    """From this tick on, so many quarter notes a minute, whatever the meter."""

    tick: int
    bpm: float


class Meter(NamedTuple):
    """From this tick on, bars of so many beats of such a note value; always on a bar line."""

    tick: int
    numerator: int
    denominator: int

    @property
    def name(self) -> str:
        """As musicians write it: ``6/8``."""
        return f"{self.numerator}/{self.denominator}"


class Chord(NamedTuple):
    """From this tick on, this harmony."""

    tick: int
    root: int
    """Pitch class 0-11, C is 0."""
    quality: str
    """A name of ``theory.CHORD_QUALITIES``: ``""`` is major, ``m`` minor, ``7`` dominant ..."""


class Bar(NamedTuple):
    """One bar of the grid that a Score's meters draw."""

    number: int
    """From 0."""
    start: int
    end: int
    meter: Meter


@dataclass(frozen=True, slots=True)
class Score:
    """A piece. Notes are sorted; tempos and meters begin at tick 0; chords may be empty.

    Raises ValueError when built from anything else, so a Score that exists is sound.
    """

    resolution: int
    """Ticks to the quarter note."""
    bars: int
    """How many bars the piece has, silent ones at the end counted; >= 1 unless it is empty."""
    notes: tuple[Note, ...]
    tempos: tuple[Tempo, ...]
    meters: tuple[Meter, ...]
    chords: tuple[Chord, ...] = ()

    def __post_init__(self) -> None:
        if self.resolution < 1 or self.bars < 0:
            raise ValueError(f"not a span of time: {self.bars} bars, resolution {self.resolution}")
        if not self.tempos or self.tempos[0].tick != 0:
            raise ValueError("a score needs a tempo at tick 0")
        if not self.meters or self.meters[0].tick != 0:
            raise ValueError("a score needs a meter at tick 0")
        for events in (self.notes, self.tempos, self.meters, self.chords):
            if any(b < a for a, b in pairwise(events)):
                raise ValueError("notes, tempos, meters and chords must be sorted")
        for changes in (self.tempos, self.meters, self.chords):
            if any(b[0] == a[0] for a, b in pairwise(changes)):
                raise ValueError("at one tick there is one tempo, one meter and one chord")
        for tempo in self.tempos:
            if not 0 < tempo.bpm < inf:
                raise ValueError(f"a tempo must be above 0 BPM, got {tempo.bpm}")
        for start, program, pitch, duration, velocity in self.notes:
            if not (
                start >= 0
                and 0 <= program <= DRUMS
                and 0 <= pitch <= 127
                and duration >= 1
                and 1 <= velocity <= 127
            ):
                bad = Note(start, program, pitch, duration, velocity)
                raise ValueError(f"not a playable note: {bad}")

    @property
    def programs(self) -> tuple[int, ...]:
        """The programs that play at least one note, ascending, DRUMS last."""
        return tuple(sorted({note.program for note in self.notes}))

    @property
    def end(self) -> int:
        """The tick at which the last note ends; 0 for a score without notes."""
        return max((note.start + note.duration for note in self.notes), default=0)

    def iter_bars(self) -> Iterator[Bar]:
        """Yield the bars in order, each with its meter and its span in ticks."""
        starts = [meter.tick for meter in self.meters]
        tick = 0
        for number in range(self.bars):
            meter = self.meters[bisect_right(starts, tick) - 1]
            end = tick + bar_ticks(meter.numerator, meter.denominator, self.resolution)
            yield Bar(number, tick, end, meter)
            tick = end

    @property
    def bars_end(self) -> int:
        """The tick at which the last bar ends."""
        return max((bar.end for bar in self.iter_bars()), default=0)

    def seconds_at(self, tick: int) -> float:
        """Return the time of a tick in seconds from the start, under all tempo changes."""
        seconds = 0.0
        following = [tempo.tick for tempo in self.tempos[1:]] + [tick]
        for tempo, until in zip(self.tempos, following, strict=True):
            span = min(until, tick) - tempo.tick
            if span <= 0:
                break
            seconds += span * 60.0 / (tempo.bpm * self.resolution)
        return seconds

    @property
    def seconds(self) -> float:
        """How long the notes sound, in seconds, without any reverberation."""
        return self.seconds_at(self.end)

    def at_resolution(self, resolution: int) -> Score:
        """Return the same music in finer ticks; ``resolution`` is a multiple of the present one."""
        factor, rest = divmod(resolution, self.resolution)
        if rest or not factor:
            raise ValueError(f"{resolution} is not a multiple of {self.resolution}")
        return replace(
            self,
            resolution=resolution,
            notes=tuple(
                n._replace(start=n.start * factor, duration=n.duration * factor) for n in self.notes
            ),
            tempos=tuple(t._replace(tick=t.tick * factor) for t in self.tempos),
            meters=tuple(m._replace(tick=m.tick * factor) for m in self.meters),
            chords=tuple(c._replace(tick=c.tick * factor) for c in self.chords),
        )
