"""Measures of bars and parts: who is silent, what stands still, what is looped, how it ends.

Each takes what is heard and returns a figure, or None where there is nothing to measure.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.choose.heard import Heard, Part

ENOUGH = 8
"""A part with fewer onsets has no line to judge."""


def longest_rest(heard: Heard) -> float | None:
    """Return the share of bars in which the part that rests most begins no note, 0 to 1."""
    if len(heard.parts) < 2:
        return None
    return max(1.0 - len(np.unique(heard.bar_of(p.onsets))) / heard.bars for p in heard.parts)


def unevenness(heard: Heard) -> float | None:
    """Return how much the rhythm thickens or thins from bar to bar.

    Mean of the absolute log2 ratio of the onsets of consecutive bars, one added to each count.
    0 where every bar has as many, as in a loop.
    """
    counts = np.histogram(heard.onsets, bins=heard.lines)[0]
    return float(np.abs(np.diff(np.log2(counts + 1.0))).mean()) if heard.bars > 1 else None


def groove(heard: Heard) -> float | None:
    """Return how alike the rhythms of consecutive bars are, mean of the pitched parts, 0 to 1.

    The Jaccard likeness of the places on which a part begins notes, over pairs of bars in both
    of which it does.
    """
    found = [value for part in heard.pitched if (value := _likeness(heard, part)) is not None]
    return float(np.mean(found)) if found else None


def together(heard: Heard) -> float | None:
    """Return the share of onsets of pitched parts on which more than one of them begins, 0 to 1."""
    if len(heard.pitched) < 2:
        return None
    onsets = np.concatenate([part.onsets for part in heard.pitched])
    return float((np.unique(onsets, return_counts=True)[1] > 1).mean())


def repeats(heard: Heard) -> float | None:
    """Return the share of onsets whose highest note is that of the onset before, mean of parts."""
    lines = [part.top for part in heard.pitched if len(part.top) >= ENOUGH]
    return float(np.mean([(np.diff(top) == 0).mean() for top in lines])) if lines else None


def settling(heard: Heard) -> float | None:
    """Return the onsets of the last bar over those of the median bar: how busy it ends."""
    counts = np.histogram(heard.onsets, bins=heard.lines)[0]
    return float(counts[-1] / max(float(np.median(counts)), 1.0)) if heard.bars > 1 else None


def _likeness(heard: Heard, part: Part) -> float | None:
    bars: list[set[int]] = [set() for _ in range(heard.bars)]
    numbers = heard.bar_of(part.onsets)
    for number, place in zip(numbers, part.onsets - heard.lines[numbers], strict=True):
        bars[number].add(int(place))
    found = [len(a & b) / len(a | b) for a, b in pairwise(bars) if a and b]
    return float(np.mean(found)) if found else None
