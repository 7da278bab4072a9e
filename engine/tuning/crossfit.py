"""What is learned from some listeners, asked of the others: every listener is held out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.evaluation.gate import Told
from engine.model.adapter import Adapter
from engine.model.transformer import Transformer
from engine.ratings.preferences import (
    Figures,
    Fold,
    Preferences,
    preferences,
    ranked_pairs,
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
    """Every pair of the held-out, as the candidate and the served model see it."""
    curves: tuple[tuple[Epoch, ...], ...]
    """Of each fold; empty where only a ranker is learned."""

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "epochs": self.epochs,
            "told": [list(told) for told in self.told],
            "curves": [[asdict(epoch) for epoch in curve] for curve in self.curves],
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
        return Crossfit(found["epochs"], tuple(Told(*told) for told in found["told"]), curves)


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
        ranked_pairs(material.pieces, ranker, material.figures),
        settings,
        seed=seed,
        epochs=epochs,
        held_out=held_out,
        on_epoch=on_epoch,
    )
    return Lesson(ranker, tuned)


def crossfit(
    material: Material,
    folds: Sequence[Fold],
    base: Transformer | None,
    served: Served,
    settings: TuneSettings,
    *,
    seed: int,
    since: str | None = None,
    on_epoch: Callable[[int, Epoch], None],
) -> Crossfit:
    """Return what every held-out listener thinks of what the others taught.

    ``since``: only what was said after this time (ISO 8601) is told of both models.
    ``on_epoch`` hears the number of the fold and the epoch.
    """
    lessons = []
    late = said_after(material.pieces, since)
    for number, fold in enumerate(folds):
        theirs = preferences(material.pieces, fold.held_out)
        lessons.append(
            learn_from(
                material,
                fold.learned,
                base,
                settings,
                seed=seed,
                held_out=theirs,
                on_epoch=lambda epoch, number=number: on_epoch(number, epoch),  # type: ignore[misc]
            )
        )
    curves = tuple(lesson.tuned.epochs for lesson in lessons if lesson.tuned is not None)
    epochs = best_epoch(curves, settings) if curves else 0
    before = _gains(material, base, served.adapter, settings)
    told: list[Told] = []
    for lesson, fold in zip(lessons, folds, strict=True):
        new_ones = [one for one in fold.held_out if (one.rater, one.piece) in late]
        theirs = preferences(material.pieces, new_ones)
        after = lesson.tuned.at(epochs) if lesson.tuned is not None and epochs else {}
        for pair in theirs.pairs:
            new, old = (
                settings.beta * (gains.get(pair.chosen, 0.0) - gains.get(pair.rejected, 0.0))
                + _apart(ranker, material.figures, pair.chosen, pair.rejected)
                for gains, ranker in ((after, lesson.ranker), (before, served.ranker))
            )
            told.append(Told(pair.request, pair.weight, new, old))
    return Crossfit(epochs, tuple(told), curves)


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


def _apart(ranker: Ranker | None, figures: Figures, one: str, other: str) -> float:
    return 0.0 if ranker is None else ranker.of(figures[one]) - ranker.of(figures[other])
