"""Chords by ear: which harmony sounds in every half bar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import piano_roll
from engine.score.model import Chord, Score
from engine.score.smoothest import smoothest_path
from engine.score.theory import CHORD_QUALITIES

NO_CHORD = "none"
"""Quality of a Chord that says: here no harmony sounds."""

# How common a quality is, as a handicap on its match: rarer and richer chords must fit better.
_HANDICAP = {
    "": 0.0, "m": 0.0, "7": -0.02, "M7": 0.0, "m7": -0.01, "m7b5": 0.05,
    "dim": 0.07, "aug": 0.10, "sus4": 0.07, "5": 0.07,
}  # fmt: skip
_BASS_BONUS = 0.15
_CHANGE_COST = 0.12

_NAMES = [(root, quality) for quality in CHORD_QUALITIES for root in range(12)]
_TEMPLATES = np.zeros((len(_NAMES), 12))
for _row, (_root, _quality) in enumerate(_NAMES):
    _tones = [(_root + interval) % 12 for interval in CHORD_QUALITIES[_quality]]
    _TEMPLATES[_row, _tones] = 1.0 / np.sqrt(len(_tones))
_PENALTY = np.array([_HANDICAP[quality] for _, quality in _NAMES])
_ROOTS = np.array([root for root, _ in _NAMES])


def with_chords(score: Score, roll: NDArray[np.int16] | None = None) -> Score:
    """Return the score with the chords that are heard in it, in place of any it had.

    A chord stands on the first tick of a bar or of its second half, where the harmony
    changes; Chord(…, 0, NO_CHORD) where pitched notes fall silent for a bar or more.
    """
    if roll is None:
        roll = piano_roll(score)
    halves = [
        tick
        for bar in score.iter_bars()
        for tick in (bar.start, bar.start + (bar.end - bar.start + 1) // 2)
    ]
    if not halves:
        return replace(score, chords=())
    ticks = np.array(halves)
    profile, bass = _profiles(roll, ticks)  # (halves, 12), (halves, 12)
    loudness = np.linalg.norm(profile, axis=1, keepdims=True)
    fit = profile / np.maximum(loudness, 1e-9) @ _TEMPLATES.T  # (halves, chords)
    fit += _BASS_BONUS * bass[:, _ROOTS] - _PENALTY
    path = smoothest_path(np.where(loudness > 0, fit, 0.0), [_CHANGE_COST])
    silent = (loudness[:, 0] == 0).reshape(-1, 2).all(axis=1).repeat(2)
    chords: list[Chord] = []
    for tick, best, none in zip(halves, path, silent, strict=True):
        root, quality = (0, NO_CHORD) if none else _NAMES[best]
        if not chords or (chords[-1].root, chords[-1].quality) != (root, quality):
            chords.append(Chord(tick, root, quality))
    return replace(score, chords=tuple(chords))


def _profiles(
    roll: NDArray[np.int16], ticks: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how long each pitch class sounds in each span, and its share as the lowest note."""
    by_span = np.add.reduceat(roll > 0, ticks, axis=1, dtype=np.int64)  # (128, spans)
    octaves = np.zeros((132, len(ticks)))
    octaves[:128] = by_span
    profile = octaves.reshape(11, 12, -1).sum(axis=0).T
    sounding = roll > 0
    lowest = np.where(sounding.any(axis=0), sounding.argmax(axis=0) % 12, 12)  # (ticks,)
    is_bass = np.zeros((13, roll.shape[1]), dtype=np.int64)
    is_bass[lowest, np.arange(roll.shape[1])] = 1
    bass = np.add.reduceat(is_bass[:12], ticks, axis=1).T.astype(np.float64)
    return profile, bass / np.maximum(bass.sum(axis=1, keepdims=True), 1)
