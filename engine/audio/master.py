"""From FluidSynth's samples to an even loudness under a safe ceiling."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from engine.audio.synth import SAMPLE_RATE_HZ, Pcm

TARGET_LUFS = -14.0
"""What streaming services play at, so a piece is neither louder nor softer than its neighbours."""

CEILING_DB = -1.0
"""The loudest sample after mastering; lossy encoders overshoot by up to about 1 dB."""

MAX_LIMITING_DB = 6.0
"""More than this is not taken off a peak; a piece of few sharp notes then stays softer."""

LOOKAHEAD_S = 0.005
"""The limiter turns down this long before a peak, so that it is never heard to grip."""

METER_BLOCK_S = 0.4
"""ITU-R BS.1770 measures in blocks of 400 ms; nothing shorter has a loudness."""


def master(pcm: Pcm, target_lufs: float = TARGET_LUFS, ceiling_db: float = CEILING_DB) -> Pcm:
    """Return the samples (frames, 2) at the wanted loudness, none above the ceiling.

    Loudness is integrated over the piece with gating (ITU-R BS.1770-4). Silence is
    returned as it is. The argument is not changed.
    """
    peak = float(np.abs(pcm).max(initial=0.0))
    if peak == 0.0:
        return pcm.copy()
    headroom_db = ceiling_db - 20 * math.log10(peak)
    gain_db = min(target_lufs - loudness_lufs(pcm), headroom_db + MAX_LIMITING_DB)
    return _limit(pcm * np.float32(10 ** (gain_db / 20)), 10 ** (ceiling_db / 20))


def loudness_lufs(pcm: Pcm) -> float:
    """Return the integrated loudness of samples (frames, 2); minus infinity for silence."""
    # Imported here: pyloudnorm brings scipy.signal, half a second that only audio needs.
    from pyloudnorm import Meter

    missing = int(METER_BLOCK_S * SAMPLE_RATE_HZ) + 1 - len(pcm)
    padded = np.pad(pcm, ((0, max(missing, 0)), (0, 0)))
    with np.errstate(divide="ignore"):  # the logarithm of a silent block
        return float(Meter(SAMPLE_RATE_HZ).integrated_loudness(padded))


def _limit(pcm: Pcm, ceiling: float) -> Pcm:
    """Turn peaks down to the ceiling, smoothly and for both channels alike.

    The gain each frame needs is held over the look-ahead by a minimum filter and smoothed
    by a mean of the same width: the mean of values that are all small enough is small
    enough, so no sample can pass the ceiling.
    """
    peaks = np.abs(pcm).max(axis=1)  # (frames,)
    if peaks.max() <= ceiling:
        return pcm
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))  # (frames,)
    width = 2 * int(LOOKAHEAD_S * SAMPLE_RATE_HZ) + 1
    held = minimum_filter1d(needed, width, mode="nearest")
    gain = uniform_filter1d(held.astype(np.float64), width, mode="nearest")  # (frames,)
    limited = pcm * gain.astype(np.float32)[:, None]  # (frames, 2)
    # The filters' rounding, 1e-7 of full scale.
    return np.asarray(np.clip(limited, -ceiling, ceiling), np.float32)
