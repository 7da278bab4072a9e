"""A small model of what listeners prefer: a weight for each trait, fitted by ridge regression.

It ranks candidates, also where there are too few ratings to tune the network, and says in words
what it learned. Every opinion is a row, its listener's mean taken out. (Fitted to differences
between versions of one request alone it told unheard requests worse: docs/notebook.md.)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.ratings.raters import Opinion
from engine.ratings.traits import TRAITS, traits
from engine.score.model import Score

FILE = "ranker.json"
RIDGES = (30.0, 60.0, 120.0, 240.0, 480.0)
"""Strengths of the pull to zero that are tried; the one that predicts unheard requests is taken."""
FOLDS = 5
TOLD = 0.03
"""A weight, in scores a standard deviation of its trait, below which it is not worth a word."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranker:
    """What listeners like, in scores a standard deviation of each trait."""

    weights: tuple[float, ...]
    scales: tuple[float, ...]
    """A standard deviation of each trait among the rated pieces."""
    accuracy: float
    """Share of opinions on requests it had not seen, whose side it told; nan if unknown."""

    def score(self, score: Score) -> float:
        """Return how much a piece on the grid is liked; only differences mean anything."""
        return self.of(traits(score))

    def of(self, figures: _Floats) -> float:
        """Return the same of a piece's traits. (21,)"""
        return float((figures / np.array(self.scales)) @ np.array(self.weights))

    def words(self, most: int = 5) -> tuple[str, ...]:
        """Return what listeners like, the strongest first; none where nothing was learned."""
        ordered = sorted(zip(self.weights, TRAITS, strict=True), key=lambda pair: -abs(pair[0]))
        return tuple(
            trait.more if weight > 0 else trait.less
            for weight, trait in ordered[:most]
            if abs(weight) >= TOLD
        )

    def to_json(self) -> dict[str, Any]:
        """Return weights and scales by trait."""
        return {
            "traits": [trait.name for trait in TRAITS],
            "weights": list(self.weights),
            "scales": list(self.scales),
            "accuracy": None if np.isnan(self.accuracy) else self.accuracy,
            "words": list(self.words()),
        }


def fit_ranker(
    opinions: Sequence[Opinion],
    figures: Mapping[str, _Floats],
    requests: Mapping[str, str],
) -> Ranker:
    """Return the ranker that fits these opinions best; a function of its arguments.

    ``figures``: the traits of each piece; ``requests``: the request of each piece, which are left
    out in turn to choose how strongly the weights are pulled to zero. Without opinions all are 0.
    """
    if not opinions:
        return Ranker((0.0,) * len(TRAITS), (1.0,) * len(TRAITS), float("nan"))
    known = np.array([figures[name] for name in sorted(figures)])  # (pieces, traits)
    mean, scales = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-3)
    rows = np.array([(figures[one.piece] - mean) / scales for one in opinions])
    wanted = np.array([one.value for one in opinions])
    weights = np.array([one.weight for one in opinions])
    names = {name: number for number, name in enumerate(sorted(set(requests.values())))}
    fold = np.array([names[requests[one.piece]] % FOLDS for one in opinions])
    told = {ridge: _told(rows, wanted, weights, fold, ridge) for ridge in RIDGES}
    best = max(told, key=lambda ridge: told[ridge][0])
    found = _ridge(rows, wanted, weights, best)
    return Ranker(tuple(found.tolist()), tuple(scales.tolist()), told[best][1])


def _ridge(rows: _Floats, wanted: _Floats, weights: _Floats, ridge: float) -> _Floats:
    pulled = rows.T @ (weights[:, None] * rows) + ridge * np.eye(rows.shape[1])
    return np.asarray(np.linalg.solve(pulled, rows.T @ (weights * wanted)))


def _told(
    rows: _Floats, wanted: _Floats, weights: _Floats, fold: NDArray[np.int64], ridge: float
) -> tuple[float, float]:
    """Return minus the squared error, and the accuracy, on requests left out fold by fold."""
    error = right = total = 0.0
    for number in range(FOLDS):
        inside = fold != number
        if inside.all() or not inside.any():
            continue
        found = rows[~inside] @ _ridge(rows[inside], wanted[inside], weights[inside], ridge)
        heavy = weights[~inside]
        error += float((heavy * (wanted[~inside] - found) ** 2).sum())
        right += float((heavy * ((np.sign(found * wanted[~inside]) + 1) / 2)).sum())
        total += float(heavy.sum())
    return (-error / total, right / total) if total else (0.0, float("nan"))


def load_ranker(path: Path) -> Ranker:
    """Return the ranker of a file; ModelError if it is missing, damaged or of other traits."""
    try:
        found = json.loads(path.read_text())
        if found["traits"] != [trait.name for trait in TRAITS]:
            raise ValueError("other traits")
        accuracy = found["accuracy"]
        ranker = Ranker(
            tuple(map(float, found["weights"])),
            tuple(map(float, found["scales"])),
            float("nan") if accuracy is None else float(accuracy),
        )
        if not len(ranker.weights) == len(ranker.scales) == len(TRAITS) or min(ranker.scales) <= 0:
            raise ValueError("weights and scales are one a trait")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"the ranker {path} is missing or damaged; roll back to an earlier model"
        ) from error
    return ranker
