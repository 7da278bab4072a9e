"""Whether more is heard where more was asked: rank correlations of asked levels and pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.bootstrap import Interval, bootstrap
from engine.score.measures import density_level, polyphony_level


@dataclass(frozen=True, slots=True)
class Texture:
    """What one piece was asked for and what it has."""

    asked_density: int
    """Level 0 to 7."""
    asked_polyphony: int
    density: float
    """Onsets a quarter."""
    polyphony: float
    """Notes at once."""


@dataclass(frozen=True, slots=True)
class Adherence:
    """Spearman's correlation of an asked level with what is measured, over pieces."""

    pieces: int
    density: Interval
    polyphony: Interval
    polyphony_by_density: Interval
    """Cross-talk: asked density with obtained polyphony; 0 is best."""
    density_by_polyphony: Interval
    """Cross-talk: asked polyphony with obtained density."""
    density_hit: float
    """Share of the pieces on the very level."""
    polyphony_hit: float
    density_near: float
    """Share on it or next to it."""
    polyphony_near: float


def adherence(pieces: Sequence[Texture], rng: np.random.Generator) -> Adherence:
    """Return the correlations of one set of pieces, nan where one side never varies."""
    rows = np.array(
        [(p.asked_density, p.asked_polyphony, p.density, p.polyphony) for p in pieces],
        dtype=np.float64,
    ).reshape(-1, 4)

    def correlation(asked: int, obtained: int) -> Interval:
        return bootstrap(rows[:, [asked, obtained]], _spearman, rng)

    density = [density_level(p.density) - p.asked_density for p in pieces]
    polyphony = [polyphony_level(p.polyphony) - p.asked_polyphony for p in pieces]
    return Adherence(
        pieces=len(pieces),
        density=correlation(0, 2),
        polyphony=correlation(1, 3),
        polyphony_by_density=correlation(0, 3),
        density_by_polyphony=correlation(1, 2),
        density_hit=_within(density, 0),
        polyphony_hit=_within(polyphony, 0),
        density_near=_within(density, 1),
        polyphony_near=_within(polyphony, 1),
    )


def _spearman(resamples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank correlation of two columns in each resample. (R, n, 2) to (R,)

    Pearson's correlation of the ranks, ties at their mean; nan where a column is constant.
    """
    # Half a second to import; only those who evaluate pay.
    from scipy.stats import rankdata

    ranks = rankdata(resamples, axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    product = (ranks[..., 0] * ranks[..., 1]).sum(axis=1)
    norm = np.sqrt((ranks**2).sum(axis=1).prod(axis=1))
    return np.asarray(np.where(norm > 0, product / np.where(norm > 0, norm, 1.0), nan))


def _within(levels_off: Sequence[int], reach: int) -> float:
    return sum(abs(off) <= reach for off in levels_off) / len(levels_off) if levels_off else nan
