"""Measures of harmony: what rubs, what the bass stands on, how many chords there are.

Each takes what is heard and returns a figure, or None where there is nothing to measure.
"""

from __future__ import annotations

import numpy as np

from engine.choose.heard import Heard


def clashes(heard: Heard) -> float | None:
    """Return the share of sounding time with notes a semitone or minor ninth apart, 0 to 1.

    A major seventh is not counted: it is part of chords.
    """
    sounding = heard.roll.any(axis=0)  # (T,)
    semitones = (heard.roll[:-1] & heard.roll[1:]).any(axis=0)  # (T,)
    ninths = (heard.roll[:-13] & heard.roll[13:]).any(axis=0)  # (T,)
    return float((semitones | ninths).sum() / sounding.sum()) if sounding.any() else None


def bass_on_roots(heard: Heard) -> float | None:
    """Return the share of sounding time in which the lowest note is the chord's root, 0 to 1."""
    sounding = heard.roll.any(axis=0)  # (T,)
    if not sounding.any():
        return None
    ticks = np.array([chord.tick for chord in heard.chords])
    roots = np.array([chord.root for chord in heard.chords])
    chord = np.searchsorted(ticks, np.arange(heard.roll.shape[1]), side="right") - 1  # (T,)
    on_root = heard.roll.argmax(axis=0) % 12 == roots[np.maximum(chord, 0)]
    return float((on_root & (chord >= 0) & sounding).sum() / sounding.sum())


def chord_count(heard: Heard) -> float | None:
    """Return how many different chords are heard, a bar."""
    if not heard.pitched:
        return None
    return len({(chord.root, chord.quality) for chord in heard.chords}) / heard.bars
