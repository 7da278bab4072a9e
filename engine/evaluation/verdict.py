"""What the gate is given of two models, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from engine.evaluation.trial import TrialResult

NOT_MEASURED = "not measured"


class Told(NamedTuple):
    """What a held-out listener thinks of a piece, and what both models make of it."""

    listener: int
    """A number; only opinions of one listener are compared."""
    opinion: float
    """In scores."""
    weight: float
    """What the listener's word counts, above 0."""
    candidate: float
    """How much the candidate thinks that it is liked; only differences mean anything."""
    served: float
    """The same of the served model; always 0 where it has no opinion."""


@dataclass(frozen=True, slots=True)
class GateInput:
    """All that is known of both models; None where it could not be measured."""

    candidate: TrialResult
    served: TrialResult
    loss_candidate: float | None
    """Nats a note."""
    loss_served: float | None
    preference: Sequence[Told]
    usual_notes: int | None
    """Copied runs of up to so many notes are usual between human pieces (the index's)."""
    seed: int
    held_out: str = "listeners it had not heard"
    """Who ``preference`` is of, in words."""
    loss_of: str = "held-out pieces"
    """What the loss was taken of: those, or "pieces of the served model" without a corpus."""
    sense: tuple[float, int] | None = None
    """Correlation of the opinions that were learned with how sound the pieces are, -1 to 1, and
    how many opinions there are."""
    blind: tuple[int, int] | None = None
    """Wins and losses of the candidate in blind choices."""

    def __post_init__(self) -> None:
        if self.candidate.orders != self.served.orders:
            raise ValueError("candidate and served model were asked different things; play anew")
        if len(self.candidate.pieces) != len(self.served.pieces):
            raise ValueError("candidate and served model wrote different numbers of pieces")
        if any(not told.weight > 0 for told in self.preference):
            raise ValueError("an opinion that counts nothing is none; leave it out")
        if self.blind is not None and min(self.blind) < 0:
            raise ValueError("blind choices are counted from 0")


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the verdict, in words and figures for the model card."""

    name: str
    says: str
    wanted: str
    served: str
    candidate: str
    """NOT_MEASURED where it could not be."""
    passed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the candidate may be served."""

    passed: bool
    reason: str
    """One sentence."""
    checks: tuple[Check, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as the model card has it."""
        return {
            "passed": self.passed,
            "reason": self.reason,
            "checks": [asdict(check) for check in self.checks],
        }
