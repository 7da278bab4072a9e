"""A mood as a lean: what the words for it have in common, added to the logits from the first note.

Excited music is louder, shorter and busier, pleasant music higher and more in major (the
features of ``score/mood.py``). Tempo and mode of the key are the brief's to choose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.score.mood import Mood, asked_as
from engine.score.units import GRID
from engine.tokens import vocab
from engine.tokens.spec import DURATIONS, VELOCITY_STEPS, Family

LOUD = 0.18
"""Nats a step of velocity, at an arousal of 1."""
SHORT = 0.35
"""Nats for a note e times as short."""
HIGH = 0.3
"""Nats an octave, at a valence of 1."""
BRIGHT = 1.2
"""Nats for a major chord in the plan, against a minor one."""

_DARK_QUALITIES = frozenset(("m", "m7", "m7b5", "dim"))


def mood_bias(mood: Mood | None) -> NDArray[np.float32]:
    """Return what a mood, as the corpus is heard, adds to the logits; nothing for None. (V,)"""
    bias = np.zeros(vocab.V, dtype=np.float32)
    if mood is None:
        return bias
    valence, arousal = asked_as(mood)
    steps = np.arange(VELOCITY_STEPS) - (VELOCITY_STEPS - 1) / 2
    bias[list(vocab.ids_of(Family.VELOCITY))] = LOUD * arousal * steps
    lengths = np.log(np.array(DURATIONS) / GRID)
    bias[list(vocab.ids_of(Family.DURATION))] = -SHORT * arousal * lengths
    bias[list(vocab.ids_of(Family.PITCH))] = HIGH * valence * (np.arange(128) - 62) / 12
    for token in vocab.ids_of(Family.CHORD):
        if token != vocab.CHORD_NONE:
            dark = vocab.chord_of(token)[1] in _DARK_QUALITIES
            bias[token] = BRIGHT * valence * (-0.5 if dark else 0.5)
    return bias
