"""Loudness as hands play it: the tokens' steps smoothed by accent and a little chance."""

from __future__ import annotations

import random
from dataclasses import replace

from engine.score.model import Note, Score

SPREAD = 3
"""Velocities move by at most so much at random; the tokens step by eight."""
ACCENT = 2
"""Notes on the bar line are so much louder."""


def humanised(score: Score, rng: random.Random) -> Score:
    """Return the score with velocities varied within SPREAD + ACCENT; nothing else changes."""
    downbeats = {bar.start for bar in score.iter_bars()}

    def touched(note: Note) -> Note:
        accent = ACCENT if note.start in downbeats else 0
        velocity = note.velocity + accent + rng.randint(-SPREAD, SPREAD)
        return note._replace(velocity=min(127, max(1, velocity)))

    return replace(score, notes=tuple(sorted(touched(note) for note in score.notes)))
