"""The index of the training corpus, and what runs human pieces share with it.

A generated piece is original if it copies no more than people who do not know of each other.
So pieces of the validation and test splits are asked as generated ones are, in excerpts of
EXCERPT_BARS bars. Some of them are versions of training songs under other names; a piece of which
the index knows RELATED_SHARE of the n-grams or more counts as such. What the others share, at
USUAL_QUANTILE of their excerpts, is usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.corpus.shard import SPLITS, Shard
from engine.originality.index import OriginalityIndex
from engine.originality.runs import known_runs, lines_of, ngrams
from engine.score.model import DRUMS
from engine.score.theory import METERS
from engine.score.units import GRID, bar_ticks
from engine.tokens import vocab
from engine.tokens.spec import Family

EXCERPT_BARS = 16
RELATED_SHARE = 0.1
"""Half of the held-out pieces share under a hundredth with the index, one in seven this or more."""
USUAL_QUANTILE = 0.99
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99, 1.0)

_BAR_TICKS = np.array([bar_ticks(n, d, GRID) for n, d in METERS])


def _is(family: Family) -> NDArray[np.bool_]:
    return np.array([own is family for own in vocab.FAMILY])


_IS_PITCH, _IS_POSITION, _IS_PROGRAM = map(_is, (Family.PITCH, Family.POSITION, Family.PROGRAM))


@dataclass(frozen=True, slots=True)
class PitchedNotes:
    """The notes of a shard's pieces, drums left out, in the order of the tokens."""

    piece: NDArray[np.int64]
    """Place in the shard. (notes,)"""
    bar: NDArray[np.int64]
    """From the piece's first bar, 0. (notes,)"""
    onset: NDArray[np.int64]
    """Grid ticks from the shard's first bar. (notes,)"""
    program: NDArray[np.int64]
    """(notes,)"""
    pitch: NDArray[np.int64]
    """(notes,)"""


def pitched_notes(shard: Shard) -> PitchedNotes:
    """Return what ``decode`` would of pieces and pitched notes, all at once."""
    tokens = shard.tokens
    at = np.flatnonzero(_IS_PITCH[tokens])  # (notes,)
    bar = np.searchsorted(shard.bar_start, at, side="right") - 1
    piece = np.searchsorted(shard.piece_start, bar, side="right") - 1
    starts = np.cumsum(np.append(0, _BAR_TICKS[shard.bar_meter]))  # (M + 1,)
    position = _last_value(tokens, _IS_POSITION, at) - vocab.FIRST[Family.POSITION]
    return PitchedNotes(
        piece,
        bar - shard.piece_start[piece],
        starts[bar] + position,
        _last_value(tokens, _IS_PROGRAM, at) - vocab.FIRST[Family.PROGRAM],
        tokens[at].astype(np.int64) - vocab.FIRST[Family.PITCH],
    )


def _last_value(
    tokens: NDArray[np.uint16], wanted: NDArray[np.bool_], at: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the last token of a family up to each place. (notes,)"""
    said = np.flatnonzero(wanted[tokens])
    return tokens[said[np.searchsorted(said, at) - 1]].astype(np.int64)


def training_index(shards: Iterable[Shard], corpus: str = "") -> OriginalityIndex:
    """Return the index of the training pieces; ``corpus``: the hash to say where it is from.

    Shards are read one at a time; what stays of each are its judged hashes.
    """
    kept = [np.zeros(0, dtype=np.uint64)]
    for shard in shards:
        notes = pitched_notes(shard)
        train = shard.split[notes.piece] == SPLITS.index("train")
        voice = notes.piece * DRUMS + notes.program
        grams = ngrams(lines_of(voice[train], notes.onset[train], notes.pitch[train]))
        kept.append(np.unique(grams.hashes[OriginalityIndex.judges(grams.hashes)]))
    return OriginalityIndex.of(np.concatenate(kept), corpus)


@dataclass(frozen=True, slots=True)
class Longest:
    """The longest known run in notes of each of many pieces or excerpts, 0 where there is none."""

    count: int
    quantiles: dict[str, float]
    """Of QUANTILES, by their names."""

    @staticmethod
    def of(runs: NDArray[np.int64]) -> Longest:
        """Return how the runs spread; zeros if there are none. (count,)"""
        values = np.quantile(runs if len(runs) else [0], QUANTILES, method="higher")
        names = map(str, QUANTILES)
        return Longest(len(runs), dict(zip(names, map(float, values), strict=True)))


@dataclass(frozen=True, slots=True)
class HumanBaseline:
    """What held-out human pieces share with the training pieces."""

    pieces: int
    related_share: float
    """Share of the pieces that are versions of training songs."""
    excerpts: Longest
    """Of all excerpts."""
    unrelated_excerpts: Longest
    whole: Longest
    """Of all pieces."""
    unrelated_whole: Longest
    usual_notes: int
    """USUAL_QUANTILE of the excerpts of unrelated pieces."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON can say them."""
        return asdict(self)


def human_baseline(shards: Iterable[Shard], index: OriginalityIndex) -> HumanBaseline:
    """Return what the validation and test pieces share with the index, drum solos left out.

    Pieces that a program arranged are no human's and left out, too.
    """
    parts = [_held_out(shard, index) for shard in shards]
    excerpts, whole, of_excerpt, of_whole = (
        np.concatenate([np.zeros(0, dtype), *(part[column] for part in parts)])
        for column, dtype in enumerate((np.int64, np.int64, np.bool_, np.bool_))
    )
    unrelated = excerpts[~of_excerpt]
    usual = np.quantile(unrelated, USUAL_QUANTILE, method="higher") if len(unrelated) else 0
    return HumanBaseline(
        pieces=len(whole),
        related_share=float(of_whole.mean()) if len(of_whole) else 0.0,
        excerpts=Longest.of(excerpts),
        unrelated_excerpts=Longest.of(unrelated),
        whole=Longest.of(whole),
        unrelated_whole=Longest.of(whole[~of_whole]),
        usual_notes=int(usual),
    )


def _held_out(shard: Shard, index: OriginalityIndex) -> tuple[NDArray[Any], ...]:
    """Return the longest runs of excerpts and of pieces, and which of either are related."""
    notes = pitched_notes(shard)
    human = (shard.split != SPLITS.index("train")) & ~shard.arranged  # (N,)
    asked = human[notes.piece]
    piece, bar = notes.piece[asked], notes.bar[asked]
    program, onset, pitch = notes.program[asked], notes.onset[asked], notes.pitch[asked]
    most = int(bar.max(initial=0)) // EXCERPT_BARS + 1
    excerpt = piece * most + bar // EXCERPT_BARS
    whole, share = _longest_runs(piece, program, onset, pitch, index)
    cut, _ = _longest_runs(excerpt, program, onset, pitch, index)
    related = share >= RELATED_SHARE
    owner = np.searchsorted(np.unique(piece), np.unique(excerpt) // most)
    return cut, whole, related[owner], related


def _longest_runs(
    unit: NDArray[np.int64],
    program: NDArray[np.int64],
    onset: NDArray[np.int64],
    pitch: NDArray[np.int64],
    index: OriginalityIndex,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each unit, ascending, its longest run in notes and which share is known of it."""
    units = np.unique(unit)
    lines = lines_of(unit * DRUMS + program, onset, pitch)
    place = np.searchsorted(units, lines.voice // DRUMS)  # (L,)
    grams = ngrams(lines)
    judged, known = index.judges(grams.hashes), index.contains(grams.hashes)
    runs = known_runs(grams, judged, known)
    longest = np.zeros(len(units), dtype=np.int64)
    np.maximum.at(longest, place[runs.first], runs.notes)
    of = place[grams.first]
    totals = np.bincount(of[judged], minlength=len(units))
    return longest, np.bincount(of[known], minlength=len(units)) / np.maximum(totals, 1)
