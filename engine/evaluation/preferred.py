"""How often a model is right about what is preferred, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.bootstrap import Interval
from engine.evaluation.verdict import Told

_Z = 1.959964
"""Standard deviations on each side of a 95 % interval."""

APART = 0.5
"""Scores that two opinions of a listener differ by, at least, to be a preference."""

DEALT = 200
"""Times that opinions are dealt at random."""

MOST = 500
"""Opinions of one listener that are compared, the last ones."""

WIDER = sqrt(2)
"""Two listeners who agree by chance are right about each other twice, in either's fold. Of 50
crowds with shuffled ratings 2 passed with it, and 8 without; of 14 honest ones all."""


class Gain(NamedTuple):
    """How well two models order what listeners rated apart."""

    pairs: int
    """That were compared."""
    served: float
    """Share of the pairs that the served model orders as the listener did; a tie is half right."""
    candidate: float
    gain: Interval
    """Candidate less served."""


def preference_gain(preference: Sequence[Told], seed: int) -> Gain | None:
    """Return how often both models are right about any two pieces of one listener; None: no pair.

    A listener counts by his weight and his opinions. The interval is what chance explains: it has
    the spread that the gain has when every listener's opinions are dealt to his pieces at random,
    and is wider by WIDER, since each opinion also taught those who were asked of the others.
    """
    listeners = [one for one in map(_listener, _by_listener(preference)) if one.apart.any()]
    if not listeners:
        return None
    chance = np.random.default_rng([seed, 2])
    served, candidate = _right(listeners, None)
    dealt = np.array([_right(listeners, chance) for _ in range(DEALT)])  # (DEALT, 2)
    half = _Z * WIDER * float((dealt[:, 1] - dealt[:, 0]).std())
    gain = candidate - served
    return Gain(
        sum(int(one.apart.sum()) // 2 for one in listeners),
        served,
        candidate,
        Interval(gain, gain - half, gain + half),
    )


def told_right(preference: Sequence[Told]) -> float:
    """Return how often the candidate alone is right; nan where there is no pair."""
    listeners = [one for one in map(_listener, _by_listener(preference)) if one.apart.any()]
    return _right(listeners, None)[1] if listeners else float("nan")


class _Listener(NamedTuple):
    """A listener's n opinions."""

    opinions: NDArray[np.float64]
    apart: NDArray[np.bool_]
    """Which two are APART (n, n)."""
    signs: NDArray[np.float64]
    """How both models order any two pieces, served first: -1, 0 or 1. (2, n, n)"""
    weight: float


def _by_listener(preference: Sequence[Told]) -> list[list[Told]]:
    found: dict[int, list[Told]] = defaultdict(list)
    for told in preference:
        found[told.listener].append(told)
    return [opinions[-MOST:] for opinions in found.values()]


def _listener(told: Sequence[Told]) -> _Listener:
    opinions = np.array([one.opinion for one in told])
    scores = np.array([[one.served for one in told], [one.candidate for one in told]])
    return _Listener(
        opinions,
        np.abs(opinions[:, None] - opinions) >= APART,
        np.sign(scores[:, :, None] - scores[:, None]),
        sum(one.weight for one in told),
    )


def _right(listeners: Sequence[_Listener], chance: np.random.Generator | None) -> list[float]:
    """Return the share that is right of either model; with ``chance`` of opinions dealt anew."""
    shares = []
    for one in listeners:
        order = np.arange(len(one.opinions))
        if chance is not None:
            order = chance.permutation(order)
        wanted = np.sign(one.opinions[:, None] - one.opinions)[np.ix_(order, order)]
        apart = one.apart[np.ix_(order, order)]
        shares.append(((1 + wanted * one.signs) / 2)[:, apart].mean(axis=1))
    found = np.average(shares, axis=0, weights=[one.weight for one in listeners])
    return [float(share) for share in found]


def wilson(wins: float, total: int) -> Interval:
    """Return the share of wins with its 95 % interval (Wilson 1927); ties are half a win.

    ``total`` is 1 or more. Unlike a bootstrap it stays open where all went one way.
    """
    share, z2 = wins / total, _Z**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return Interval(share, middle - half, middle + half)
