"""Unigram and n-gram baselines: what counting alone predicts of a held-out stream."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.tokens import vocab
from engine.training.excerpts import Corpus, Excerpt, body
from engine.training.held_out import IS_NOTE, Loss

_BITS = 10
_MASK = (1 << _BITS) - 1
_DISCOUNT = 0.75
MAX_ORDER = 6
"""Six tokens of ten bits fit a 64-bit key."""


class NGram:
    """Token probabilities from counts, by interpolated Kneser-Ney (Chen and Goodman 1999).

    P_n(w | h) = (max(c(h, w) - D, 0) + D t(h) P_{n-1}(w | h')) / c(h), with t(h) the number of
    different tokens seen behind h and P_0 even over the vocabulary. Below the highest order,
    c counts in how many different contexts a gram was seen rather than how often.
    """

    def __init__(self, order: int, streams: list[NDArray[np.int64]]) -> None:
        if not 1 <= order <= MAX_ORDER or vocab.V > 1 << _BITS:
            raise ValueError(f"the order must be 1 to {MAX_ORDER}, got {order}")
        self.order = order
        self._tables = []
        keys = np.concatenate([_keys(stream, order) for stream in streams])
        for n in range(order, 0, -1):
            grams, counts = np.unique(keys, return_counts=True)
            histories, first = np.unique(grams >> _BITS, return_index=True)
            totals = np.add.reduceat(counts, first)
            kinds = np.diff(np.append(first, len(grams)))
            self._tables.append((grams, counts, histories, totals, kinds))
            keys = grams & ((1 << _BITS * (n - 1)) - 1)  # each gram without its first token, once
        self._tables.reverse()

    def probabilities(self, stream: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the probability of each token of a stream, given those before it. (T,)"""
        p = np.full(len(stream), 1.0 / vocab.V)
        for n, (grams, counts, histories, totals, kinds) in enumerate(self._tables, start=1):
            keys = _keys(stream, n)
            seen = _looked_up(grams, counts, keys)
            total = _looked_up(histories, totals, keys >> _BITS)
            kind = _looked_up(histories, kinds, keys >> _BITS)
            known = total > 0
            share = np.maximum(seen - _DISCOUNT, 0) + _DISCOUNT * kind * p
            p[known] = (share / np.maximum(total, 1))[known]
        return p


def _keys(stream: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return each token with the n - 1 before it as one number; Pads stand before the first."""
    padded = np.concatenate([np.full(n - 1, vocab.PAD, dtype=np.int64), stream])
    keys = np.zeros(len(stream), dtype=np.int64)
    for place in range(n):
        keys = keys << _BITS | padded[place : place + len(stream)]
    return keys


def _looked_up(
    keys: NDArray[np.int64], values: NDArray[np.int64], wanted: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the value of each wanted key, 0 where it is unknown; ``keys`` ascend."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)


def training_streams(corpus: Corpus, tokens: int, seed: int = 0) -> list[NDArray[np.int64]]:
    """Return whole pieces without plan or prefix, drawn evenly, about so many tokens of them."""
    order = np.random.default_rng(seed).permutation(corpus.pieces)
    streams: list[NDArray[np.int64]] = []
    total = 0
    for piece in order.tolist():
        if total >= tokens:
            break
        first, last = (int(x) for x in corpus.piece_start[piece : piece + 2])
        streams.append(body(corpus, Excerpt(piece, first, last)))
        total += len(streams[-1])
    return streams


def ngram_loss(model: NGram, streams: list[tuple[NDArray[np.int64], int]]) -> Loss:
    """Return the loss over streams of (tokens, prefix length), counted as for the Transformer."""
    nats = 0.0
    notes = tokens = 0
    for stream, head in streams:
        ids = stream[head:]
        nats -= float(np.log(model.probabilities(ids)).sum())
        notes += int(IS_NOTE[ids].sum())
        tokens += len(ids)
    return Loss(nats, notes, tokens)
