"""Loss on pieces that the model has not seen, the same excerpts for every model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.precision import fast_precision
from engine.tokens import vocab
from engine.tokens.control import prefix
from engine.tokens.spec import Family
from engine.training.examples import IGNORED
from engine.training.excerpts import Corpus, Excerpt, body, controls_of

HELD_OUT_PIECES = 128
"""Excerpts of the validation split that a loss is measured on."""

IS_NOTE = np.array([family in (Family.PITCH, Family.DRUM) for family in vocab.FAMILY])
"""Which tokens are a note or a drum hit. (V,)"""


@dataclass(frozen=True, slots=True)
class Loss:
    """Teacher-forced cross-entropy. The prefix is given, everything after it is predicted.

    ``nats_a_note`` divides by notes and drum hits, so that vocabularies can be compared.
    """

    nats: float
    notes: int
    tokens: int

    @property
    def nats_a_note(self) -> float:
        """Nats for everything that a note costs: place, instrument, pitch, loudness, length."""
        return self.nats / max(1, self.notes)

    @property
    def nats_a_token(self) -> float:
        """Nats a predicted token."""
        return self.nats / max(1, self.tokens)


def held_out_streams(
    corpus: Corpus, count: int, context: int
) -> list[tuple[NDArray[np.int64], int]]:
    """Return up to ``count`` excerpts (stream, length of its prefix), spread over the split.

    Pieces made by people only, one excerpt each from the middle on, without plan, with every
    control that can be heard; at most ``context`` + 1 tokens.
    """
    human = corpus.pieces[~corpus.arranged[corpus.pieces]]
    chosen = human[np.linspace(0, len(human) - 1, min(count, len(human))).astype(np.int64)]
    streams = []
    for piece in chosen.tolist():
        first, last = (int(x) for x in corpus.piece_start[piece : piece + 2])
        start = (first + last) // 2
        fits = np.searchsorted(corpus.bar_start, corpus.bar_start[start] + context, side="right")
        excerpt = Excerpt(piece, start, max(start + 1, min(last, int(fits) - 1)))
        ids = body(corpus, excerpt)
        head = prefix(controls_of(corpus, excerpt, ids))
        streams.append((np.concatenate([head, ids])[: context + 1], len(head)))
    return streams


@torch.inference_mode()
def loss_of_rows(model: nn.Module, inputs: Tensor, targets: Tensor) -> Loss:
    """Return the loss over rows of inputs and targets, (B, T) both; IGNORED is not counted."""
    device = next(model.parameters()).device
    with fast_precision(device):
        logits = model(inputs.to(device))  # (B, T, V)
    nats = F.cross_entropy(
        logits.float().flatten(0, 1),
        targets.to(device).flatten(),
        ignore_index=IGNORED,
        reduction="sum",
    ).item()
    asked = targets[targets != IGNORED].numpy()
    return Loss(nats, int(IS_NOTE[asked].sum()), len(asked))


def held_out_loss(
    model: nn.Module, streams: list[tuple[NDArray[np.int64], int]], *, batch: int = 8
) -> Loss:
    """Return the loss over streams of (tokens, prefix length)."""
    losses = []
    ordered = sorted(streams, key=lambda stream: len(stream[0]))
    for begin in range(0, len(ordered), batch):
        part = ordered[begin : begin + batch]
        length = max(len(ids) for ids, _ in part)
        rows = np.full((len(part), length), vocab.PAD, dtype=np.int64)
        targets = np.full((len(part), length), IGNORED, dtype=np.int64)
        for row, (ids, head) in enumerate(part):
            rows[row, : len(ids)] = ids
            targets[row, head : len(ids)] = ids[head:]
        losses.append(
            loss_of_rows(model, torch.from_numpy(rows[:, :-1]), torch.from_numpy(targets[:, 1:]))
        )
    return sum_losses(losses)


def sum_losses(losses: list[Loss]) -> Loss:
    """Return the loss over all of them together."""
    return Loss(
        sum(loss.nats for loss in losses),
        sum(loss.notes for loss in losses),
        sum(loss.tokens for loss in losses),
    )
