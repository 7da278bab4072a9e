"""Several processes that write side by side: one batch of streams keeps one core busy."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType

import torch

from engine.generate.order import Order
from engine.write import Writer, Written, open_writer

_writer: Writer | None = None
"""This process's own, in a worker."""


class Workers:
    """Writes orders on ``count`` processes of one thread each; close it by leaving the block."""

    def __init__(self, model: Path | None, candidates: int, *, device: str, count: int) -> None:
        self._count = count
        # A fresh interpreter: torch's threads do not survive a fork.
        self._pool = ProcessPoolExecutor(
            count, get_context("spawn"), _open, (model, candidates, device)
        )

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def __call__(self, orders: Sequence[Order]) -> list[Written]:
        """Return the best candidate of each order, in their order."""
        shares = [orders[first :: self._count] for first in range(self._count)]
        running = [self._pool.submit(_write, share) for share in shares if share]
        written: list[Written | None] = [None] * len(orders)
        for first, share in enumerate(running):
            written[first :: self._count] = share.result()
        return [one for one in written if one is not None]


def _open(model: Path | None, candidates: int, device: str) -> None:
    global _writer
    torch.set_num_threads(1)
    _writer, _ = open_writer(os.environ, model=model, candidates=candidates, device=device)


def _write(orders: Sequence[Order]) -> list[Written]:
    assert _writer is not None
    return _writer(orders)
