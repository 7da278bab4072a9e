"""The chords of a piece as a reader of a lead sheet would write them, half bar by half bar.

``score.harmony`` hears chords for the corpus and the model has learned to speak as it does, so
it stays as it is. For the eye of a student this one is right more often: the melody counts less
than the accompaniment, being full of passing notes, the bass more, and a tone four times as long
counts only twice. ``tests/benchmarks/chords_and_keys.py`` measures both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import note_columns
from engine.score.model import Chord, Score
from engine.score.roles import UNPITCHED, Role, roles_of
from engine.score.smoothest import smoothest_path
from engine.score.theory import CHORD_QUALITIES

_Floats = NDArray[np.float64]

POWER = "5"
"""Quality of a chord whose players leave its third open."""

# The weights below are rounded from a search on 100 arranged pieces whose chords are known.
_WEIGHTS: dict[Role, float] = {
    "melody": 0.3, "counter": 0.3, "chords": 1.0, "pad": 1.0, "bass": 1.2,
}  # fmt: skip
_LENGTH_POWER = 0.57
"""A tone counts with this power of its length: lasting four times as long, it counts twice."""
_BASS_BONUS = 0.17
_HANDICAP = {
    "": 0.0, "m": 0.0, "7": -0.08, "M7": 0.0, "m7": 0.01, "m7b5": 0.08, "dim": 0.08, "aug": 0.16,
    "sus4": 0.18,
}  # fmt: skip
"""Rarer and richer chords must fit better; the dominant seventh is the usual rich chord."""
_CHANGE_AT_BAR, _CHANGE_INSIDE = 0.02, 0.12
"""What a change of harmony costs, in units of fit: on the bar line hardly anything."""

_OPEN_SHARE = 0.9
"""How much of what chord players sound is root and fifth where they play power chords."""

_HARDLY = 0.2
"""Chord players who sound for a smaller share of the tunes' time do not carry the harmony."""

_NAMES = [(root, quality) for quality in _HANDICAP for root in range(12)]
_ROOTS = np.array([root for root, _ in _NAMES])
_PENALTY = np.array([_HANDICAP[quality] for _, quality in _NAMES])
_TEMPLATES = np.zeros((len(_NAMES), 12))
for _row, (_root, _quality) in enumerate(_NAMES):
    _tones = [(_root + interval) % 12 for interval in CHORD_QUALITIES[_quality]]
    _TEMPLATES[_row, _tones] = 1.0 / np.sqrt(len(_tones))


def chords_by_half(score: Score) -> list[Chord | None]:
    """Return the chord of each half bar, two a bar; None where no pitched note sounds.

    Each stands on the first tick of its half. Qualities are those of ``theory``.
    """
    edges = half_edges(score)
    if len(edges) < 2:
        return []
    by_role, lowest = _profiles(score, edges)  # (roles, halves, 12), (halves, 12)
    if by_role[2:4].sum() < _HARDLY * by_role[:2].sum():
        by_role = by_role[[2, 3, 0, 1, 4]]  # The tunes carry their harmony themselves.
    weights = np.array(list(_WEIGHTS.values()))
    profile = np.tensordot(weights, by_role, axes=1) ** _LENGTH_POWER  # (halves, 12)
    size = np.linalg.norm(profile, axis=1, keepdims=True)
    fit = profile / np.maximum(size, 1e-9) @ _TEMPLATES.T  # (halves, chords)
    fit += _BASS_BONUS * lowest[:, _ROOTS] - _PENALTY
    path = smoothest_path(np.where(size > 0, fit, 0.0), (_CHANGE_AT_BAR, _CHANGE_INSIDE))
    is_open = _open(path, by_role)
    found: list[Chord | None] = []
    for row, (tick, best) in enumerate(zip(edges[:-1].tolist(), path, strict=True)):
        root, quality = _NAMES[best]
        chord = Chord(tick, root, POWER if is_open[row] else quality)
        found.append(chord if size[row, 0] > 0 else None)
    return found


def half_edges(score: Score) -> NDArray[np.int64]:
    """Return where each half bar begins, and where the last ends. (2 x bars + 1,)"""
    halves = [
        tick
        for bar in score.iter_bars()
        for tick in (bar.start, bar.start + (bar.end - bar.start + 1) // 2)
    ]
    return np.array([*halves, score.bars_end])


def _profiles(score: Score, edges: NDArray[np.int64]) -> tuple[_Floats, _Floats]:
    """Return how long each pitch class sounds by role and half, and its share as lowest note.

    Roles are in the order of ``_WEIGHTS``. (5, halves, 12), (halves, 12)
    """
    halves = len(edges) - 1
    roles = roles_of(score)
    row = {role: index for index, role in enumerate(_WEIGHTS)}
    columns = note_columns(score)
    columns = columns[~np.isin(columns[:, 1], list(UNPITCHED)) & (columns[:, 0] < edges[-1])]
    by_role = np.zeros((len(_WEIGHTS), halves, 12))
    low = np.full(int(edges[-1]), 12)
    for start, program, pitch, duration, _ in columns[np.argsort(-columns[:, 2])].tolist():
        end = min(start + duration, int(edges[-1]))
        low[start:end] = pitch % 12
        half = int(np.searchsorted(edges, start, side="right")) - 1
        while half < halves and edges[half] < end:
            span = min(end, int(edges[half + 1])) - max(start, int(edges[half]))
            by_role[row[roles[program]], half, pitch % 12] += span
            half += 1
    is_low = (low[:, None] == np.arange(12)).astype(np.float64)  # (ticks, 12)
    lowest = np.add.reduceat(is_low, edges[:-1], axis=0)
    return by_role, np.asarray(lowest / np.maximum(lowest.sum(axis=1, keepdims=True), 1))


def _open(path: list[int], by_role: _Floats) -> list[bool]:
    """Return in which halves a triad has no third, for as long as it lasts, whoever might play it.

    Those who play chords must sound both root and fifth, and hardly anything else.
    """
    found = [False] * len(path)
    first = 0
    for row in range(1, len(path) + 1):
        if row < len(path) and path[row] == path[first]:
            continue
        root, quality = _NAMES[path[first]]
        players = by_role[2:4, first:row].sum(axis=(0, 1))  # (12,)
        thirds = by_role[:, first:row, [(root + 3) % 12, (root + 4) % 12]].sum()
        both = players[[root, (root + 7) % 12]]
        if quality in ("", "m") and both.min() > 0 and not thirds:
            found[first:row] = [bool(both.sum() >= _OPEN_SHARE * players.sum())] * (row - first)
        first = row
    return found
