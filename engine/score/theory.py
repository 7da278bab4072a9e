"""Facts of tonal music: pitch names, meters, chord qualities, keys and how to hear them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PITCH_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""Canonical spelling of the twelve pitch classes."""

METERS = ((2, 4), (3, 4), (4, 4), (5, 4), (6, 8), (7, 8), (9, 8), (12, 8))
"""The meters that Cadenza reads and writes, as (numerator, denominator)."""

CHORD_QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "M7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "5": (0, 7),
}
"""Chord quality to its intervals above the root, in semitones."""

MODES = ("major", "minor")

# Krumhansl and Kessler's probe-tone ratings (Krumhansl, Cognitive Foundations of Musical
# Pitch, 1990, p. 30).
_MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


class Key(NamedTuple):
    """A tonic (pitch class, C is 0) and a mode."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        """As in ``D minor``."""
        return f"{PITCH_NAMES[self.tonic]} {self.mode}"


KEYS = tuple(Key(tonic, mode) for mode in MODES for tonic in range(12))
"""All 24 keys, majors first."""

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
"""Mode to its pitch classes above the tonic; minor is the natural one."""


def _standardised(profiles: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = profiles - profiles.mean(axis=-1, keepdims=True)
    norm = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray(centred / np.where(norm > 0, norm, 1.0))


_KEY_PROFILES = _standardised(
    np.array(
        [
            np.roll(_MAJOR_PROFILE if key.mode == "major" else _MINOR_PROFILE, key.tonic)
            for key in KEYS
        ]
    )
)  # (24, 12)


def key_fits(pitch_class_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of each key of KEYS with the weights, -1 to 1; zeros for silence.

    ``pitch_class_weights``: (..., 12), how long each pitch class sounds. Source:
    Krumhansl and Schmuckler's algorithm.
    """
    return np.asarray(_standardised(pitch_class_weights) @ _KEY_PROFILES.T)  # (..., 24)


def find_key(pitch_class_weights: NDArray[np.float64]) -> tuple[Key, float]:
    """Return the best fitting key and its correlation, 0 when nothing sounds."""
    fits = key_fits(pitch_class_weights)
    best = int(fits.argmax())
    return KEYS[best], float(fits[best])


def key_named(name: str) -> Key:
    """Return the key called ``D minor``; ValueError for a name that is not canonical."""
    tonic, _, mode = name.partition(" ")
    if tonic not in PITCH_NAMES or mode not in MODES:
        raise ValueError(f"not a key: {name!r}; write it as in 'D minor'")
    return Key(PITCH_NAMES.index(tonic), mode)


def chord_name(root: int, quality: str) -> str:
    """Return a chord as on a lead sheet: ``F#m7``."""
    return PITCH_NAMES[root] + quality
