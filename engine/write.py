"""An order becomes a score: many openings, the best go on as candidates, the best one is taken.

If even the best has copied more from the training corpus than two human pieces share, the piece
is written anew from other seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.choose import Candidate, Ranked, Taste, choose
from engine.generate.loop import OnBars, Stream, advance
from engine.generate.order import Order
from engine.model.adapter import Adapter, worn
from engine.model.checkpoint import Card, load_model, trained_context
from engine.model.transformer import Transformer
from engine.originality.index import CopiedRun, OriginalityIndex, longest_copied_run
from engine.ratings.ranker import Ranker
from engine.registry.served import served_model
from engine.score.harmony import with_chords
from engine.score.model import Score
from engine.tokens.decode import decode

CANDIDATES = 4
"""Written for each piece: four streams side by side take hardly longer than one."""
OPENINGS = 4
"""First bars that are written for each candidate; where there is a choice, the best ones go on."""
ROUNDS = 3
"""So often a piece is written at most; if all copy, the best of them is taken and says so."""
STREAMS_AT_ONCE = 64
"""Streams of one batch, guided ones in two rows: beyond, a core gains no speed."""

OnProgress = Callable[[int, int], None]
"""Called with bars written and bars to write; it may raise CancelledError to stop."""


@dataclass(frozen=True, slots=True)
class Written:
    """A finished candidate."""

    order: Order
    """With the seed it was written from."""
    tokens: list[int]
    score: Score
    """On the grid, with the chords that are heard in it."""
    copied: CopiedRun | None
    """The longest run that it has in common with the training corpus; None if there is none, or
    no index to tell."""
    penalty: float = 0.0
    parts: dict[str, float] | None = None
    """What the penalty is made of, where candidates were compared."""

    @property
    def copied_notes(self) -> int:
        """The length of that run in notes."""
        return self.copied.notes if self.copied else 0


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes orders with one model.

    Writers may share a network; as one wears its adapter while it writes, they take turns.
    """

    model: Transformer
    context: int | None = None
    """Tokens that the model looks back."""
    index: OriginalityIndex | None = None
    candidates: int = CANDIDATES
    adapter: Adapter | None = None
    """What the model wears; None writes as the base."""
    ranker: Ranker | None = None
    """What listeners like, as far as it was learned; it has a say in which candidate is best."""

    def __call__(
        self, orders: Sequence[Order], on_progress: OnProgress | None = None
    ) -> list[Written]:
        """Return the best candidate of each order."""
        return [ranked[0] for ranked in self.ranked(orders, on_progress)]

    def ranked(
        self, orders: Sequence[Order], on_progress: OnProgress | None = None
    ) -> list[list[Written]]:
        """Return all candidates of each order, best first.

        The first opening has the order's own seed, the others seeds drawn from it. Orders are
        written in batches of like lengths. Progress falls back when a piece is written anew.
        """
        results: list[list[Written]] = [[] for _ in orders]
        waiting = sorted(range(len(orders)), key=lambda i: orders[i].demand.bars)
        for round_ in range(ROUNDS):
            fresh = self._write([orders[i] for i in waiting], round_, on_progress)
            for i, written in zip(waiting, fresh, strict=True):
                results[i] = self._best_first([*results[i], *written], orders[i])
            waiting = [i for i in waiting if self._copies(results[i][0])]
            if not waiting:
                break
        return results

    def _write(
        self, orders: Sequence[Order], round_: int, on_progress: OnProgress | None
    ) -> list[list[Written]]:
        """Return the candidates of one round for each order."""
        total = self.candidates * sum(order.demand.bars for order in orders)

        def tell(bars: int) -> None:
            if on_progress is not None:
                on_progress(bars, total)

        streams = self._openings(orders, round_, tell)
        self._advance(streams, None, tell)
        written = [self.heard(stream.order, stream.written) for stream in streams]
        n = self.candidates
        return [written[k : k + n] for k in range(0, len(written), n)]

    def _openings(self, orders: Sequence[Order], round_: int, on_bars: OnBars) -> list[Stream]:
        """Return as many streams as candidates for each order: those that begin best.

        They have a bar, unless there is no choice.
        """
        choosing = self.candidates > 1
        each = OPENINGS * self.candidates if choosing else 1
        streams = [
            Stream(replace(order, seed=candidate_seed(order.seed, number)))
            for order in orders
            for number in range(round_ * each, (round_ + 1) * each)
        ]
        if not choosing:
            return streams
        self._advance(streams, 1, lambda bars: on_bars(bars * self.candidates // each))
        chosen: list[Stream] = []
        for k in range(0, len(streams), each):
            begun = streams[k : k + each]
            openings = [Candidate(with_chords(decode(stream.opening()))) for stream in begun]
            best = choose(openings, begun[0].order.controls, self._taste)[: self.candidates]
            chosen += [begun[one.index] for one in best]
        return chosen

    def _advance(self, streams: Sequence[Stream], bars: int | None, on_bars: OnBars) -> None:
        """Write on until each stream has so many bars, or all; ``on_bars`` hears of all."""
        for begin in range(0, len(streams), STREAMS_AT_ONCE):
            with worn(self.model, self.adapter):
                advance(
                    self.model,
                    streams[begin : begin + STREAMS_AT_ONCE],
                    bars=bars,
                    context=self.context,
                    on_bars=lambda _: on_bars(sum(one.bars for one in streams)),
                )

    def heard(self, order: Order, tokens: list[int]) -> Written:
        """Return a stream as a finished candidate: decoded, with its chords and what it copies."""
        score = with_chords(decode(tokens))
        copied = None if self.index is None else longest_copied_run(score, self.index)
        return Written(order, tokens, score, copied)

    @property
    def _taste(self) -> Taste | None:
        return None if self.ranker is None else self.ranker.score

    def _copies(self, written: Written) -> bool:
        return self.index is not None and written.copied_notes > self.index.usual_notes

    def _best_first(self, written: Sequence[Written], order: Order) -> list[Written]:
        if len(written) == 1:
            return list(written)
        allowed = self.index.usual_notes if self.index else 0
        ranked: list[Ranked] = choose(
            [Candidate(one.score, one.copied_notes, allowed) for one in written],
            order.controls,
            self._taste,
        )
        return [replace(written[one.index], penalty=one.penalty, parts=one.parts) for one in ranked]


def open_writer(
    environ: Mapping[str, str],
    *,
    model: Path | None = None,
    candidates: int = CANDIDATES,
    device: str = "cpu",
) -> tuple[Writer, Card]:
    """Return what writes with the served model, or with that of a folder, and the model's card.

    Raises ModelError or MissingPartError where model or index are missing or damaged.
    """
    network, card = load_model(served_model(environ, model), device=device)
    return Writer(network, trained_context(card), OriginalityIndex.load(), candidates), card


def candidate_seed(seed: int, number: int) -> int:
    """Return the seed of a brief's candidate; number 0 is the brief's own."""
    if number == 0:
        return seed
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
