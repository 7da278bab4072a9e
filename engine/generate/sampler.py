"""From logits to a token: mask, temperature, nucleus, one draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.tokens import vocab
from engine.tokens.grammar import Mask
from engine.tokens.spec import Family


@dataclass(frozen=True, slots=True)
class Sampling:
    """How boldly tokens are drawn."""

    temperature: float = 1.0
    top_p: float = 0.97
    """Draw from the likeliest tokens that together have this share of the probability."""
    rhythm: float = 1.02
    """Temperature of the positions among themselves; how likely any position is stays the same."""
    guidance: float = 1.0
    """How far beyond what the controls say: logits are moved from those without any controls to
    those with them by this factor. Source: Ho and Salimans 2022. 1 costs nothing, others twice."""


_FIRST_POSITION = vocab.FIRST[Family.POSITION]
_POSITIONS = slice(_FIRST_POSITION, _FIRST_POSITION + vocab.SIZE[Family.POSITION])


def _loosened(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Return logits at a temperature of their own, with the same share of all as before."""
    if not len(logits):
        return logits
    loose = logits / temperature
    return np.asarray(loose + np.logaddexp.reduce(logits) - np.logaddexp.reduce(loose))


def draw(
    logits: NDArray[np.float32], mask: Mask, sampling: Sampling, rng: np.random.Generator
) -> int:
    """Return one legal token. ``logits`` (V,), ``mask`` (V,) with at least one True.

    Source of the nucleus: Holtzman et al. 2020. The draw uses one number of ``rng``, also
    where only one token is legal, so that streams stay in step.
    """
    point = rng.random()
    if sampling.rhythm != 1.0:
        logits = logits.copy()
        places = _FIRST_POSITION + np.flatnonzero(mask[_POSITIONS])
        logits[places] = _loosened(logits[places], sampling.rhythm)
    legal = np.flatnonzero(mask)
    scaled = logits[legal].astype(np.float64) / max(sampling.temperature, 1e-6)
    order = np.argsort(-scaled, kind="stable")
    weights = np.exp(scaled[order] - scaled[order[0]])
    cumulative = np.cumsum(weights / weights.sum())
    kept = int(np.searchsorted(cumulative, sampling.top_p)) + 1
    cumulative = cumulative[:kept] / cumulative[min(kept, len(cumulative)) - 1]
    return int(legal[order[min(int(np.searchsorted(cumulative, point, side="right")), kept - 1)]])
