"""From a mix to an even loudness under a safe ceiling.

Mastering here is one gain that moves with time, the same for both channels, so that every
instrument multiplied by it is a stem, and the stems add up to the mastered mix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from engine.audio.loudness import SILENCE_LUFS, loudness_lufs
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm, ratio

Curve = NDArray[np.float32]
"""A gain for every frame. (frames,)"""

TARGET_LUFS = -14.0
"""What streaming services play at, so a piece is neither louder nor softer than its neighbours."""

CEILING_DB = -2.5
"""The loudest sample after mastering. Between samples, and after a lossy encoder, the peak is up
to 1.5 dB higher."""

MAX_LIMITING_DB = 9.0
"""More than this is not taken off a peak; a piece of few sharp notes then stays softer."""

LOOKAHEAD_S = 0.005
"""The limiter turns down this long before a peak, so that it is never heard to grip."""

RELEASE_DB_S = 80.0
"""And comes back at this speed: slow enough to leave a bass note's own wave alone."""

_BLOCK_FRAMES = 32
"""The curve is computed for blocks of 0.7 ms and runs straight between them."""

_CHUNK_FRAMES = 2**18

_TOLERANCE_LU = 0.2
_ROUNDS = 6
"""Limiting costs loudness; so often it may be turned up again."""


def mastering_curve(pcm: Pcm, loudest: NDArray[np.float32]) -> Curve:
    """Return the gain that brings samples (frames, 2) to TARGET_LUFS, none above CEILING_DB.

    ``loudest`` (frames,) is the highest sample of each frame that must stay below the ceiling:
    of the mix and of every stem. Loudness is integrated over the piece with gating (ITU-R
    BS.1770-4). Silence stays silence.
    """
    peak = float(loudest.max(initial=0.0))
    ceiling = ratio(CEILING_DB)
    gain = ceiling / peak if peak > 0 else 1.0  # the meter's scale ends above full scale
    most_gain = gain * ratio(MAX_LIMITING_DB)
    curve = np.full(len(pcm), gain, np.float32)
    for _ in range(_ROUNDS):
        lufs = loudness_lufs(pcm, curve)
        missing_lu = TARGET_LUFS - lufs
        if lufs <= SILENCE_LUFS or abs(missing_lu) <= _TOLERANCE_LU:
            break
        gain = min(gain * ratio(missing_lu), most_gain)
        curve = _limited(loudest, gain, ceiling)
        if gain == most_gain:
            break
    return curve


def _limited(loudest: NDArray[np.float32], gain: float, ceiling: float) -> Curve:
    """Return the gain, turned down around the peaks that it would lift above the ceiling.

    What each block needs is held over the look-ahead by a minimum filter and smoothed by a mean
    of the same width: the mean of values that are all small enough is small enough. The
    release is a straight line in decibels, and a minimum as well.
    """
    blocks = -(-len(loudest) // _BLOCK_FRAMES)
    padded = np.pad(loudest, (0, blocks * _BLOCK_FRAMES - len(loudest)))
    peaks = padded.reshape(blocks, _BLOCK_FRAMES).max(axis=1).astype(np.float64)  # (blocks,)
    needed_db = np.minimum(0.0, 20 * np.log10(ceiling / np.maximum(peaks * gain, 1e-9)))
    rise_db = RELEASE_DB_S * _BLOCK_FRAMES / SAMPLE_RATE_HZ * np.arange(blocks)
    released_db = np.minimum.accumulate(needed_db - rise_db) + rise_db
    width = 2 * round(LOOKAHEAD_S * SAMPLE_RATE_HZ / _BLOCK_FRAMES) + 1
    # Two blocks wider than the mean, because the line between two blocks' middles passes
    # through both.
    held_db = minimum_filter1d(released_db, width + 2, mode="nearest")
    smooth_db = uniform_filter1d(held_db, width, mode="nearest")  # (blocks,)
    gains = gain * 10 ** (smooth_db / 20)
    middles = (np.arange(blocks) + 0.5) * _BLOCK_FRAMES
    curve = np.empty(len(loudest), np.float32)
    for start in range(0, len(curve), _CHUNK_FRAMES):  # doubles of the whole would be large
        end = min(start + _CHUNK_FRAMES, len(curve))
        curve[start:end] = np.interp(np.arange(start, end), middles, gains)
    return curve
