"""Excerpts of the corpus: some bars of a piece as tokens, and the controls they answer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from engine.corpus.shard import NO_GENRE, SPLITS, Shard, level_values, mood_value
from engine.score.measures import KEY_TRUST, density_level, polyphony_level, sounding_mean
from engine.score.theory import KEYS, METERS, Key, find_key
from engine.score.units import GRID, bar_ticks
from engine.tokens import vocab
from engine.tokens.control import Controls
from engine.tokens.spec import GENRES, Family, tempo_bpm


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
        lengths = np.array([bar_ticks(n, d, GRID) for n, d in METERS])
        self.bar_length: NDArray[np.int64] = lengths[self.bar_meter]
        """Grid ticks of every bar. (M,)"""
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


_FAMILIES = tuple(Family)
FAMILY_OF = np.array([_FAMILIES.index(family) for family in vocab.FAMILY])
FAMILY_CODE = {family: code for code, family in enumerate(_FAMILIES)}
_LONELY = [FAMILY_CODE[Family.POSITION], FAMILY_CODE[Family.BAR]]


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
    family = FAMILY_OF[ids]
    hidden = [] if excerpt.chords else [FAMILY_CODE[Family.CHORD]]
    if not excerpt.levels:
        hidden += [FAMILY_CODE[Family.BAR_DENSITY], FAMILY_CODE[Family.BAR_POLYPHONY]]
    if hidden:
        keep = ~np.isin(family, hidden)
        ids, family = ids[keep], family[keep]
    if not excerpt.chords:
        ids = without_lonely_positions(ids)
        family = FAMILY_OF[ids]
    head = [
        vocab.FIRST[Family.METER] + int(corpus.bar_meter[excerpt.first]),
        vocab.FIRST[Family.TEMPO] + int(corpus.bar_tempo[excerpt.first]),
    ]
    said = 1
    while said < len(ids) and family[said] in (
        FAMILY_CODE[Family.METER],
        FAMILY_CODE[Family.TEMPO],
    ):
        said += 1
    ids = np.concatenate([ids[:1], head, ids[said:]])
    family = FAMILY_OF[ids]
    if excerpt.transpose:
        _transpose(ids, family, excerpt.transpose)
    if not excerpt.counted:
        ids[family == FAMILY_CODE[Family.BAR]] = vocab.BAR_OPEN
    if excerpt.last == corpus.piece_start[excerpt.piece + 1]:
        ids = np.append(ids, vocab.END)
    return ids


def without_lonely_positions(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return bars without the positions on which nothing stands any more."""
    family = FAMILY_OF[ids]
    following = np.append(family[1:], FAMILY_CODE[Family.BAR])
    lonely = (family == FAMILY_CODE[Family.POSITION]) & np.isin(following, _LONELY)
    return np.asarray(ids[~lonely])


def _transpose(ids: NDArray[np.int64], family: NDArray[np.int64], semitones: int) -> None:
    ids[family == FAMILY_CODE[Family.PITCH]] += semitones
    first = vocab.FIRST[Family.CHORD]
    chords = (family == FAMILY_CODE[Family.CHORD]) & (ids != vocab.CHORD_NONE)
    quality, root = np.divmod(ids[chords] - first, 12)
    ids[chords] = first + quality * 12 + (root + semitones) % 12


def transposable(corpus: Corpus, first: int, last: int, reach: int) -> tuple[int, int]:
    """Return how far down and up the bars can go without leaving the MIDI range."""
    lines = corpus.bar_start
    ids = corpus.tokens[lines[first] : lines[last]]
    pitches = ids[FAMILY_OF[ids] == FAMILY_CODE[Family.PITCH]].astype(np.int64)
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
    programs = np.unique(ids[FAMILY_OF[ids] == FAMILY_CODE[Family.PROGRAM]])
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
