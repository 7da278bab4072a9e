"""What a candidate and the served model are both asked to write, and what came of it.

The gate compares two models on the same orders and seeds. The pieces are short and the bands
small, so that a CPU writes them all in a minute or two; what they are measured by is the product's
own ears. A trial is saved as JSON: the served model's is used again for the next candidate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan
from typing import Any, Protocol

from engine.choose.adherence import MOST, adherence
from engine.choose.sanity import sanity
from engine.evaluation.diversity import distinct_between
from engine.evaluation.exactness import exactness
from engine.evaluation.orders import Asked, asked_orders, plain_orders, variants
from engine.generate.constraints import ONE_VOICE
from engine.generate.order import Order
from engine.score.model import DRUMS, Score

PIECES, BARS, GROUPS, SEEDS = 48, 4, 6, 4

PLAIN_SHARE = 4
"""One order in so many says genre, mood and length alone, as listeners mostly do; the others say
key, density and polyphony too, which is what adherence is told by."""

_PITCHED = 2
"""Pitched instruments of a band; every further one costs tokens and tells nothing new."""


class Written(Protocol):
    """What a writer makes of an order."""

    @property
    def tokens(self) -> Sequence[int]:
        """The stream of bars, End included."""
        ...

    @property
    def score(self) -> Score:
        """The piece, on the grid, with chords; a bar or more."""
        ...

    @property
    def copied_notes(self) -> int:
        """The longest run in notes that it shares with the training corpus."""
        ...


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """An order of the trial; those of a group are one order under several seeds."""

    order: Order
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """Everything that the gate has to know of one written piece."""

    decodes: bool
    exact: bool
    """Whether tempo, meter, bars and instruments are as asked."""
    adherence: float | None
    """0 to 100, the mean of what was asked and can be heard; None if nothing was."""
    penalty: float
    """Points by which it lies outside of what people write, 0 for none (``choose.sanity``)."""
    copied_notes: int


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a model made of a trial."""

    orders: str
    """The fingerprint of what was asked; only trials of the same orders can be compared."""
    pieces: tuple[Played, ...]
    """In the order of the orders."""
    between: tuple[float | None, ...]
    """Of each group, how much each piece has for itself, 0 to 1; None if there is no melody."""

    @property
    def adherence(self) -> float | None:
        """The mean over the pieces, 0 to 100; None if nothing was asked."""
        return _mean([piece.adherence for piece in self.pieces])

    @property
    def penalty(self) -> float | None:
        """The mean over the pieces; None without any."""
        return _mean([piece.penalty for piece in self.pieces])

    @property
    def diversity(self) -> float | None:
        """The mean over the groups, 0 to 1; None if no group has melodies."""
        return _mean(self.between)

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "orders": self.orders,
            "pieces": [asdict(piece) for piece in self.pieces],
            "between": list(self.between),
        }


def trial_orders(
    seed: int, pieces: int = PIECES, bars: int = BARS, groups: int = GROUPS, seeds: int = SEEDS
) -> tuple[TrialOrder, ...]:
    """Return ``pieces`` orders, then ``groups`` orders under ``seeds`` seeds each.

    A function of its arguments. All are unguided, which halves the cost. The groups are of plain
    orders: those leave a model the most freedom, so if its pieces are alike, it is the model.
    """
    plain = plain_orders(pieces // PLAIN_SHARE + groups, seed)
    asked = asked_orders(pieces - pieces // PLAIN_SHARE, seed)
    single = [TrialOrder(_short(one, bars)) for one in [*asked, *plain[groups:]]]
    grouped = [
        TrialOrder(_short(one, bars), group)
        for group, first in enumerate(plain[:groups])
        for one in variants(first, seeds, seed)
    ]
    return (*single, *grouped)


def hear(orders: Sequence[TrialOrder], written: Sequence[Written]) -> TrialResult:
    """Return what a model made of the orders; ``written`` in their order.

    A function of its arguments, some 20 ms a piece. Raises ValueError if there are more of one
    than of the other.
    """
    pieces = tuple(played(one, piece) for one, piece in zip(orders, written, strict=True))
    groups: dict[int, list[Score]] = {}
    for one, piece in zip(orders, written, strict=True):
        if one.group is not None:
            groups.setdefault(one.group, []).append(piece.score)
    between = (distinct_between(scores) for _, scores in sorted(groups.items()))
    return TrialResult(
        fingerprint(orders), pieces, tuple(None if isnan(value) else value for value in between)
    )


def played(one: TrialOrder, piece: Written) -> Played:
    """Return what is measured of one piece."""
    controls = one.order.controls
    held = exactness(piece.tokens, piece.score, controls)
    steps = _mean(list(adherence(piece.score, controls).values()))
    return Played(
        decodes=held.decodes,
        exact=held.as_asked,
        adherence=None if steps is None else 100.0 * (1.0 - steps / MOST),
        penalty=sum(sanity(piece.score).values()),
        copied_notes=piece.copied_notes,
    )


def fingerprint(orders: Sequence[TrialOrder]) -> str:
    """Return what tells these orders from all others, seeds included."""
    return hashlib.sha256(repr(tuple(orders)).encode()).hexdigest()[:16]


def _short(asked: Asked, bars: int) -> Order:
    """Return the order for fewer bars and players, unguided."""
    controls = asked.order.controls
    programs = _band(controls.programs or ())
    return Order.of(replace(controls, bars=bars, programs=programs), asked.order.seed)


def _band(programs: Sequence[int]) -> tuple[int, ...]:
    """Return the drums and _PITCHED others, first those who can play chords: any texture fits."""
    pitched = [program for program in programs if program != DRUMS]
    kept = sorted(pitched, key=lambda program: program in ONE_VOICE)[:_PITCHED]
    return tuple(sorted([*kept, *([DRUMS] if DRUMS in programs else [])]))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
