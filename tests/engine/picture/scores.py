"""Small scores that the picture's tests draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.score.harmony import NO_CHORD
from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo

QUARTER, BAR = 12, 48

FOUR_FOUR = (Meter(0, 4, 4),)


def piece(notes: Iterable[Note], bars: int = 2, meters: tuple[Meter, ...] = FOUR_FOUR) -> Score:
    """These notes, in any order."""
    return Score(QUARTER, bars, tuple(sorted(notes)), (Tempo(0, 120.0),), meters)


def scale(program: int, bars: int = 2) -> Score:
    """Quarter notes going up an octave and again."""
    return piece(
        (Note(i * QUARTER, program, 60 + i % 8, QUARTER, 90) for i in range(4 * bars)), bars
    )


def chords(names: Iterable[str], every: int) -> tuple[Chord, ...]:
    """Chords on C, one every so many ticks."""
    return tuple(Chord(i * every, 0, quality) for i, quality in enumerate(names))


def band(bars: int = 2) -> Score:
    """Piano, bass and drums, a chord a bar."""
    piano = scale(0, bars).notes
    bass = [Note(i * 24, 32, 36 + i % 9, 24, 100) for i in range(2 * bars)]
    hits = [Note(i * 6, DRUMS, 42 if i % 4 else 36, 3, 80) for i in range(8 * bars)]
    return replace(
        piece([*piano, *bass, *hits], bars), chords=chords(["", "m", "7", "m7b5"] * bars, BAR)
    )


def dense() -> Score:
    """Four minutes and more of sixteen instruments and drums, 12,000 notes."""
    notes = [
        Note(i * 2, (i * 7 % 16) * 8 if i % 5 else DRUMS, 30 + i * 11 % 70, 2 + i % 9, 60 + i % 60)
        for i in range(12_000)
    ]
    return replace(piece(notes, bars=500), chords=chords(["m7b5", "7"] * 250, BAR))


ODD: dict[str, Score] = {
    "silent": piece([]),
    "no bars": Score(480, 0, (), (Tempo(0, 120.0),), FOUR_FOUR),
    "one note": piece([Note(0, 0, 60, 1, 1)], bars=1),
    "one hit": piece([Note(0, DRUMS, 38, 1, 100)]),
    "every drum": piece([Note(0, DRUMS, key, 1, 100) for key in range(128)]),
    "every pitch": piece([Note(0, 0, pitch, 400, 127) for pitch in range(128)]),
    "every program": piece(
        [Note(i, program, 60, QUARTER, 1) for i, program in enumerate(range(129))], bars=4
    ),
    "thousand bars": scale(0, bars=1000),
    "a bar a tick": replace(scale(0, bars=40), meters=(Meter(0, 1, 32),)),
    "changing meters": replace(scale(0, bars=7), meters=(Meter(0, 7, 8), Meter(42, 12, 8))),
    "a meter inside a bar": replace(scale(0, bars=7), meters=(*FOUR_FOUR, Meter(50, 3, 4))),
    "a note past the bars": piece([Note(0, 0, 60, 500, 90)], bars=1),
    "no chord": replace(scale(0), chords=chords(["", NO_CHORD, "m"], 24)),
    "a chord past the bars": replace(scale(0), chords=chords(["", "m"], 2000)),
}
"""What a score may hold and few do, by what is odd about it."""
