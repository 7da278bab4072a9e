"""Scores made by hand, small enough to be checked by ear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from engine.score.units import GRID, bar_ticks

KICK, SNARE, HAT = 36, 38, 42
PIANO, BASS, STRINGS = 0, 32, 48


def piece(
    notes: Iterable[Note],
    *,
    bars: int = 1,
    bpm: float = 120.0,
    meter: tuple[int, int] = (4, 4),
    resolution: int = GRID,
) -> Score:
    """Bars of one meter and one tempo with these notes, in any order."""
    return Score(resolution, bars, tuple(sorted(notes)), (Tempo(0, bpm),), (Meter(0, *meter),))


def melody(pitches: Sequence[int], *, ticks: int = GRID, program: int = PIANO) -> list[Note]:
    """One note after the other, each ``ticks`` long."""
    return [Note(i * ticks, program, pitch, ticks, 84) for i, pitch in enumerate(pitches)]


def chord(start: int, pitches: Iterable[int], ticks: int, program: int = PIANO) -> list[Note]:
    """Notes that begin and end together."""
    return [Note(start, program, pitch, ticks, 84) for pitch in pitches]


def hits(ticks: Iterable[int], key: int = HAT) -> list[Note]:
    """Strokes on one drum."""
    return [Note(tick, DRUMS, key, 3, 84) for tick in ticks]


def bars_of(meter: tuple[int, int], count: int) -> int:
    """How many grid ticks so many bars of a meter last."""
    return count * bar_ticks(*meter, GRID)


def two_bars() -> Score:
    """Two bars with a bit of everything: three parts, drums, a chord change, a tempo change."""
    return Score(
        resolution=GRID,
        bars=2,
        notes=tuple(
            sorted(
                [
                    *chord(0, (60, 64, 67), 24),
                    *chord(24, (60, 65, 69), 24),
                    Note(48, PIANO, 72, 4, 100),
                    Note(52, PIANO, 71, 4, 100),
                    Note(56, PIANO, 69, 4, 100),
                    Note(60, PIANO, 67, 36, 84),
                    Note(0, BASS, 36, 24, 92),
                    Note(24, BASS, 41, 24, 92),
                    Note(48, BASS, 43, 48, 92),
                    *hits((0, 24, 48, 72), KICK),
                    *hits(range(0, 96, 12), HAT),
                ]
            )
        ),
        tempos=(Tempo(0, 120.0), Tempo(48, 100.0)),
        meters=(Meter(0, 4, 4),),
        chords=(Chord(0, 0, ""), Chord(24, 5, ""), Chord(48, 7, "7")),
    )
