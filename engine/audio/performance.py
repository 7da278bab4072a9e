"""The score as hands play it: when each key goes down and up, in seconds, and the pedal.

The MIDI file stays on the grid, so that it can be edited; these deviations are heard only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.audio.pedal import pedal_spans
from engine.audio.production import Production
from engine.score.clock import seconds_of
from engine.score.model import Note, Score
from engine.score.overlaps import without_overlaps
from engine.score.roles import Role

PEDAL_DELAY_S = 0.06
"""The foot goes down this long after a new chord is struck, so that the old one is gone."""

MIN_STRIKE_S = 0.005
"""A key needs so long to go down and come up."""


class Strike(NamedTuple):
    """One key going down and up again, in seconds from the start of the piece."""

    on_s: float
    off_s: float
    pitch: int
    velocity: int


class Performance(NamedTuple):
    """What one player does."""

    strikes: tuple[Strike, ...]
    """By their start. A key goes down only after it went up."""
    pedal: tuple[tuple[float, float], ...] = ()
    """When the pedal is down, from and to, in seconds; in order, none overlapping."""


class Touch(NamedTuple):
    """How far a player strays from the beat; milliseconds at REFERENCE_BPM."""

    drift_ms: float
    """Standard deviation of the slow part: running ahead and falling back."""
    memory: float
    """Correlation of the drift with itself a beat later."""
    jitter_ms: float
    """Standard deviation of the part that is new at every onset."""
    apart_ms: float
    """Standard deviation of notes that are struck together, around their common moment."""
    bound_ms: float
    """Nothing strays further: between 5 and 95 % of what people do."""


REFERENCE_BPM = 110.0
"""Players stray by about 3 % of a beat, so by more milliseconds in slow pieces."""

_SLOWEST, _FASTEST = 1.5, 0.5
"""Bounds of that factor, which was not measured tempo by tempo."""

# Measured on parts of the corpus that were played to a click (tests/benchmarks/human_timing.py):
# drift and jitter are those of 285 bass, 777 chordal and 1,230 melodic parts, the kit's lies
# between that of songs (8.5 ms) and of drummers alone (17 ms). Instruments stray independently:
# they correlate by less than 0.11. No rule by the place in the bar: 3 ms at most.
_RHYTHM = Touch(8, 0.64, 0, 5, 20)
_BASS = Touch(6, 0.55, 6, 0, 18)
_CHORDS = Touch(7, 0.55, 8, 6, 21)
_TUNE = Touch(9, 0.55, 10, 6, 28)
TOUCHES: dict[Role, Touch] = {
    "drums": _RHYTHM,
    "bass": _BASS,
    "chords": _CHORDS,
    "pad": _CHORDS,
    "counter": _TUNE,
    "melody": _TUNE,
}

_BEHIND: dict[Role, float] = {"melody": 1.0, "counter": 1.0, "chords": 0.4, "pad": 0.4}
"""Which share of the production's laid-back playing a role has: in played jazz melodies lie 10 ms
behind the beat and chords 4 ms."""


def perform(score: Score, program: int, role: Role, production: Production) -> Performance:
    """Return how an instrument of the score is played; always the same for the same arguments.

    Onsets stray by at most the bounds of TOUCHES from where the production has them (in jazz a
    little behind the score), lengths stay. A key struck
    again ends what it sounded before; struck twice at once it is one strike, the louder and
    the longer of the two.
    """
    part = replace(score, notes=tuple(note for note in score.notes if note.program == program))
    notes = without_overlaps(part).notes
    on_s = seconds_of(score, [note.start for note in notes])  # (notes,)
    off_s = seconds_of(score, [note.start + note.duration for note in notes])
    stray_s = np.zeros(len(notes))
    if production.humanised:
        rng = np.random.default_rng([production.seed, program])
        stray_s = _stray_s(score, notes, TOUCHES[role], rng)
        stray_s += production.behind_ms * _BEHIND.get(role, 0.0) / 1000
        stray_s = np.maximum(stray_s, -on_s)  # nobody begins before the piece
    return Performance(
        _playable(notes, (on_s + stray_s).tolist(), (off_s + stray_s).tolist()),
        _pedal(score, program) if production.pedal else (),
    )


def _stray_s(
    score: Score, notes: Sequence[Note], touch: Touch, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return by how much each note is early or late. (notes,)

    The sum of a drift, which is a first-order autoregression in beats, of a jitter of every
    moment, and of what parts the notes of one moment.
    """
    ticks, moment = np.unique([note.start for note in notes], return_inverse=True)
    beats = np.diff(ticks, prepend=ticks[:1]) / score.resolution
    keeps = touch.memory**beats  # (moments,)
    drift = rng.standard_normal(len(ticks))
    for index in range(1, len(drift)):
        keep = keeps[index]
        drift[index] = keep * drift[index - 1] + np.sqrt(1 - keep**2) * drift[index]
    strays = touch.drift_ms * drift + touch.jitter_ms * rng.standard_normal(len(ticks))
    stray_ms = strays[moment] + touch.apart_ms * rng.standard_normal(len(notes))
    slowness = np.clip(REFERENCE_BPM / score.tempos[0].bpm, _FASTEST, _SLOWEST)
    return np.asarray(np.clip(stray_ms * slowness, -touch.bound_ms, touch.bound_ms)) / 1000


def _playable(
    notes: Sequence[Note], on_s: Sequence[float], off_s: Sequence[float]
) -> tuple[Strike, ...]:
    """Return the strikes in order, each key up before it goes down again.

    ``notes`` are in the order of the score, which the strays may turn round where notes are
    closer than MIN_STRIKE_S.
    """
    strikes: list[Strike] = []
    latest: dict[int, int] = {}
    for note, on, off in zip(notes, on_s, off_s, strict=True):
        before = latest.get(note.pitch)
        if before is not None:
            on = max(on, strikes[before].on_s + MIN_STRIKE_S)
            strikes[before] = strikes[before]._replace(off_s=min(strikes[before].off_s, on))
        latest[note.pitch] = len(strikes)
        strikes.append(Strike(on, max(off, on + MIN_STRIKE_S), note.pitch, note.velocity))
    return tuple(sorted(strikes))


def _pedal(score: Score, program: int) -> tuple[tuple[float, float], ...]:
    """Return the pedal's spans in seconds, those left out that are over before the foot is down."""
    spans = pedal_spans(score, program)
    downs = seconds_of(score, [span.start for span in spans]) + PEDAL_DELAY_S
    ups = seconds_of(score, [span.end for span in spans])
    return tuple((d, u) for d, u in zip(downs.tolist(), ups.tolist(), strict=True) if u > d)
