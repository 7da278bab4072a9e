"""The key of a piece, how sure that is, and where it changes.

Three witnesses: which tones sound, whether the chords belong to the key, and whether the music
dwells, begins and ends on the tonic's chord. The first alone mistakes the dominant or the relative
key for the tonic in one arranged piece of five, all three in one of thirty
(``tests/benchmarks/chords_and_keys.py``). The corpus and the requests go by Krumhansl's profiles
(``score.theory``), which the model has learned; they may differ from this in doubtful cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.score.model import Chord
from engine.score.theory import KEYS, MODES, Key

_Floats = NDArray[np.float64]

Certainty = Literal["clear", "likely", "open", "none"]

# Chords of a key: degree above the tonic to the qualities that belong there, and those that are
# borrowed often (secondary dominants, the minor subdominant, the flat seventh).
_OWN: dict[str, dict[int, str]] = {
    "major": {0: "maj M7 5", 2: "m m7", 4: "m m7", 5: "maj M7 5", 7: "maj 7 sus4 5", 9: "m m7",
              11: "dim m7b5"},
    "minor": {0: "m m7 5", 2: "dim m7b5", 3: "maj M7 5", 5: "m m7 5", 7: "maj 7 m m7 sus4 5",
              8: "maj M7 5", 10: "maj 7 5", 11: "dim"},
}  # fmt: skip
_BORROWED: dict[str, dict[int, str]] = {
    "major": {0: "7", 2: "7 maj", 4: "7", 5: "7 m", 9: "7", 10: "maj 5"},
    "minor": {0: "7", 2: "7", 3: "7", 5: "7 maj", 8: "7"},
}
_TONIC = {"major": ("", "M7", "7", "5"), "minor": ("m", "m7", "5")}

# Temperley's key profiles, counted in the Kostka-Payne corpus (Temperley, Music and Probability,
# 2007, chapter 6). Of 220 songs with a known signature they alone find 88 %, Krumhansl's 76 %.
_MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
_MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)


def _standardised(weights: _Floats) -> _Floats:
    centred = weights - weights.mean(axis=-1, keepdims=True)
    norm = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray(centred / np.where(norm > 0, norm, 1.0))


_PROFILES = _standardised(
    np.array([np.roll(_MAJOR if key.mode == "major" else _MINOR, key.tonic) for key in KEYS])
)  # (24, 12)

_BELONGING = 0.6
_DWELLING, _BEGINNING, _ENDING = 0.5, 0.1, 0.3
"""Weights beside the correlation of the tones, which is 1 at best."""


class KeyReading(NamedTuple):
    """What key music is in, and what else it might be."""

    key: Key
    certainty: Certainty
    gap: float
    """By how much its score exceeds the runner-up's."""
    runner_up: Key


LEAST_FIT = 0.35
"""Correlation of the tones with the key below which there is none to speak of. The labels of the
corpus are stricter (``measures.KEY_TRUST``), for they have no chords to lean on."""

CLEAR_GAP, LIKELY_GAP = 0.5, 0.25
"""Gaps from which a key is called clear or likely. Right were, of 120 arranged pieces and of 150
songs from OpenScore Lieder: from 0.5 on all of 79 and 99 % of 92, between 97 % of 30 and 73 % of
37, below 82 % of 11 and 43 % of 21."""


def read_key(pitch_class_ticks: _Floats, chords: Sequence[Chord | None]) -> KeyReading | None:
    """Return the key, None where nothing pitched sounds.

    ``pitch_class_ticks``: how long each pitch class sounds. (12,)
    ``chords``: one a half bar, None in silence.
    """
    sounding = [chord for chord in chords if chord is not None]
    if not sounding or not pitch_class_ticks.any():
        return None
    scores = key_scores(pitch_class_ticks, sounding)
    second, best = np.argsort(scores, kind="stable")[-2:].tolist()
    gap = float(scores[best] - scores[second])
    fit = float(_fits(pitch_class_ticks)[best])
    return KeyReading(KEYS[best], _certainty(gap, fit), gap, KEYS[second])


def _certainty(gap: float, fit: float) -> Certainty:
    if fit < LEAST_FIT:
        return "none"
    return "clear" if gap >= CLEAR_GAP else "likely" if gap >= LIKELY_GAP else "open"


def key_scores(
    pitch_class_ticks: _Floats, chords: Sequence[Chord], *, ends: bool = True
) -> _Floats:
    """Return how well each key of KEYS agrees with the three witnesses. (24,)

    ``ends``: whether the first and the last chord are those of the piece, which say more.
    """
    strange = np.array([np.mean([strangeness(c, key) for c in chords]) for key in KEYS])
    home = np.array([[is_tonic(c, key) for c in chords] for key in KEYS], dtype=np.float64)
    scores = _fits(pitch_class_ticks) - _BELONGING * strange + _DWELLING * home.mean(axis=1)
    if ends:
        scores += _BEGINNING * home[:, 0] + _ENDING * home[:, -1]
    return np.asarray(scores)


def _fits(pitch_class_ticks: _Floats) -> _Floats:
    """Return the correlation of each key's profile with the tones, 0 in silence. (24,)"""
    return np.asarray(_standardised(pitch_class_ticks) @ _PROFILES.T)


def is_tonic(chord: Chord, key: Key) -> bool:
    """Return whether a chord is the home chord of a key."""
    return chord.root == key.tonic and chord.quality in _TONIC[key.mode]


def strangeness(chord: Chord, key: Key) -> int:
    """Return 0 for a chord of the key, 1 for one that is often borrowed, 2 for any other."""
    degree = (chord.root - key.tonic) % 12
    return int(_STRANGENESS[key.mode].get((degree, chord.quality), 2))


def _table(mode: str) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for distance, chords in ((1, _BORROWED), (0, _OWN)):
        for degree, names in chords[mode].items():
            for name in names.split():
                found[degree, "" if name == "maj" else name] = distance
    return found


_STRANGENESS = {mode: _table(mode) for mode in MODES}
