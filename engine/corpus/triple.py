"""Tells whether a piece that is written in 4/4 sounds in three."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import note_columns, piano_roll
from engine.score.model import DRUMS, Score
from engine.score.units import GRID

# At this margin 80 % of 147 pieces in 3/4 from collections whose meters are right are found,
# and 2 % of 145 in 4/4 (some of those really waltz) are taken for triple.
_MARGIN = 0.8
_MIN_QUARTERS = 48
_KICKS = (35, 36)
_BASS_BELOW = 52


def sounds_triple(score: Score) -> bool:
    """Return whether accents and harmony return every three quarters rather than every four.

    Compares the autocorrelation of both at 3 and 6 quarters with that at 4 and 8. False for
    pieces under 48 quarters, which are too short to tell.
    """
    if score.bars_end // GRID < _MIN_QUARTERS:
        return False
    margin = 0.0
    for signal in (_accents(score), _novelty(score)):
        margin += _echo(signal, 3) + _echo(signal, 6) - _echo(signal, 4) - _echo(signal, 8)
    return margin > _MARGIN


def _accents(score: Score) -> NDArray[np.float64]:
    """Return how strongly each quarter is stressed: long notes, low notes, kicks."""
    columns = note_columns(score)
    columns = columns[columns[:, 0] % GRID == 0]
    start, program, pitch, duration = columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3]
    length = np.minimum(duration, 4 * GRID) / GRID * np.where(pitch < _BASS_BELOW, 2.0, 1.0)
    weight = np.where(program == DRUMS, np.isin(pitch, _KICKS).astype(np.float64), length)
    accents = np.zeros(score.bars_end // GRID + 1)
    np.add.at(accents, start // GRID, weight)
    return np.sqrt(accents)


def _novelty(score: Score) -> NDArray[np.float64]:
    """Return how much the pitch classes of each quarter differ from those of the one before."""
    quarters = score.bars_end // GRID
    roll = piano_roll(score)[:, : quarters * GRID] > 0
    octaves = np.zeros((132, quarters))
    octaves[:128] = np.add.reduceat(roll, np.arange(0, quarters * GRID, GRID), axis=1)
    classes = octaves.reshape(11, 12, quarters).sum(axis=0)
    classes /= np.maximum(np.linalg.norm(classes, axis=0), 1e-9)
    novelty = np.zeros(quarters)
    novelty[1:] = 1 - (classes[:, 1:] * classes[:, :-1]).sum(axis=0)
    return novelty


def _echo(signal: NDArray[np.float64], lag: int) -> float:
    """Return the autocorrelation at a lag, as a share of the variance."""
    centred = signal - signal.mean()
    variance = float((centred * centred).mean())
    if variance <= 0:
        return 0.0
    return float((centred[lag:] * centred[:-lag]).mean() / variance)
