"""What can be counted in a score, bar by bar: density, polyphony, pitch classes, loudness.

The corpus is labelled, requests are judged and listeners are told with these same functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score.model import DRUMS, Score
from engine.score.theory import Key, find_key

DENSITY_EDGES = (0.75, 1.25, 1.75, 2.1, 2.6, 3.2, 4.0)
"""Onsets a quarter at which density rises a level, 0 to 7."""

POLYPHONY_EDGES = (1.2, 2.0, 2.8, 3.6, 4.5, 6.0, 8.0)
"""Notes at once at which polyphony rises a level, 0 to 7."""

KEY_TRUST = 0.6
"""Correlation with the key profile below which a piece is said to have no clear key."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What a score's bars hold; arrays have one row a bar."""

    density: NDArray[np.float64]
    """Ticks on which a note or hit begins, a quarter: rhythmic intensity, 0 to 12. (bars,)"""
    polyphony: NDArray[np.float64]
    """Pitched notes sounding at once, mean over the ticks where any does; 0 in silence. (bars,)"""
    pitch_class_ticks: NDArray[np.float64]
    """How long each pitch class sounds in each bar, in ticks. (bars, 12)"""

    @property
    def mean_density(self) -> float:
        """Onsets a quarter, mean over the bars."""
        return float(self.density.mean()) if len(self.density) else 0.0

    @property
    def mean_polyphony(self) -> float:
        """Notes at once, mean over the bars in which pitched notes sound."""
        return sounding_mean(self.polyphony)

    @property
    def key(self) -> tuple[Key, float]:
        """The best fitting key of the whole and its correlation."""
        return find_key(self.pitch_class_ticks.sum(axis=0))


def sounding_mean(polyphony: NDArray[np.float64]) -> float:
    """Return the mean of the values above 0, or 0 if there are none."""
    sounding = polyphony[polyphony > 0]
    return float(sounding.mean()) if len(sounding) else 0.0


def density_level(onsets_a_quarter: float) -> int:
    """Return the level 0 to 7 of a density."""
    return int(np.searchsorted(DENSITY_EDGES, onsets_a_quarter, side="right"))


def polyphony_level(notes_at_once: float) -> int:
    """Return the level 0 to 7 of a polyphony."""
    return int(np.searchsorted(POLYPHONY_EDGES, notes_at_once, side="right"))


def note_columns(score: Score) -> NDArray[np.int64]:
    """Return the notes as rows of (start, program, pitch, duration, velocity). (notes, 5)"""
    return np.array(score.notes, dtype=np.int64).reshape(-1, 5)


def piano_roll(score: Score) -> NDArray[np.int16]:
    """Return how many pitched notes sound at each pitch and tick, to the end of the bars.

    Drums are left out. (128, ticks)
    """
    ticks = score.bars_end
    columns = note_columns(score)
    pitched = columns[columns[:, 1] != DRUMS]
    starts = np.minimum(pitched[:, 0], ticks)
    ends = np.minimum(pitched[:, 0] + pitched[:, 3], ticks)
    edges = np.zeros((128, ticks + 1), dtype=np.int16)
    np.add.at(edges, (pitched[:, 2], starts), 1)
    np.add.at(edges, (pitched[:, 2], ends), -1)
    return np.cumsum(edges, axis=1, dtype=np.int16)[:, :-1]


def sounding_classes(roll: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return which pitch classes sound at each tick of a piano roll (128, ticks). (12, ticks)"""
    octaves = np.zeros((132, roll.shape[1]), dtype=np.bool_)
    octaves[:128] = roll > 0
    return np.asarray(octaves.reshape(11, 12, -1).any(axis=0))


def measure(score: Score, roll: NDArray[np.int16] | None = None) -> Measures:
    """Return the measures of every bar; ``roll``: the piano roll, if it is already there."""
    if roll is None:
        roll = piano_roll(score)
    lines = np.array([bar.start for bar in score.iter_bars()] + [score.bars_end])
    if len(lines) < 2:
        return Measures(np.zeros(0), np.zeros(0), np.zeros((0, 12)))
    quarters = np.diff(lines) / score.resolution
    onsets = np.unique(np.array([note[0] for note in score.notes], dtype=np.int64))
    density = np.histogram(onsets, bins=lines)[0] / quarters
    voices = roll.sum(axis=0, dtype=np.int64)  # (ticks,)
    sounding = np.add.reduceat(voices > 0, lines[:-1], dtype=np.int64)
    polyphony = np.add.reduceat(voices, lines[:-1]) / np.maximum(sounding, 1)
    by_bar = np.add.reduceat(roll, lines[:-1], axis=1, dtype=np.int64)  # (128, bars)
    octaves = np.zeros((132, len(lines) - 1))
    octaves[:128] = by_bar
    return Measures(density, polyphony, octaves.reshape(11, 12, -1).sum(axis=0).T)
