"""What each instrument does in a piece, from its notes alone: tune, second tune, chords, bass.

The instrument's name is not asked, but for percussion that has no pitch: a tuba may be the bass
and a bass guitar may have the tune. Measured on 300 pieces whose parts are known by construction
and on human songs with a singer and a piano; ``tests/benchmarks/roles.py`` prints the figures.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import note_columns
from engine.score.model import DRUMS, Score
from engine.score.units import GRID

Role = Literal["melody", "counter", "chords", "pad", "bass", "drums"]
"""``counter``: a line of single notes beside the melody. ``pad``: chords held for long.
A lone instrument is ``melody``, though a keyboard then plays the chords as well."""

UNPITCHED = frozenset({DRUMS, 113, 115, 116, 117, 118, 119})
"""Agogo, woodblock, taiko, toms and reverse cymbal keep time as the drums do."""

_BASS_MEAN = 57.0
"""A part whose notes lie above the A below middle C on average is no bass."""
_BASS_VOICES = 2.3
"""A bass plays single notes, octaves and fifths; what is thicker is the left hand of a piano."""
_BASS_BOTTOM = 0.5
"""A bass is the lowest voice for half of the time in which it sounds."""
_LINE_VOICES = 1.35
"""Notes at once up to which a part is a line: a singer's notes overlap a little."""
_HELD_QUARTERS = 2.9
"""Chords whose median note lasts three quarters or more are held."""
_APART = 3.0
"""A line whose tunefulness is so much below the melody's is broken chords, not a second tune."""
_SELDOM = 0.12
"""A part that sounds for a smaller share of the piece is hardly its melody."""
_TURNS = 0.25
"""A line that sounds for less than this share of its time with the melody takes turns with it."""


class _Part(NamedTuple):
    """How one pitched program plays."""

    program: int
    mean_pitch: float
    velocity: float
    """Mean, 1-127."""
    voices: float
    """Notes at once while it sounds."""
    share: float
    """Of the piece's time in which it sounds, 0 to 1."""
    top: float
    """Share of its sounding time in which it is the highest voice."""
    bottom: float
    """Share of its sounding time in which it is the lowest voice."""
    steps: float
    """Share of the moves of its upper voice that are a major third or less, and do move."""
    leaps: float
    """Share of these moves that are wider."""
    held_quarters: float
    """Length of the median note."""
    sounding: NDArray[np.bool_]
    """When it sounds, in twelfths of a quarter. (T,)"""


def roles_of(score: Score) -> dict[int, Role]:
    """Return what each program of the score does, in the order of ``score.programs``.

    Where a pitched part plays, one has the melody or several take turns with it; at most one is
    the bass, and a lone part never is.
    """
    parts = _parts(score)
    bass = _bass(parts)
    roles: dict[int, Role] = dict.fromkeys(score.programs, "drums")
    if bass is not None:
        roles[bass.program] = "bass"
    others = [part for part in parts if part is not bass]
    if others:
        tunes = _tunefulness(others)
        melody = others[int(np.argmax(tunes))]
        for part, tune in zip(others, tunes.tolist(), strict=True):
            near = tune >= tunes.max() - _APART
            roles[part.program] = "melody" if part is melody else _beside(part, melody, near)
    return roles


def _beside(part: _Part, melody: _Part, near: bool) -> Role:
    """Return the role of a part that is neither the bass nor the main melody."""
    if part.voices <= _LINE_VOICES and near:
        together = (part.sounding & melody.sounding).sum() / max(1, part.sounding.sum())
        return "melody" if together < _TURNS else "counter"
    return "pad" if part.held_quarters >= _HELD_QUARTERS else "chords"


def _bass(parts: list[_Part]) -> _Part | None:
    """Return the part that most and longest lies under the others, None where none does."""
    fitting = [
        part
        for part in parts
        if part.mean_pitch <= _BASS_MEAN
        and part.voices <= _BASS_VOICES
        and part.bottom >= _BASS_BOTTOM
    ]
    if len(parts) < 2 or not fitting:
        return None
    return max(fitting, key=lambda part: part.bottom * np.sqrt(part.share))


def _tunefulness(parts: list[_Part]) -> NDArray[np.float64]:
    """Return how much each part is like a melody; only differences within a piece have a meaning.

    Single notes that move by step, higher and louder than the rest, neither seldom nor for ever.
    The weights are set by hand after a logistic regression on 300 arranged pieces, the loudness
    weakened: not every file has been played with care.
    """
    pitch = np.array([part.mean_pitch for part in parts])
    velocity = np.array([part.velocity for part in parts])
    thick = np.array([min(part.voices, 4.0) - 1.0 for part in parts])
    moves = np.array([part.steps - 1.5 * part.leaps for part in parts])
    share = np.array([part.share for part in parts])
    seldom = np.minimum(0.0, np.log2(np.maximum(share, 1e-3) / _SELDOM))
    held = np.log2(np.maximum([part.held_quarters for part in parts], 1.0))
    top = np.array([part.top for part in parts])
    return np.asarray(
        -2.0 * thick
        + 1.5 * moves
        + 2.0 * np.sqrt(share)
        + 1.5 * seldom
        + 1.0 * top
        - 1.0 * held
        + 0.10 * np.clip(pitch - pitch.mean(), -12, 12)
        + 0.06 * np.clip(velocity - velocity.mean(), -20, 20)
    )


def _parts(score: Score) -> list[_Part]:
    """Return the pitched parts that play, by program."""
    columns = note_columns(score)
    columns = columns[~np.isin(columns[:, 1], list(UNPITCHED))]
    if not len(columns):
        return []
    # Twelfths of a quarter are fine enough, whatever the resolution of the score.
    begin = columns[:, 0] * GRID // score.resolution
    ends = -(-(columns[:, 0] + columns[:, 3]) * GRID // score.resolution)
    spans = np.stack([begin, np.maximum(ends, begin + 1), columns[:, 2]], axis=1)  # (N, 3)
    ticks = max(1, score.end * GRID // score.resolution, int(spans[:, 1].max()))
    highest, lowest = _outline(spans, ticks)
    parts = []
    for program in np.unique(columns[:, 1]).tolist():
        own = columns[:, 1] == program
        parts.append(_part(program, columns[own], spans[own], highest, lowest, score.resolution))
    return parts


def _part(
    program: int,
    notes: NDArray[np.int64],
    spans: NDArray[np.int64],
    highest: NDArray[np.int16],
    lowest: NDArray[np.int16],
    resolution: int,
) -> _Part:
    high, low = _outline(spans, len(highest))
    sounding = high >= 0
    _, first = np.unique(notes[:, 0], return_index=True)
    moves = np.abs(np.diff(np.maximum.reduceat(notes[:, 2], first)))
    count = max(1, len(moves))
    return _Part(
        program=program,
        mean_pitch=float(notes[:, 2].mean()),
        velocity=float(notes[:, 4].mean()),
        voices=float((spans[:, 1] - spans[:, 0]).sum() / sounding.sum()),
        share=float(sounding.mean()),
        top=float((high == highest)[sounding].mean()),
        bottom=float((low == lowest)[sounding].mean()),
        steps=float(((moves > 0) & (moves <= 4)).sum() / count),
        leaps=float((moves > 4).sum() / count),
        held_quarters=float(np.median(notes[:, 3]) / resolution),
        sounding=sounding,
    )


def _outline(spans: NDArray[np.int64], ticks: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return the highest and the lowest pitch that sounds at each tick; -1 and 128 in silence.

    ``spans``: (start, end, pitch) of each note. (N, 3)
    """
    high = np.full(ticks, -1, dtype=np.int16)
    low = np.full(ticks, 128, dtype=np.int16)
    upwards = spans[np.argsort(spans[:, 2], kind="stable")].tolist()
    for start, end, pitch in upwards:
        high[start:end] = pitch
    for start, end, pitch in reversed(upwards):
        low[start:end] = pitch
    return high, low
