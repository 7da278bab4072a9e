"""What a candidate has forgotten: its loss beside the served model's, on the same music."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.corpus.manifest import MANIFEST
from engine.corpus.shard import Shard
from engine.model.adapter import Adapter, worn
from engine.model.transformer import Transformer
from engine.tokens.control import prefix
from engine.training.excerpts import Corpus
from engine.training.held_out import held_out_loss, held_out_streams
from engine.write import Written

Stream = tuple[NDArray[np.int64], int]
"""Tokens, and how many of them are the prefix."""
PIECES = 64
"""Held-out pieces that are read."""


def held_out_music(
    corpus: Path, served: Sequence[Written], context: int
) -> tuple[list[Stream], str]:
    """Return streams to measure a loss on, and what they are: held-out pieces of the corpus.

    Where there is no corpus, what the served model wrote for the trial: forgetting shows there,
    too, as divergence from it.
    """
    streams: list[Stream] = []
    if (corpus / MANIFEST).is_file():
        for path in sorted(corpus.glob("*.npz")):
            if len(streams) >= PIECES:
                break
            shard = Shard.load(path)
            streams += held_out_streams(Corpus([shard], "validation"), PIECES, context)
        if streams:
            return streams[:PIECES], "held-out pieces"
    for written in served:
        head = prefix(written.order.controls)
        ids = np.array([*head, *written.tokens], dtype=np.int64)[: context + 1]
        streams.append((ids, len(head)))
    return streams, "pieces of the served model"


def loss_with(base: Transformer, adapter: Adapter | None, streams: list[Stream]) -> float:
    """Return the loss of the base with an adapter worn, in nats a note."""
    with worn(base, adapter):
        return held_out_loss(base, streams).nats_a_note
