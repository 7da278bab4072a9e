"""What the tune process says while it runs, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is; figures only where they are known."""

    stage: str
    share: float
    """Of the whole run, 0 to 1."""
    epoch: int | None = None
    loss: float | None = None
    margin: float | None = None
    """By how many nats the liked piece of a pair gained on the other."""
    accuracy: float | None = None
    """Share of pairs told right, 0 to 1."""
    kl: float | None = None
    """Nats a token away from the base."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The last word of a run: the model that it made, with the gate's verdict."""

    id: str
    passed: bool
    reason: str


def read_line(line: bytes) -> Step | Candidate | None:
    """Return what a line says; None for one that says nothing that is known here."""
    try:
        said = json.loads(line)
        if "candidate" in said:
            return Candidate(str(said["candidate"]), said["passed"] is True, str(said["reason"]))
        share = min(1.0, max(0.0, float(said["share"])))
        return Step(str(said["stage"]), share, **_figures(said))
    except (ValueError, KeyError, TypeError):
        return None


def _figures(said: dict[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields(Step)][2:]
    found = {name: said[name] for name in names if isinstance(said.get(name), int | float)}
    return {name: value for name, value in found.items() if isfinite(value)}
