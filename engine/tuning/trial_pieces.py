"""The trial's pieces as a model writes them, kept batch by batch so that none is written twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.evaluation.trial import TrialOrder
from engine.tuning.run_folder import RunFolder
from engine.write import Writer, Written

CANDIDATES = 2
"""Written for each order, the better one is judged: a ranker has to choose, too."""
_AT_ONCE = 12
"""Orders that are written before what is there is kept."""


def trial_pieces(
    writer: Writer,
    orders: Sequence[TrialOrder],
    folder: RunFolder,
    name: str,
    on_share: Callable[[float], None],
) -> list[Written]:
    """Return what a writer makes of the trial's orders; ``name``: under which it is kept."""
    kept: list[list[int]] = folder.json(name) or []
    wide = replace(writer, candidates=CANDIDATES)
    while len(kept) < len(orders):
        on_share(len(kept) / len(orders))
        batch = [one.order for one in orders[len(kept) : len(kept) + _AT_ONCE]]
        done = len(kept)

        def tell(written: int, of_batch: int, done: int = done, count: int = len(batch)) -> None:
            on_share((done + count * min(1.0, written / of_batch)) / len(orders))

        kept += [written.tokens for written in wide(batch, tell)]
        folder.keep(name, kept)
    return [writer.heard(one.order, tokens) for one, tokens in zip(orders, kept, strict=True)]
