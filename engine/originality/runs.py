"""Melodies as n-grams that outlive transposition, and runs of those that are known.

The line of an instrument is the highest note of each of its onsets. Between two notes of a line
stands a step: so many semitones, so many grid ticks to the next onset. An n-gram is STEPS steps
in a row, so STEPS + 1 notes; key, loudness, lengths of notes and instrument are not in it. Drums
have no line.

N-grams of fewer than MIN_KINDS kinds of steps are left out everywhere, in the index as in what is
asked: repeated notes, scales, trills and broken chords are everybody's. Steps that repeat the
pitch count as one kind, whatever their rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import note_columns
from engine.score.model import DRUMS, Score
from engine.score.units import GRID

STEPS = 8
"""Of 8, 12 and 16 steps, 8 let unrelated human pieces share least: 16 notes at the 99th centile
of their longest runs, against 21 with 12 steps."""

MIN_KINDS = 5
"""Leaves out 37 % of the corpus's n-grams of 8 steps; with 4 unrelated pieces share 21 notes."""

LONGEST_TICKS = 4 * GRID
"""Longer waits for the next onset count as this: a rest is a rest."""

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio, odd: the base of the rolling hash."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines end to end, sorted by voice, then onset; one note an onset. ``L`` notes."""

    voice: NDArray[np.int64]
    """Which line a note is of. (L,)"""
    onset: NDArray[np.int64]
    """Grid ticks. (L,)"""
    pitch: NDArray[np.int64]
    """(L,)"""


@dataclass(frozen=True, slots=True)
class NGrams:
    """The n-grams of lines that say enough, in the order of the lines. ``G`` n-grams."""

    hashes: NDArray[np.uint64]
    """(G,)"""
    first: NDArray[np.int64]
    """Where in the lines its first note stands; its last one is STEPS further. (G,)"""
    passage: NDArray[np.int64]
    """Ascending; alike where each n-gram shares a note with the one before it. (G,)"""


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of lines in which every n-gram that was judged is known. ``R`` runs."""

    notes: NDArray[np.int64]
    """How long each is, what it repeats counted once. (R,)"""
    first: NDArray[np.int64]
    """Where in the lines its first note stands. (R,)"""
    last: NDArray[np.int64]
    """Where its last one does. (R,)"""


def lines_of(voice: NDArray[np.int64], onset: NDArray[np.int64], pitch: NDArray[np.int64]) -> Lines:
    """Return the highest note of every onset of every voice; notes come in any order. (notes,)"""
    order = np.lexsort((pitch, onset, voice))
    voice, onset, pitch = voice[order], onset[order], pitch[order]
    top = np.ones(len(order), dtype=np.bool_)
    top[:-1] = (voice[1:] != voice[:-1]) | (onset[1:] != onset[:-1])
    return Lines(voice[top], onset[top], pitch[top])


def score_lines(score: Score) -> Lines:
    """Return the lines of a score's instruments on the grid; a voice's number is its program."""
    columns = note_columns(score)
    start, program, pitch = columns[columns[:, 1] != DRUMS, :3].T
    onset = (2 * start * GRID + score.resolution) // (2 * score.resolution)
    return lines_of(program, onset, pitch)


def ngrams(lines: Lines) -> NGrams:
    """Return the n-grams of lines that have MIN_KINDS kinds of steps or more."""
    count = len(lines.pitch) - STEPS
    if count < 1:
        return NGrams(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    rise = np.diff(lines.pitch)  # (L - 1,)
    wait = np.clip(np.diff(lines.onset), 0, LONGEST_TICKS)  # negative from voice to voice
    step = (rise + 128) * (LONGEST_TICKS + 1) + wait
    since = _steps_since_same(np.where(rise == 0, 0, step))
    drawn = mixed(step.astype(np.uint64))
    hashes = np.zeros(count, dtype=np.uint64)
    kinds = np.zeros(count, dtype=np.int64)
    for place in range(STEPS):
        hashes = hashes * _SPREAD + drawn[place : place + count]
        kinds += since[place : place + count] > place
    within = lines.voice[STEPS:] == lines.voice[:-STEPS]
    first = np.flatnonzero(within & (kinds >= MIN_KINDS))
    parted = np.diff(first, prepend=0) > STEPS  # which those of two voices always are
    return NGrams(mixed(hashes[first]), first, np.cumsum(parted))


def _steps_since_same(kind: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many steps back the same kind was last, STEPS if not within so many. (L - 1,)"""
    since = np.full(len(kind), STEPS)
    for back in range(STEPS - 1, 0, -1):
        since[back:][kind[back:] == kind[:-back]] = back
    return since


def known_runs(grams: NGrams, judged: NDArray[np.bool_], known: NDArray[np.bool_]) -> Runs:
    """Return the runs between neighbouring judged n-grams that are all known; two at least.

    ``judged`` and ``known``: (G,); what is known is judged. N-grams between two judged ones are
    taken for known, those before the first and behind the last are not: a run is at least as
    long as said. Its notes are STEPS and one for each different n-gram in it, so that a riff
    counts once, however often it is played.
    """
    at = np.flatnonzero(judged)
    hit = known[at]
    follows = np.zeros(len(at), dtype=np.bool_)
    follows[1:] = hit[1:] & hit[:-1] & (grams.passage[at[1:]] == grams.passage[at[:-1]])
    ends = np.append(~follows, True)[1:]
    opens = ~follows & ~ends  # what follows it continues it
    start, end = at[opens], at[follows & ends]  # (R,), as n-grams
    lengths = end - start + 1
    run = np.repeat(np.arange(len(start)), lengths)
    inside = np.arange(lengths.sum()) + np.repeat(start - np.cumsum(lengths) + lengths, lengths)
    hashes = grams.hashes[inside]
    order = np.lexsort((hashes, run))
    run, hashes = run[order], hashes[order]
    new = np.ones(len(run), dtype=np.bool_)
    new[1:] = (run[1:] != run[:-1]) | (hashes[1:] != hashes[:-1])
    notes = np.bincount(run[new], minlength=len(start)) + STEPS
    return Runs(notes, grams.first[start], grams.first[end] + STEPS)


def mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers in which every bit depends on all of x (SplitMix64, Steele et al. 2014)."""
    x = x + _SPREAD
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
