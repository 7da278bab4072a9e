"""Training examples: excerpts of pieces with their controls, as rows of tokens.

An excerpt is told what it is (genre, mood, key ...) with random gaps, so that any subset of
controls works later; it is transposed at random; its plan is shown or hidden at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from engine.corpus.shard import NO_GENRE, SPLITS, Shard, level_values, mood_value
from engine.score.measures import KEY_TRUST, density_level, polyphony_level, sounding_mean
from engine.score.theory import KEYS, METERS, Key, find_key
from engine.tokens import vocab
from engine.tokens.control import Controls, prefix
from engine.tokens.spec import GENRES, Family, tempo_bpm

IGNORED = -100
"""Target of a token that the model is not asked to predict: the prefix and the padding."""

_MIN_BARS, _MAX_BARS = 4, 48
_MIN_ROOM = 96
"""A row with less room than this is padded rather than given another excerpt."""
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


class Corpus:
    """All shards of a split end to end, in memory. ``N`` pieces, ``M`` bars, ``T`` tokens."""

    def __init__(self, shards: Sequence[Shard], split: str) -> None:
        joined = {
            f.name: np.concatenate([getattr(s, f.name) for s in shards])
            for f in fields(Shard)
            if f.name not in ("bar_start", "piece_start")
        }
        self.tokens: NDArray[np.uint16] = joined["tokens"]  # (T,)
        self.bar_start = _chained([s.bar_start for s in shards])  # (M + 1,)
        self.piece_start = _chained([s.piece_start for s in shards])  # (all pieces + 1,)
        self.bar_meter: NDArray[np.uint8] = joined["bar_meter"]  # (M,)
        self.bar_tempo: NDArray[np.uint8] = joined["bar_tempo"]  # (M,)
        self.bar_density: NDArray[np.uint8] = joined["bar_density"]  # (M,)
        self.bar_polyphony: NDArray[np.uint8] = joined["bar_polyphony"]  # (M,)
        self.bar_classes: NDArray[np.uint8] = joined["bar_classes"]  # (M, 12)
        self.bar_ticks: NDArray[np.uint16] = joined["bar_ticks"]  # (M,)
        self.genre: NDArray[np.uint8] = joined["genre"]  # (all pieces,)
        self.mood: NDArray[np.int8] = joined["mood"]  # (all pieces, 2)
        self.arranged: NDArray[np.bool_] = joined["arranged"]  # (all pieces,)
        self.pieces = np.flatnonzero(joined["split"] == SPLITS.index(split))  # (N,)

    def piece_tokens(self) -> NDArray[np.int64]:
        """Return the length in tokens of every piece of the split. (N,)"""
        lines = self.bar_start[self.piece_start]
        return np.asarray(np.diff(lines)[self.pieces])


def _chained(starts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    offsets = np.cumsum([0] + [int(s[-1]) for s in starts])
    parts = [s[:-1] + offset for s, offset in zip(starts, offsets[:-1], strict=True)]
    return np.concatenate([*parts, offsets[-1:]])


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


_FAMILIES = tuple(Family)
_FAMILY_OF = np.array([_FAMILIES.index(family) for family in vocab.FAMILY])
_CODE = {family: code for code, family in enumerate(_FAMILIES)}
_LONELY = [_CODE[Family.POSITION], _CODE[Family.BAR]]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which bars of which piece, and how they are shown."""

    piece: int
    first: int
    """Bar index over the whole corpus."""
    last: int
    """One past the last bar."""
    transpose: int = 0
    chords: bool = False
    levels: bool = False
    counted: bool = True


def body(corpus: Corpus, excerpt: Excerpt) -> NDArray[np.int64]:
    """Return the tokens of an excerpt's bars, and End where the piece ends with it.

    The first bar says meter and tempo, whatever the piece said before.
    """
    lines = corpus.bar_start
    ids = corpus.tokens[lines[excerpt.first] : lines[excerpt.last]].astype(np.int64)
    family = _FAMILY_OF[ids]
    hidden = [] if excerpt.chords else [_CODE[Family.CHORD]]
    if not excerpt.levels:
        hidden += [_CODE[Family.BAR_DENSITY], _CODE[Family.BAR_POLYPHONY]]
    if hidden:
        keep = ~np.isin(family, hidden)
        ids, family = ids[keep], family[keep]
    if not excerpt.chords:
        following = np.append(family[1:], _CODE[Family.BAR])
        keep = (family != _CODE[Family.POSITION]) | ~np.isin(following, _LONELY)
        ids, family = ids[keep], family[keep]
    head = [
        vocab.FIRST[Family.METER] + int(corpus.bar_meter[excerpt.first]),
        vocab.FIRST[Family.TEMPO] + int(corpus.bar_tempo[excerpt.first]),
    ]
    said = 1
    while said < len(ids) and family[said] in (_CODE[Family.METER], _CODE[Family.TEMPO]):
        said += 1
    ids = np.concatenate([ids[:1], head, ids[said:]])
    family = _FAMILY_OF[ids]
    if excerpt.transpose:
        _transpose(ids, family, excerpt.transpose)
    if not excerpt.counted:
        ids[family == _CODE[Family.BAR]] = vocab.BAR_OPEN
    if excerpt.last == corpus.piece_start[excerpt.piece + 1]:
        ids = np.append(ids, vocab.END)
    return ids


def _transpose(ids: NDArray[np.int64], family: NDArray[np.int64], semitones: int) -> None:
    ids[family == _CODE[Family.PITCH]] += semitones
    first = vocab.FIRST[Family.CHORD]
    chords = (family == _CODE[Family.CHORD]) & (ids != vocab.CHORD_NONE)
    quality, root = np.divmod(ids[chords] - first, 12)
    ids[chords] = first + quality * 12 + (root + semitones) % 12


def transposable(corpus: Corpus, first: int, last: int, reach: int) -> tuple[int, int]:
    """Return how far down and up the bars can go without leaving the MIDI range."""
    lines = corpus.bar_start
    ids = corpus.tokens[lines[first] : lines[last]]
    pitches = ids[_FAMILY_OF[ids] == _CODE[Family.PITCH]].astype(np.int64)
    if not len(pitches):
        return 0, 0
    values = pitches - vocab.FIRST[Family.PITCH]
    return -min(reach, int(values.min())), min(reach, 127 - int(values.max()))


def controls_of(corpus: Corpus, excerpt: Excerpt, ids: NDArray[np.int64]) -> Controls:
    """Return what the excerpt answers to, by the functions that judge finished pieces too."""
    bars = slice(excerpt.first, excerpt.last)
    weights = corpus.bar_classes[bars] * (corpus.bar_ticks[bars, None] / 255.0)  # (bars, 12)
    key, fit = find_key(weights.sum(axis=0))
    genre = int(corpus.genre[excerpt.piece])
    valence, arousal = (mood_value(int(kept)) for kept in corpus.mood[excerpt.piece])
    programs = np.unique(ids[_FAMILY_OF[ids] == _CODE[Family.PROGRAM]])
    meters = np.bincount(corpus.bar_meter[bars], minlength=len(METERS))
    return Controls(
        genre=None if genre == NO_GENRE else GENRES[genre],
        valence=valence,
        arousal=arousal,
        tempo_bpm=tempo_bpm(int(corpus.bar_tempo[excerpt.first])),
        meter=METERS[int(meters.argmax())],
        key=_moved(key, excerpt.transpose) if fit >= KEY_TRUST else None,
        bars=excerpt.last - excerpt.first,
        density=density_level(float(level_values(corpus.bar_density[bars]).mean())),
        polyphony=polyphony_level(sounding_mean(level_values(corpus.bar_polyphony[bars]))),
        programs=tuple(int(p) - vocab.FIRST[Family.PROGRAM] for p in programs),
    )


def _moved(key: Key, semitones: int) -> Key:
    return KEYS[KEYS.index(Key((key.tonic + semitones) % 12, key.mode))]


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
        while length - filled >= _MIN_ROOM:
            head, tail = self._example(length - filled, rng)
            stream = np.concatenate([head, tail])[: length - filled]
            row[filled : filled + len(stream)] = stream
            asked[filled + len(head) : filled + len(stream)] = True
            filled += len(stream)
        return row, asked

    def _example(
        self, room: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return a prefix and the body behind it; the body may be longer than the room."""
        settings, corpus = self.settings, self.corpus
        drawn = int(np.searchsorted(self._cumulative, rng.random(), side="right"))
        piece = int(corpus.pieces[min(drawn, len(corpus.pieces) - 1)])
        first, last = self._bars(piece, room, rng)
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
        ids = body(corpus, excerpt)
        controls = thinned(controls_of(corpus, excerpt, ids), rng, settings)
        start = vocab.BEGIN if first == corpus.piece_start[piece] else vocab.WITHIN
        return np.array(prefix(controls, start)), ids

    def _bars(self, piece: int, room: int, rng: np.random.Generator) -> tuple[int, int]:
        """Draw which bars of a piece an excerpt has: as many as fit, or a drawn number."""
        settings, lines = self.settings, self.corpus.bar_start
        first, last = (int(x) for x in self.corpus.piece_start[piece : piece + 2])
        most = int(rng.integers(_MIN_BARS, _MAX_BARS + 1))
        whole = rng.random() < settings.whole
        place = rng.random()
        if place < settings.at_end:
            fits = int(np.searchsorted(lines, lines[last] - (room - _FRAME), side="left"))
            return min(max(first, fits if whole else last - most), last - 1), last
        if place >= settings.at_end + settings.at_start:
            first = int(rng.integers(first, max(first + 1, last - _MIN_BARS)))
        fits = int(np.searchsorted(lines, lines[first] + (room - _FRAME), side="right")) - 1
        return first, max(first + 1, min(last, fits if whole else first + most))
