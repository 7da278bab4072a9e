"""Small scores that the audio tests play and draw."""

from __future__ import annotations

from collections.abc import Iterable

from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo

QUARTER = 12


def piece(notes: Iterable[Note], bars: int = 2, bpm: float = 120.0) -> Score:
    """Bars of 4/4 with these notes, in any order."""
    return Score(
        QUARTER, bars, tuple(sorted(notes)), (Tempo(0, bpm),), (Meter(0, 4, 4),), (Chord(0, 0, ""),)
    )


def scale(program: int, bars: int = 2) -> Score:
    """Quarter notes going up; 2 seconds a bar."""
    return piece(
        (Note(i * QUARTER, program, 60 + i % 8, QUARTER, 90) for i in range(4 * bars)), bars
    )


def band() -> Score:
    """Piano, bass and drums for two bars."""
    piano = scale(0).notes
    bass = [Note(i * 24, 32, 36 + i, 24, 100) for i in range(4)]
    hits = [Note(i * 6, DRUMS, 42 if i % 4 else 36, 3, 80) for i in range(16)]
    return piece([*piano, *bass, *hits])
