"""Training examples: excerpts of pieces with their controls, as rows of tokens.

An excerpt is told what it is (genre, mood, key ...) with random gaps, so that any subset of
controls works later; it is transposed at random; its plan is shown or hidden at random. A share
of the examples gives a part of the music and asks for the rest (``tasks.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from engine.corpus.shard import NO_GENRE
from engine.tokens import vocab
from engine.tokens.control import Controls, prefix
from engine.training.excerpts import Corpus, Excerpt, body, controls_of, transposable
from engine.training.tasks import Task, add_part, go_on, infill, programs_in

IGNORED = -100
"""Target of a token that the model is not asked to predict: the prefix and the padding."""

_MIN_BARS, _MAX_BARS = 4, 48
_MIN_ROOM = 96
"""A row with less room than this is padded rather than given another excerpt."""
_MAX_GAP = 8
"""Bars that infill asks for at most."""
_FRAME = 32
"""Room that prefix, first meter and tempo, and End take of an excerpt that is to fit."""


@dataclass(frozen=True, slots=True)
class ExampleSettings:
    """How examples are drawn. Every rate is a probability."""

    context: int = 1024
    control_dropout: float = 0.15
    """That one control is left open."""
    bare: float = 0.05
    """That all are."""
    show_chords: float = 0.6
    show_levels: float = 0.25
    """That the plan's densities and polyphonies are written."""
    hide_countdown: float = 0.05
    whole: float = 0.4
    """That an excerpt is as long as fits; else its length in bars is drawn, and what goes beyond
    the row is cut off. Without cut ones, many bars would always mean few notes a bar."""
    at_end: float = 0.45
    at_start: float = 0.2
    transpose: int = 6
    """Up to so many semitones either way."""
    genre_power: float = 0.5
    """Genres are drawn in proportion to their notes to this power: 1 as they are, 0 evenly."""
    arranged_share: float = 0.1
    """Share of examples from program-arranged pieces, over all."""
    tasks: float = 0.25
    """That bars are given and others asked: a third each continue, infill, add a part."""


def piece_weights(corpus: Corpus, settings: ExampleSettings) -> NDArray[np.float64]:
    """Return how often each piece of the split is drawn, summing to 1. (N,)

    A piece weighs the square root of its length, so that long ones do not drown the short;
    genres and arranged pieces are then brought to their shares.
    """
    lengths = corpus.piece_tokens()
    weights = np.sqrt(lengths)
    genre = corpus.genre[corpus.pieces]
    arranged = corpus.arranged[corpus.pieces]
    for index in range(NO_GENRE + 1):
        own = genre == index
        if own.any():
            weights[own] *= lengths[own].sum() ** settings.genre_power / weights[own].sum()
    if arranged.any() and not arranged.all():
        share = settings.arranged_share
        weights[arranged] *= share / weights[arranged].sum()
        weights[~arranged] *= (1 - share) / weights[~arranged].sum()
    return np.asarray(weights / weights.sum())


def thinned(controls: Controls, rng: np.random.Generator, settings: ExampleSettings) -> Controls:
    """Return the controls with some left open at random."""
    if rng.random() < settings.bare:
        return Controls()
    shown = rng.random(len(fields(controls))) >= settings.control_dropout
    return Controls(
        **{
            field.name: getattr(controls, field.name)
            for field, show in zip(fields(controls), shown, strict=True)
            if show
        }
    )


class Examples:
    """Draws rows of a fixed length from a corpus; the same generator draws the same rows."""

    def __init__(self, corpus: Corpus, settings: ExampleSettings) -> None:
        self.corpus = corpus
        self.settings = settings
        self._cumulative = np.cumsum(piece_weights(corpus, settings))

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return inputs and targets, both (B, T); targets are IGNORED where none is asked."""
        rows = [self._row(rng) for _ in range(size)]
        tokens = np.stack([row for row, _ in rows])  # (B, T + 1)
        asked = np.stack([mask for _, mask in rows])  # (B, T + 1)
        targets = np.where(asked, tokens, IGNORED)
        return tokens[:, :-1], targets[:, 1:]

    def _row(self, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        length = self.settings.context + 1
        row = np.full(length, vocab.PAD, dtype=np.int64)
        asked = np.zeros(length, dtype=np.bool_)
        filled = 0
        while (room := length - filled) >= _MIN_ROOM:
            stream, predicted = self._example(room, rng)
            taken = min(room, len(stream))
            row[filled : filled + taken] = stream[:taken]
            asked[filled : filled + taken] = predicted[:taken]
            filled += taken
        return row, asked

    def _example(
        self, room: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return a stream and which of its tokens are asked; it may be longer than the room.

        Asked is all but the prefix and the marks: also in what is given there is music to learn.
        """
        task = self._task(room, rng)
        head = prefix(thinned(task.controls, rng, self.settings))[:-1]
        streams, asked = [np.array(head)], [np.zeros(len(head), dtype=np.bool_)]
        for mark, bars in task.parts:
            streams += [np.array([mark]), bars]
            asked += [np.zeros(1, dtype=np.bool_), np.ones(len(bars), dtype=np.bool_)]
        return np.concatenate(streams), np.concatenate(asked)

    def _task(self, room: int, rng: np.random.Generator) -> Task:
        """Draw what an example asks for."""
        settings, corpus = self.settings, self.corpus
        drawn = int(np.searchsorted(self._cumulative, rng.random(), side="right"))
        piece = int(corpus.pieces[min(drawn, len(corpus.pieces) - 1)])
        wanted = rng.random() / settings.tasks if settings.tasks else 1.0
        first, last = self._bars(piece, room // 2 if wanted < 1 / 3 else room, rng, wanted < 1)
        down, up = transposable(corpus, first, last, settings.transpose)
        excerpt = Excerpt(
            piece,
            first,
            last,
            transpose=int(rng.integers(down, up + 1)),
            chords=rng.random() < settings.show_chords,
            levels=rng.random() < settings.show_levels,
            counted=rng.random() >= settings.hide_countdown,
        )
        if wanted < 1 / 3 and len(programs := programs_in(body(corpus, excerpt))) > 1:
            return add_part(corpus, excerpt, int(rng.choice(programs)))
        if 1 / 3 <= wanted < 2 / 3 and last - first > 2:
            begin = int(rng.integers(first + 1, last - 1))
            end = int(rng.integers(begin + 1, min(last - 1, begin + _MAX_GAP) + 1))
            return infill(corpus, excerpt, (begin, end))
        if 2 / 3 <= wanted < 1 and last - first > 1:
            return go_on(corpus, excerpt, int(rng.integers(first + 1, last)))
        ids = body(corpus, excerpt)
        start = vocab.BEGIN if first == corpus.piece_start[piece] else vocab.WITHIN
        return Task(controls_of(corpus, excerpt, ids), ((start, ids),))

    def _bars(
        self, piece: int, room: int, rng: np.random.Generator, fitting: bool
    ) -> tuple[int, int]:
        """Draw which bars of a piece an excerpt has: as many as fit, or a drawn number.

        ``fitting``: those that fit, of a drawn number; what is asked at the end must not be cut.
        """
        settings, lines = self.settings, self.corpus.bar_start
        first, last = (int(x) for x in self.corpus.piece_start[piece : piece + 2])
        most = int(rng.integers(_MIN_BARS, _MAX_BARS + 1))
        whole = rng.random() < settings.whole
        place = rng.random()
        if place < settings.at_end:
            fits = int(np.searchsorted(lines, lines[last] - (room - _FRAME), side="left"))
            begin = max(fits, last - most) if fitting else fits if whole else last - most
            return min(max(first, begin), last - 1), last
        if place >= settings.at_end + settings.at_start:
            first = int(rng.integers(first, max(first + 1, last - _MIN_BARS)))
        fits = int(np.searchsorted(lines, lines[first] + (room - _FRAME), side="right")) - 1
        end = min(fits, first + most) if fitting else fits if whole else first + most
        return first, max(first + 1, min(last, end))
