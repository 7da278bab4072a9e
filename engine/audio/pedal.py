"""Where a pianist's foot would be: down with the harmony, up where it would blur."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from engine.score.clock import seconds_of
from engine.score.model import Note, Score

PEDALLED = frozenset({0, 1, 2, 3, 4, 5, 11})
"""Programs with a pedal: acoustic and electric pianos and the vibraphone."""

MAX_SECONDS = 6.0
"""A string has died down by then; longer spans are left to the fingers."""

MAX_TONES_APART = 2
"""Neighbours on the scale, which blur when one still rings; a third does not."""

CLEAR_ABOVE = 84
"""From C6 on strings die so soon that they blur nothing."""


class Span(NamedTuple):
    """The pedal is down from one tick to another."""

    start: int
    end: int


def pedal_spans(score: Score, program: int) -> list[Span]:
    """Return where the pedal is down for an instrument, in order, none overlapping.

    A span lies inside one bar and one chord of the score. It is pedalled when more than one
    onset falls into it and no two of its notes are neighbours on the scale that would ring on
    into each other. Empty for instruments without a pedal.
    """
    if program not in PEDALLED:
        return []
    notes = [note for note in score.notes if note.program == program]
    starts = [note.start for note in notes]
    edges = sorted(
        {bar.start for bar in score.iter_bars()}
        | {chord.tick for chord in score.chords}
        | {score.bars_end}
    )
    lasts_s = np.diff(seconds_of(score, edges))
    spans = []
    for (start, end), span_s in zip(pairwise(edges), lasts_s, strict=True):
        inside = notes[bisect_left(starts, start) : bisect_left(starts, end)]
        if span_s <= MAX_SECONDS and _worth_it(inside):
            spans.append(Span(start, end))
    return spans


def _worth_it(notes: Sequence[Note]) -> bool:
    """Tell whether the pedal joins something and blurs nothing."""
    if len({note.start for note in notes}) < 2:
        return False
    low = {note.pitch for note in notes if note.pitch < CLEAR_ABOVE}
    return not any(abs(a - b) <= MAX_TONES_APART for a, b in combinations(low, 2))
