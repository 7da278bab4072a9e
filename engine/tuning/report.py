"""A run's report: a picture to look at, and all figures as JSON. It names no listener."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.evaluation.gate import Verdict
from engine.evaluation.gate_plots import Curve, report_png
from engine.evaluation.trial import TrialResult
from engine.ratings.ranker import Ranker
from engine.ratings.raters import Heard
from engine.training.tune import Look
from engine.tuning.crossfit import Crossfit


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run found."""

    verdict: Verdict
    crossed: Crossfit
    served: TrialResult
    candidate: TrialResult
    heard: Heard
    ranker: Ranker

    def files(self) -> dict[str, bytes]:
        """Return ``report.png`` and ``report.json``."""
        return {"report.png": _picture(self), "report.json": _figures(self)}


def _picture(found: Report) -> bytes:
    crossed = found.crossed
    return report_png(
        found.verdict,
        margin=_curve(crossed, lambda look: look.margin),
        accuracy=_curve(crossed, lambda look: look.accuracy),
        adherence_served=_known(found.served),
        adherence_candidate=_known(found.candidate),
        likes=found.ranker.words(),
        best_epoch=crossed.epochs if crossed.curves else None,
    )


def _curve(crossed: Crossfit, figure: Callable[[Look], float]) -> Curve | None:
    """Return the mean over the folds of a figure after each epoch."""
    if not crossed.curves:
        return None
    both = [
        [
            float(np.nanmean([figure(getattr(curve[number], side)) for curve in crossed.curves]))
            for number in range(len(crossed.curves[0]))
        ]
        for side in ("learned", "held_out")
    ]
    return Curve(*both)


def _known(result: TrialResult) -> list[float]:
    return [piece.adherence for piece in result.pieces if piece.adherence is not None]


def _figures(found: Report) -> bytes:
    values = {
        "verdict": found.verdict.to_json(),
        "crossfit": found.crossed.to_json(),
        "served": found.served.to_json(),
        "candidate": found.candidate.to_json(),
        "listeners": [
            {"opinions": r.opinions, "mean": r.mean, "agreement": r.agreement, "weight": r.weight}
            for r in found.heard.raters
        ],
        "ranker": found.ranker.to_json(),
    }
    return (json.dumps(_known_only(values), indent=1, allow_nan=False) + "\n").encode()


def _known_only(value: Any) -> Any:
    """Return JSON values with null for what is not known."""
    if isinstance(value, dict):
        return {name: _known_only(own) for name, own in value.items()}
    if isinstance(value, list | tuple):
        return [_known_only(own) for own in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
