"""How well a model predicts whole MIDI files: nats a note and a token, teacher-forced."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.corpus.build import label
from engine.corpus.shard import pack
from engine.corpus.sources import Piece
from engine.model.transformer import Transformer
from engine.tokens import vocab
from engine.tokens.control import prefix
from engine.tokens.spec import Family
from engine.training.examples import IGNORED
from engine.training.excerpts import Corpus, Excerpt, body, controls_of
from engine.training.held_out import Loss, loss_of_rows, sum_losses

_SPLIT = "test"


def file_loss(model: Transformer, file: Path, *, context: int) -> Loss:
    """Return the loss over every bar of a file; raises BadMidiError or UnusablePieceError.

    The file is read, cleaned and labelled as for the corpus, its genre left open. It is read in
    windows of ``context`` tokens, each with the controls of its bars as a prefix; a window
    begins in the middle of the one before, and only what is new in it is counted. No plan
    tokens, the last bars counted down, as in a finished piece.
    """
    piece = Piece(file, file.name, file.name, _SPLIT, None, "unknown", "unknown")
    labelled, _ = label(piece)
    corpus = Corpus([pack([labelled])], _SPLIT)
    return sum_losses([loss_of_rows(model, *row) for row in _windows(corpus, context)])


def _windows(corpus: Corpus, context: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return inputs and targets of each window, (1, T) both; every body token is a target once."""
    bars = int(corpus.piece_start[-1])
    lengths = _plain_lengths(corpus, bars)
    rows = []
    counted = start = 0
    while counted < bars:
        end = start + 1
        while end < bars and lengths[start : end + 1].sum() <= context - _PREFIX_ROOM:
            end += 1
        end = max(end, counted + 1)
        excerpt = Excerpt(0, start, end)
        ids = body(corpus, excerpt)
        head = prefix(controls_of(corpus, excerpt, ids))
        old = len(body(corpus, Excerpt(0, start, counted))) if counted > start else 0
        stream = np.concatenate([head, ids])
        targets = stream.copy()
        targets[: len(head) + old] = IGNORED
        if start and not old:
            # Meter and tempo that the excerpt was given and the piece does not say here.
            said = {vocab.FAMILY[token] for token in _header(corpus, start)}
            for place, family in ((1, Family.METER), (2, Family.TEMPO)):
                if family not in said:
                    targets[len(head) + place] = IGNORED
        # A bar longer than the window is read in part.
        stream, targets = stream[: context + 1], targets[: context + 1]
        rows.append((torch.from_numpy(stream[None, :-1]), torch.from_numpy(targets[None, 1:])))
        counted = end
        start = max(start + 1, _half_way(lengths, start, end))
    return rows


_PREFIX_ROOM = 32


def _header(corpus: Corpus, bar: int) -> list[int]:
    """Return the tokens that may be a bar's own meter and tempo."""
    start = int(corpus.bar_start[bar])
    return [int(token) for token in corpus.tokens[start + 1 : start + 3]]


def _plain_lengths(corpus: Corpus, bars: int) -> NDArray[np.int64]:
    """Return the tokens of every bar without its plan."""
    return np.array([len(body(corpus, Excerpt(0, bar, bar + 1))) for bar in range(bars)])


def _half_way(lengths: NDArray[np.int64], start: int, end: int) -> int:
    """Return the bar at which the second half of a window's tokens begins."""
    cumulative = np.cumsum(lengths[start:end])
    return start + int(np.searchsorted(cumulative, cumulative[-1] / 2, side="right")) + 1
