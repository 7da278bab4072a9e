"""Ticks to seconds for many ticks at once, under any number of tempo changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.score.model import Score


def seconds_of(score: Score, ticks: Sequence[int]) -> NDArray[np.float64]:
    """Return each tick as ``Score.seconds_at`` does; O(tempos + ticks). (ticks,)"""
    at = np.array([tempo.tick for tempo in score.tempos], np.float64)
    a_tick_s = 60.0 / (np.array([tempo.bpm for tempo in score.tempos]) * score.resolution)
    begun_s = np.concatenate([[0.0], np.cumsum(np.diff(at) * a_tick_s[:-1])])
    asked = np.asarray(ticks, np.float64)
    under = np.searchsorted(at, asked, side="right") - 1
    return np.asarray(begun_s[under] + (asked - at[under]) * a_tick_s[under])
