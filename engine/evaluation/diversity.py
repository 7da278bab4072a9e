"""How much is new: distinct 4-grams of melody within a piece and between pieces.

After Li et al. 2016 (distinct-n), with steps of melody for words. A step says how far the next
note is in pitch and in time, so a transposed or shifted copy is still a copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import nan

from engine.score.model import DRUMS, Score

N = 4

Gram = tuple[tuple[int, int], ...]
"""N steps of (semitones, ticks)."""


def melodic_grams(score: Score) -> list[Gram]:
    """Return every run of N steps in the melodies of a score, one after another.

    An instrument's melody is the highest note of each of its onsets; drums have none.
    """
    grams: list[Gram] = []
    for program in score.programs:
        if program == DRUMS:
            continue
        top: dict[int, int] = {}
        for note in score.notes:
            if note.program == program:
                top[note.start] = max(note.pitch, top.get(note.start, 0))
        line = sorted(top.items())
        steps = [(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(line)]
        grams += [tuple(steps[i : i + N]) for i in range(len(steps) - N + 1)]
    return grams


def distinct_within(score: Score) -> float:
    """Return distinct grams over all grams of a piece: 1 if none returns; nan without any."""
    grams = melodic_grams(score)
    return len(set(grams)) / len(grams) if grams else nan


def distinct_between(scores: Sequence[Score]) -> float:
    """Return how much each piece has for itself: 1 if no two share a gram, 0 if all are alike.

    With a gram counted once a piece: (|union| / mean size - 1) / (pieces - 1). Pieces without
    grams are left out; nan if fewer than two are left.
    """
    sets = [grams for score in scores if (grams := set(melodic_grams(score)))]
    if len(sets) < 2:
        return nan
    mean = sum(map(len, sets)) / len(sets)
    return (len(set().union(*sets)) / mean - 1) / (len(sets) - 1)
