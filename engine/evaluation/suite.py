"""The whole evaluation of whoever writes pieces: orders, pieces, figures, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from engine.corpus.shard import Shard
from engine.evaluation.diversity import distinct_between
from engine.evaluation.measured import Judges, Measured, measure_piece
from engine.evaluation.orders import (
    Asked,
    Human,
    asked_orders,
    human_pieces,
    matched_orders,
    plain_orders,
    variants,
)
from engine.evaluation.summary import Report, Results, summarise
from engine.generate.order import Order
from engine.score.model import Score

PIECES = 200
VARIED, SEEDS = 10, 5
"""So many requests are written under so many seeds each."""
BATCH = 128
"""Orders that the writer is given at once; between batches an evaluation can be cancelled."""


class Written(Protocol):
    """What a writer makes of an order."""

    @property
    def tokens(self) -> Sequence[int]:
        """The stream of bars, End included."""
        ...

    @property
    def score(self) -> Score:
        """The piece, on the grid, with chords."""
        ...


Writer = Callable[[Sequence[Order]], Sequence[Written]]
"""Writes each order, in order."""

OnProgress = Callable[[str, float], None]
"""Called with the stage and the share of the whole; may raise CancelledError."""


def _silent(stage: str, share: float) -> None:
    """Report nothing."""


def evaluate(
    writer: Writer,
    shards: Iterable[Shard],
    *,
    model: str,
    pieces: int = PIECES,
    varied: int = VARIED,
    seed: int = 0,
    judges: Judges | None = None,
    on_progress: OnProgress = _silent,
) -> Report:
    """Return what a writer's pieces are worth beside held-out human ones of the shards.

    Writes ``pieces`` pieces for each set of ``orders`` (matched, asked and, where genre or mood
    is judged, plain), fewer of the first if fewer human pieces are held out, and ``varied``
    requests under SEEDS seeds each. The same writer, shards and seed give the same report. Raises
    BadInputError if no piece of the shards is held out; writes nothing to disk.
    """
    judges = judges or Judges()
    on_progress("reading the corpus", 0.0)
    humans = human_pieces(shards, pieces, seed)
    asked = asked_orders(pieces, seed)
    sets = {
        "matched": matched_orders(humans, seed),
        "asked": asked,
        "plain": plain_orders(pieces, seed) if judges.plain else [],
    }
    groups = [variants(one, SEEDS, seed) for one in asked[:varied]]
    sets["seeds"] = [one for group in groups for one in group]
    steps = _Steps(len(humans) + sum(map(len, sets.values())), on_progress)
    heard = [_measured_human(human, judges, steps) for human in humans]
    measured: dict[str, list[Measured]] = {}
    seeds: list[Score] = []
    for name, orders in sets.items():
        measured[name] = []
        for one, written in _write(writer, orders, name, steps):
            measured[name].append(_measured(one, written, judges))
            if name == "seeds":
                seeds.append(written.score)
    results = Results(
        human=heard,
        matched=measured["matched"],
        asked=measured["asked"],
        plain=measured["plain"],
        seeds=measured["seeds"],
        between_seeds=[
            distinct_between(seeds[first : first + SEEDS]) for first in range(0, len(seeds), SEEDS)
        ],
        between_humans=[distinct_between(scores) for scores in _by_genre(humans, varied)],
    )
    on_progress("summing up", 1.0)
    return summarise(results, model=model, seed=seed, judges=judges)


class _Steps:
    """Counts pieces and tells the share."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self._total = total
        self._done = 0
        self._on_progress = on_progress

    def take(self, stage: str, count: int = 1) -> None:
        self._on_progress(stage, self._done / self._total)
        self._done += count


def _write(
    writer: Writer, orders: Sequence[Asked], name: str, steps: _Steps
) -> Iterator[tuple[Asked, Written]]:
    for first in range(0, len(orders), BATCH):
        batch = orders[first : first + BATCH]
        steps.take(f"writing: {name}", len(batch))
        yield from zip(batch, writer([one.order for one in batch]), strict=True)


def _measured(one: Asked, written: Written, judges: Judges) -> Measured:
    return measure_piece(
        written.score,
        one.order.controls,
        tokens=written.tokens,
        mood=one.mood,
        judges=judges,
    )


def _measured_human(human: Human, judges: Judges, steps: _Steps) -> Measured:
    steps.take("hearing human pieces")
    return measure_piece(human.score, human.controls, judges=judges)


def _by_genre(humans: Sequence[Human], count: int) -> list[list[Score]]:
    """Return up to ``count`` groups of SEEDS excerpts of one genre."""
    genres: dict[str | None, list[Score]] = {}
    for human in humans:
        genres.setdefault(human.controls.genre, []).append(human.score)
    groups = [scores[:SEEDS] for scores in genres.values() if len(scores) >= SEEDS]
    return groups[:count]
