"""Samples, as every step of the sound room hands them on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.float32]
"""Samples (frames, 2), left and right, at SAMPLE_RATE_HZ; full scale is -1 ... 1."""

SAMPLE_RATE_HZ = 44_100


def db(ratio: float) -> float:
    """Return a ratio of amplitudes in decibels; minus infinity for 0."""
    return float(20 * np.log10(ratio)) if ratio > 0 else float("-inf")


def ratio(decibels: float) -> float:
    """Return decibels as a ratio of amplitudes."""
    return float(10 ** (decibels / 20))
