"""Tunes drawn at random, which nobody shares, and scores around them."""

from __future__ import annotations

import random

from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.units import GRID

Tune = list[tuple[int, int]]
"""Onsets in grid ticks and pitches."""


def random_tune(seed: int, notes: int, onset: int = 0) -> Tune:
    rng = random.Random(seed)
    tune = []
    for _ in range(notes):
        tune.append((onset, rng.randint(50, 80)))
        onset += rng.choice([3, 6, 9, 12, 18, 24])
    return tune


def tune_score(
    tune: Tune, *others: tuple[int, Tune], program: int = 0, up: int = 0, velocity: int = 80
) -> Score:
    """The tune and others, each with its program, over a drum on every quarter."""
    notes = {Note(onset, program, pitch + up, 5, velocity) for onset, pitch in tune}
    for part, more in others:
        notes |= {Note(onset, part, pitch, 7, 60) for onset, pitch in more}
    bars = max(note.start for note in notes) // (4 * GRID) + 1
    notes |= {Note(quarter * GRID, DRUMS, 36, 3, 90) for quarter in range(4 * bars)}
    return Score(GRID, bars, tuple(sorted(notes)), (Tempo(0, 100.0),), (Meter(0, 4, 4),))
