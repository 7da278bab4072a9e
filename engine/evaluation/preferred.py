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
from engine.ratings.preferences import APART

_Z = 1.959964
"""Standard deviations on each side of a 95 % interval."""

DEALT = 200
"""Times that opinions are dealt at random."""

MOST = 500
"""Opinions of one listener that are compared, the last ones."""

WIDER = sqrt(2)
"""Two listeners who agree by chance are right about each other twice, in either's fold. Of 50
crowds with shuffled ratings 2 passed with it, and 8 without; of 14 honest ones all."""


class Gain(NamedTuple):
    """How well two models order what listeners rated apart."""

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
    listeners = _listeners(preference)
    if not listeners:
        return None
    chance = np.random.default_rng([seed, 2])
    served, candidate = _right(listeners, None)
    dealt = np.array([_right(listeners, chance) for _ in range(DEALT)])  # (DEALT, 2)
    half = _Z * WIDER * float((dealt[:, 1] - dealt[:, 0]).std())
    gain = candidate - served
    return Gain(served, candidate, Interval(gain, gain - half, gain + half))


def told_right(preference: Sequence[Told]) -> float:
    """Return how often the candidate alone is right; nan where there is no pair."""
    listeners = _listeners(preference)
    return _right(listeners, None)[1] if listeners else float("nan")


class _Listener(NamedTuple):
    """How a listener, and both models, order any two of n pieces: -1, 0 or 1."""

    wanted: NDArray[np.int8]
    """0 where the opinions are not APART. (n, n)"""
    told: NDArray[np.int8]
    """By the served model, then the candidate. (2, n, n)"""
    weight: float


def _listeners(preference: Sequence[Told]) -> list[_Listener]:
    """Return every listener who rated two pieces apart."""
    by_listener: dict[int, list[Told]] = defaultdict(list)
    for told in preference:
        by_listener[told.listener].append(told)
    found = [_listener(opinions[-MOST:]) for opinions in by_listener.values()]
    return [one for one in found if one.wanted.any()]


def _listener(told: Sequence[Told]) -> _Listener:
    opinions = np.array([one.opinion for one in told])
    gaps = opinions[:, None] - opinions
    scores = np.array([[one.served for one in told], [one.candidate for one in told]])
    return _Listener(
        (np.sign(gaps) * (np.abs(gaps) >= APART)).astype(np.int8),
        np.sign(scores[:, :, None] - scores[:, None]).astype(np.int8),
        sum(one.weight for one in told),
    )


def _right(listeners: Sequence[_Listener], chance: np.random.Generator | None) -> list[float]:
    """Return the share that is right of either model; with ``chance`` of opinions dealt anew."""
    shares = []
    for one in listeners:
        wanted = one.wanted
        if chance is not None:
            dealt = chance.permutation(len(wanted))
            wanted = wanted[dealt][:, dealt]
        agreed = (wanted * one.told).sum(axis=(1, 2))  # (2,), right ones less wrong ones
        shares.append(0.5 + 0.5 * agreed / np.count_nonzero(wanted))
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
