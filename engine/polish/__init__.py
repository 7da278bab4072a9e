"""Passes after the model and before the ear. Each takes a Score and returns one."""

from __future__ import annotations

import random

from engine.polish.ending import with_ending
from engine.polish.humanise import humanised
from engine.polish.ranges import into_range
from engine.score.model import Score
from engine.score.overlaps import without_overlaps
from engine.score.units import FINE


def polish(score: Score, *, seed: int) -> Score:
    """Return the score as it is played, at FINE resolution: in range, ended, with touch.

    Bars, meters, tempi, chords and instruments stay as they are.
    """
    score = with_ending(without_overlaps(into_range(score)))
    return humanised(score, random.Random(seed)).at_resolution(FINE)
