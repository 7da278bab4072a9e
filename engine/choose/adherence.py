"""How far what is heard lies from what was asked, in steps that a listener just notices.

Tempo, meter, bars and instruments are exact by construction (docs/decisions/0003) and not
measured again.
"""

from __future__ import annotations

import numpy as np

from engine.score.measures import (
    DENSITY_EDGES,
    POLYPHONY_EDGES,
    Measures,
    measure,
)
from engine.score.model import DRUMS, Score
from engine.score.mood import hear_mood
from engine.score.theory import KEYS, Key, key_fits
from engine.tokens.control import Controls
from engine.tokens.spec import LEVELS, MOOD_STEPS

KEY_STEP = 0.1
"""Correlation by which another key fits better that counts as one step. The relative key fits
most pieces within it, the dominant within two: such doubts are small, foreign keys are not."""

KEY_MARGIN = 0.05
"""The asked key is clear where it fits better than any other by so much."""

MOST = 4.0
"""No single control counts more steps than this, so that one cannot drown all others."""


def adherence(score: Score, controls: Controls) -> dict[str, float]:
    """Return the steps between asked and heard by control, 0 to MOST; open ones are left out.

    ``score`` on the grid. Keys are ``key``, ``density``, ``polyphony``, ``valence``, ``arousal``.
    What cannot be heard because nothing is pitched is as far off as can be, unless the controls
    ask for drums alone: then it is left out.
    """
    measures = measure(score)
    if controls.programs == (DRUMS,):
        return _levels(measures, controls, pitched=False)
    steps = _levels(measures, controls, pitched=True)
    mood = hear_mood(score, measures)
    for name, asked in (("valence", controls.valence), ("arousal", controls.arousal)):
        if asked is not None:
            heard = None if mood is None else getattr(mood, name)
            steps[name] = MOST if heard is None else mood_distance(heard, asked)
    if controls.key is not None:
        steps["key"] = key_distance(measures, controls.key)
    return steps


def _levels(measures: Measures, controls: Controls, *, pitched: bool) -> dict[str, float]:
    steps = {}
    if controls.density is not None:
        steps["density"] = level_distance(measures.mean_density, controls.density, DENSITY_EDGES)
    if controls.polyphony is not None and pitched:
        steps["polyphony"] = level_distance(
            measures.mean_polyphony, controls.polyphony, POLYPHONY_EDGES
        )
    return steps


def level_distance(value: float, level: int, edges: tuple[float, ...]) -> float:
    """Return how many levels a value lies from the nearest edge of a level, 0 within it.

    The levels between are whole steps and the part of the level that it lies in counts in
    proportion. The lowest level is as wide as from 0, the highest as wide as the one below.
    """
    bounds = np.array([0.0, *edges, 2 * edges[-1] - edges[-2]])  # (LEVELS + 1,)
    place = float(np.interp(value, bounds, np.arange(LEVELS + 1)))
    return min(MOST, max(level - place, place - (level + 1), 0.0))


def mood_distance(heard: float, asked: float) -> float:
    """Return the distance of two values on [-1, 1] in mood steps, 0 to MOST.

    Half a step is free: the prefix says no more than the step that a value lies in.
    """
    step = 2.0 / MOOD_STEPS
    return min(MOST, max(0.0, abs(heard - asked) / step - 0.5))


def key_distance(measures: Measures, asked: Key) -> float:
    """Return by how many KEY_STEPs the asked key misses fitting best by KEY_MARGIN, 0 to MOST."""
    fits = key_fits(measures.pitch_class_ticks.sum(axis=0))  # (24,)
    if not fits.any():
        return MOST
    index = KEYS.index(asked)
    behind = float(np.delete(fits, index).max()) + KEY_MARGIN - float(fits[index])
    return min(MOST, max(0.0, behind / KEY_STEP))
