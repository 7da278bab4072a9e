"""Mood as valence and arousal, heard from the notes.

Two linear models on seven features, ridge-fitted on the 197 game pieces whose mood listeners
labelled with a sign (VGMIDI). Ten-fold cross-validation, 20 times: the sign of valence is right
for 72 % of the pieces (always "pleasant": 68 %), the sign of arousal for 84 % (58 %).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.score.measures import Measures, note_columns
from engine.score.model import DRUMS, Score
from engine.score.theory import key_fits


class Mood(NamedTuple):
    """Valence: unpleasant -1 to pleasant 1. Arousal: calm -1 to excited 1."""

    valence: float
    arousal: float


# Intercept; then major minus minor key fit, octaves of tempo above 110 BPM, octaves of onset
# rate above 4 a second, velocity above 80 in steps of 24, octaves of register above D4,
# octaves of note length above a swung eighth, voices above 4 in fours.
_VALENCE = np.array([0.444, 0.953, 0.168, 0.224, -0.139, 0.331, -0.009, -0.228])
_AROUSAL = np.array([0.369, -0.096, 0.878, 0.239, 0.101, -0.313, -0.431, 0.342])


def hear_mood(score: Score, measures: Measures) -> Mood | None:
    """Return the mood of a score on the grid, or None if only drums play."""
    columns = note_columns(score)
    pitched = columns[columns[:, 1] != DRUMS]
    if not len(pitched):
        return None
    fits = key_fits(measures.pitch_class_ticks.sum(axis=0))
    end = score.bars_end
    bpm = 60.0 * end / score.resolution / score.seconds_at(end)
    rate = max(measures.mean_density * bpm / 60.0, 0.2)
    features = np.array(
        [
            1.0,
            fits[:12].max() - fits[12:].max(),
            np.log2(bpm / 110.0),
            np.log2(rate / 4.0),
            (columns[:, 4].mean() - 80.0) / 24.0,
            (pitched[:, 2].mean() - 62.0) / 12.0,
            np.log2(pitched[:, 3].mean() * 1.5 / score.resolution),
            measures.mean_polyphony / 4.0 - 1.0,
        ]
    )
    valence, arousal = np.clip([features @ _VALENCE, features @ _AROUSAL], -1.0, 1.0)
    return Mood(float(valence), float(arousal))


# What people ask for lies evenly on both scales; what is heard in real pieces does not. Asked
# value to the heard one at the same place in the corpus: its quantiles at 2, 15, 50, 80, 98 %.
_ASKED = (-1.0, -0.5, 0.0, 0.5, 1.0)
_HEARD_VALENCE = (-0.46, -0.04, 0.35, 0.66, 1.0)
_HEARD_AROUSAL = (-0.97, -0.29, 0.53, 1.0, 1.0)


def heard_as(asked: Mood) -> Mood:
    """Return a mood in words' terms as ``hear_mood`` would hear it in a piece that has it."""
    return Mood(
        float(np.interp(asked.valence, _ASKED, _HEARD_VALENCE)),
        float(np.interp(asked.arousal, _ASKED, _HEARD_AROUSAL)),
    )
