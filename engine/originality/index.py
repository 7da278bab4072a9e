"""The n-grams of the training corpus as a small file, and the longest run a piece shares with it.

The index is a Bloom filter (Bloom 1970) of every second n-gram: those whose hash lies in the
lower half. It never forgets an n-gram that it was built from, and takes a strange one for known
at ``false_positive_rate``. It holds no notes: from a piece one can ask it, from it no piece can
be read.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from engine.errors import MissingPartError
from engine.originality.runs import (
    LONGEST_TICKS,
    MIN_KINDS,
    STEPS,
    known_runs,
    mixed,
    ngrams,
    score_lines,
)
from engine.score.model import Score
from engine.score.units import GRID

SHIPPED = Path(__file__).resolve().parents[1] / "weights" / "originality.npz"

SAMPLE = 2
"""One n-gram in so many is kept and asked for, chosen by its hash."""
BITS_A_KEY = 12
PROBES = 8
"""Bits that each key sets: ln 2 times BITS_A_KEY, which makes false positives rarest."""

RECIPE = f"{STEPS} steps of {MIN_KINDS} kinds, {LONGEST_TICKS} of {GRID} ticks, 1 in {SAMPLE}, v1"
"""Files of another recipe answer other questions."""

_JUDGED_BELOW = np.uint64(2**64 // SAMPLE)
_HALF = np.uint64(32)
_LOW = np.uint64(2**32 - 1)


@dataclass(frozen=True, slots=True)
class OriginalityIndex:
    """A set of n-gram hashes, approximate: no false negatives, a few false positives."""

    bits: NDArray[np.uint8]
    """The filter, eight bits a byte, the lowest first."""
    keys: int
    """How many different n-grams it was built from."""
    corpus: str = ""
    """The hash of the corpus it was built from."""
    usual_notes: int = 0
    """The longest run that is usual between unrelated human pieces (see
    ``evaluation/originality.py``); 0 where that was not measured."""

    @staticmethod
    def of(hashes: NDArray[np.uint64], corpus: str = "") -> OriginalityIndex:
        """Return the index of the judged ones among the hashes, which may repeat."""
        keys = np.unique(hashes[OriginalityIndex.judges(hashes)])
        bits = np.zeros(max(1, (len(keys) * BITS_A_KEY + 7) // 8) * 8, dtype=np.bool_)
        place, stride = _places(keys)
        for _ in range(PROBES):
            bits[place % np.uint64(len(bits))] = True
            place += stride
        return OriginalityIndex(np.packbits(bits, bitorder="little"), len(keys), corpus)

    @staticmethod
    def judges(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which hashes an index can tell anything of: one in SAMPLE. Shape as given."""
        return np.asarray(hashes < _JUDGED_BELOW)

    def contains(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which hashes are judged and known. Shape as given."""
        known = self.judges(hashes)
        place, stride = _places(hashes)
        for _ in range(PROBES):
            bit = place % np.uint64(len(self.bits) * 8)
            byte = self.bits[(bit >> np.uint64(3)).astype(np.int64)]
            known &= (byte >> (bit & np.uint64(7)).astype(np.uint8)) & 1 == 1
            place += stride
        return known

    @property
    def false_positive_rate(self) -> float:
        """How often a judged hash that is not in it passes for known.

        The share of set bits to the power of PROBES: each probe must meet a set one.
        """
        return float(np.bitwise_count(self.bits).mean() / 8) ** PROBES

    def save(self, path: Path) -> None:
        """Write the index to ``path``, whole or not at all; equal ones give equal bytes."""
        facts = {
            "recipe": RECIPE,
            "keys": self.keys,
            "corpus": self.corpus,
            "usual_notes": self.usual_notes,
            "sha256": hashlib.sha256(self.bits.tobytes()).hexdigest(),
        }
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, bits=self.bits, facts=np.array(json.dumps(facts)))
        os.replace(part, path)

    @staticmethod
    def load(path: Path = SHIPPED) -> OriginalityIndex:
        """Read an index; MissingPartError where it is missing, damaged or of another recipe."""
        restore = "restore it, or build it with: python -m engine corpus index"
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                bits, facts = arrays["bits"], json.loads(str(arrays["facts"]))
            sound = facts["sha256"] == hashlib.sha256(bits.tobytes()).hexdigest()
        except FileNotFoundError as error:
            raise MissingPartError(f"{path} is missing; {restore}") from error
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            raise MissingPartError(f"{path} is damaged; {restore}") from error
        if not sound:
            raise MissingPartError(f"{path} is damaged; {restore}")
        if facts["recipe"] != RECIPE:
            raise MissingPartError(f"{path} was built by another recipe; {restore}")
        return OriginalityIndex(bits, facts["keys"], facts["corpus"], facts["usual_notes"])


def _places(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return where each key's first bit is, and how far on its next ones are, before the modulus.

    Two hashes do for all probes (Kirsch and Mitzenmacher 2006).
    """
    spread = mixed(hashes)
    return spread & _LOW, (spread >> _HALF) | np.uint64(1)


@dataclass(frozen=True, slots=True)
class CopiedRun:
    """A run of an instrument's line that stands in the training corpus, in whatever key."""

    notes: int
    """Its length, what it repeats counted once; a lower bound."""
    program: int
    first_bar: int
    """Number of the bar that its first note is in, from 0."""
    last_bar: int
    """Number of the bar that its last note is in."""


def longest_copied_run(score: Score, index: OriginalityIndex) -> CopiedRun | None:
    """Return the longest run that the index knows, the first of several; None if there is none.

    The shortest that can be found has STEPS + 2 notes. Onsets are rounded to the grid first.
    """
    lines = score_lines(score)
    grams = ngrams(lines)
    runs = known_runs(grams, index.judges(grams.hashes), index.contains(grams.hashes))
    if not len(runs.notes):
        return None
    longest = int(runs.notes.argmax())
    first, last = int(runs.first[longest]), int(runs.last[longest])
    bar_lines = [bar.start * GRID / score.resolution for bar in score.iter_bars()]
    first_bar, last_bar = (
        int(np.searchsorted(bar_lines, lines.onset[at], side="right")) - 1 for at in (first, last)
    )
    return CopiedRun(int(runs.notes[longest]), int(lines.voice[first]), first_bar, last_bar)
