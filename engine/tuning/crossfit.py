"""What is learned from some listeners, asked of the others: every listener is held out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from engine.evaluation.gate import Told
from engine.evaluation.preferred import told_right
from engine.model.adapter import Adapter
from engine.model.transformer import Transformer
from engine.ratings.credit import credits_of
from engine.ratings.preferences import (
    Figures,
    Preferences,
    folds,
    preferences,
)
from engine.ratings.ranker import Ranker, fit_ranker
from engine.ratings.raters import Opinion
from engine.ratings.records import RatedPiece
from engine.score.model import Score
from engine.training.rated_rows import Row
from engine.training.tune import Epoch, Look, Tuned, TuneSettings, best_epoch, gains_of, tune


@dataclass(frozen=True, slots=True)
class Material:
    """The ratings as they are learned from."""

    pieces: tuple[RatedPiece, ...]
    opinions: tuple[Opinion, ...]
    scores: Mapping[str, Score]
    """Each piece as it is heard."""
    figures: Figures
    """The traits of each piece."""
    rows: Mapping[str, Row]
    """Each piece as the base has read it; empty where only a ranker is learned."""

    @property
    def requests(self) -> dict[str, str]:
        """The request of each piece."""
        return {piece.piece: piece.request for piece in self.pieces}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned from some opinions."""

    ranker: Ranker
    tuned: Tuned | None
    """None where only a ranker is learned."""


@dataclass(frozen=True, slots=True)
class Crossfit:
    """How well what is learned from some holds for the others."""

    epochs: int
    """After how many the others agree best; 0 keeps the base."""
    told: tuple[Told, ...]
    """Every opinion that was held out, as the candidate and the served model see its piece."""
    curves: tuple[tuple[Epoch, ...], ...]
    """Of each fold; empty where only a ranker is learned."""
    held_out: str
    """Who was held out, in words."""

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "epochs": self.epochs,
            "told": [list(told) for told in self.told],
            "curves": [[asdict(epoch) for epoch in curve] for curve in self.curves],
            "held_out": self.held_out,
        }

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> Crossfit:
        """Return what ``to_json`` wrote."""
        curves = tuple(
            tuple(
                Epoch(e["number"], Look(**e["learned"]), Look(**e["held_out"]), e["kl"])
                for e in curve
            )
            for curve in found["curves"]
        )
        told = tuple(Told(*told) for told in found["told"])
        return Crossfit(found["epochs"], told, curves, found["held_out"])


@dataclass(frozen=True, slots=True)
class Served:
    """What the served model wears, to be asked about the same pairs."""

    adapter: Adapter | None
    ranker: Ranker | None


def learn_from(
    material: Material,
    opinions: Sequence[Opinion],
    base: Transformer | None,
    settings: TuneSettings,
    *,
    seed: int,
    epochs: int | None = None,
    held_out: Preferences | None = None,
    on_epoch: Callable[[Epoch], None],
) -> Lesson:
    """Return the ranker and, with a base, the adapter that learned these opinions."""
    ranker = fit_ranker(opinions, material.figures, material.requests)
    if base is None:
        return Lesson(ranker, None)
    tuned = tune(
        base,
        material.rows,
        preferences(material.pieces, opinions),
        credits_of({n: (r.tokens.tolist(), r.shares) for n, r in material.rows.items()}, ranker),
        settings,
        seed=seed,
        epochs=epochs,
        held_out=held_out,
        on_epoch=on_epoch,
    )
    return Lesson(ranker, tuned)


def crossfit(
    material: Material,
    base: Transformer | None,
    served: Served,
    settings: TuneSettings,
    *,
    seed: int,
    since: str | None = None,
    on_epoch: Callable[[int, Epoch], None],
) -> Crossfit:
    """Return what every held-out listener thinks of what the others taught.

    ``seed``: draws who is held out with whom, and the adapter's beginning.
    ``since``: only what was said after this time (ISO 8601) is told of both models.
    ``on_epoch`` hears the number of the fold and the epoch.
    """
    parts, held_out = folds(material.pieces, material.opinions, seed)
    lessons = [
        learn_from(
            material,
            fold.learned,
            base,
            settings,
            seed=seed,
            held_out=preferences(material.pieces, fold.held_out),
            on_epoch=partial(on_epoch, number),
        )
        for number, fold in enumerate(parts)
    ]
    before = _gains(material, base, served.adapter, settings)

    held = [(number, one) for number, fold in enumerate(parts) for one in fold.held_out]
    # One listener's opinions in two folds met two lessons, so they are not compared.
    seats = dict.fromkeys((number, one.rater) for number, one in held)
    listener = {seat: place for place, seat in enumerate(seats)}

    def liked(piece: str, gains: Mapping[str, float], ranker: Ranker | None) -> float:
        told = 0.0 if ranker is None else ranker.of(material.figures[piece])
        return told + settings.nat * gains.get(piece, 0.0)

    def told(number: int, one: Opinion, epoch: int) -> Told:
        tuned = lessons[number].tuned
        after = {} if tuned is None else tuned.at(epoch)
        return Told(
            listener[number, one.rater],
            one.value,
            one.weight,
            liked(one.piece, after, lessons[number].ranker),
            liked(one.piece, before, served.ranker),
        )

    curves = tuple(lesson.tuned.epochs for lesson in lessons if lesson.tuned is not None)
    agreed = [
        told_right([told(*seat, epoch) for seat in held])
        for epoch in range(min(map(len, curves), default=1))
    ]
    epochs = best_epoch(agreed) if curves else 0
    late = said_after(material.pieces, since)
    kept = [told(n, one, epochs) for n, one in held if (one.rater, one.piece) in late]
    return Crossfit(epochs, tuple(kept), curves, held_out)


def said_after(pieces: Sequence[RatedPiece], since: str | None) -> set[tuple[str, str]]:
    """Return the listener and piece of every rating after a time; of all where it is None."""
    return {
        (rating.rater, piece.piece)
        for piece in pieces
        for rating in piece.ratings
        if since is None or datetime.fromisoformat(rating.at) > datetime.fromisoformat(since)
    }


def _gains(
    material: Material, base: Transformer | None, adapter: Adapter | None, settings: TuneSettings
) -> Mapping[str, float]:
    if base is None or adapter is None:
        return {}
    return gains_of(base, material.rows, adapter, settings)
