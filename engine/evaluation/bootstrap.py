"""How sure a figure is: 95 % intervals by resampling the pieces (Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

TIMES = 1000
"""Resamples of the pieces."""

_LEVEL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and what it would lie between in 95 of 100 such evaluations; nan if unknown."""

    value: float
    low: float
    high: float


UNKNOWN = Interval(nan, nan, nan)


Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Resamples, R of them, of n rows each (R, n, ...) to their statistics (R,)."""


def bootstrap(
    rows: NDArray[np.float64],
    statistic: Statistic,
    rng: np.random.Generator,
    times: int = TIMES,
) -> Interval:
    """Return the statistic of the rows (n, ...) with its percentile interval.

    Resamples whose statistic is nan are left out; without rows everything is nan.
    """
    if not len(rows):
        return UNKNOWN
    drawn = statistic(rows[rng.integers(0, len(rows), (times, len(rows)))])  # (times,)
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, _LEVEL) if len(drawn) else (nan, nan)
    return Interval(float(statistic(rows[None])[0]), float(low), float(high))


def mean_of(values: Sequence[float], rng: np.random.Generator) -> Interval:
    """Return the mean of the values that are not nan, with its interval."""
    known = np.array([value for value in values if not np.isnan(value)], dtype=np.float64)
    return bootstrap(known, _means, rng)


def _means(resamples: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(resamples.mean(axis=1))


@dataclass(frozen=True, slots=True)
class Gap:
    """Means of two sides of the same pieces, and generated minus human."""

    pieces: int
    """Pairs in which both sides are known."""
    generated: float
    human: float
    gap: Interval


def paired_gap(generated: Sequence[float], human: Sequence[float], rng: np.random.Generator) -> Gap:
    """Return how far the generated pieces lie from their human counterparts, pair by pair.

    Pairs of which a side is nan are left out. Resampling whole pairs makes use of their having
    the same genre, meter and instruments, which two independent samples would not have.
    """
    pairs = np.array(list(zip(generated, human, strict=True)), dtype=np.float64).reshape(-1, 2)
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    if not len(pairs):
        return Gap(0, nan, nan, UNKNOWN)
    sides = pairs.mean(axis=0)
    gap = bootstrap(pairs[:, 0] - pairs[:, 1], _means, rng)
    return Gap(len(pairs), float(sides[0]), float(sides[1]), gap)
