"""From logits to a token: mask, temperature, nucleus, one draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.tokens.grammar import Mask


@dataclass(frozen=True, slots=True)
class Sampling:
    """How boldly tokens are drawn."""

    temperature: float = 1.0
    top_p: float = 0.97
    """Draw from the likeliest tokens that together have this share of the probability."""
    guidance: float = 1.0
    """How far beyond what the controls say: logits are moved from those without any controls to
    those with them by this factor. Source: Ho and Salimans 2022. 1 costs nothing, others twice."""


def draw(
    logits: NDArray[np.float32], mask: Mask, sampling: Sampling, rng: np.random.Generator
) -> int:
    """Return one legal token. ``logits`` (V,), ``mask`` (V,) with at least one True.

    Source of the nucleus: Holtzman et al. 2020. The draw uses one number of ``rng``, also
    where only one token is legal, so that streams stay in step.
    """
    point = rng.random()
    legal = np.flatnonzero(mask)
    scaled = logits[legal].astype(np.float64) / max(sampling.temperature, 1e-6)
    order = np.argsort(-scaled, kind="stable")
    weights = np.exp(scaled[order] - scaled[order[0]])
    cumulative = np.cumsum(weights / weights.sum())
    kept = int(np.searchsorted(cumulative, sampling.top_p)) + 1
    cumulative = cumulative[:kept] / cumulative[min(kept, len(cumulative)) - 1]
    return int(legal[order[min(int(np.searchsorted(cumulative, point, side="right")), kept - 1)]])
