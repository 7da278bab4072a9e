"""How often a model is right about what is preferred, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.bootstrap import Interval, bootstrap
from engine.evaluation.verdict import Told

_Z = 1.959964
"""Standard deviations on each side of a 95 % interval."""


def preference_gain(preference: Sequence[Told], seed: int) -> Interval:
    """Return by what share of the pairs the candidate is right more often, by weight.

    The interval resamples requests, since pairs of one request share pieces and listeners. All
    is nan without pairs.
    """
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for told in preference:
        gain = rightness(told.candidate) - rightness(told.served)
        sums[told.request][0] += told.weight * gain
        sums[told.request][1] += told.weight
    rows = np.array([sums[request] for request in sorted(sums)]).reshape(-1, 2)  # (requests, 2)
    return bootstrap(rows, _ratio, np.random.default_rng([seed, 2]))


def _ratio(resamples: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = resamples.sum(axis=1)  # (R, 2)
    return np.asarray(sums[:, 0] / sums[:, 1])


def right_share(margins: Sequence[tuple[float, float]]) -> float:
    """Return the share of the (weight, margin) that is right, by weight."""
    total = sum(weight for weight, _ in margins)
    return sum(weight * rightness(margin) for weight, margin in margins) / total


def rightness(margin: float) -> float:
    """Return 1 for a pair in the listener's order, 0 for the other one, a half for no opinion."""
    return 1.0 if margin > 0 else 0.0 if margin < 0 else 0.5


def wilson(wins: float, total: int) -> Interval:
    """Return the share of wins with its 95 % interval (Wilson 1927); ties are half a win.

    ``total`` is 1 or more. Unlike a bootstrap it stays open where all went one way.
    """
    share, z2 = wins / total, _Z**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return Interval(share, middle - half, middle + half)
