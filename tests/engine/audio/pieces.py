"""Small scores that the audio tests play and draw."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm
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


def sine(amplitude: float, seconds: float = 2.0, hz: float = 997.0) -> Pcm:
    """A tone on both sides, (frames, 2)."""
    time_s = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    wave = amplitude * np.sin(2 * np.pi * hz * time_s)
    return np.stack([wave, wave], axis=1).astype(np.float32)
