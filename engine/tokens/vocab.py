"""Token ids, derived from the table of ``spec.py``: names to ids, ids to family and value."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from math import log

from engine.score.theory import CHORD_QUALITIES, METERS
from engine.score.units import MAX_BPM, MIN_BPM
from engine.tokens.spec import (
    ANY,
    BAR_COUNTS,
    COUNTDOWN,
    DURATIONS,
    MOOD_STEPS,
    TABLE,
    TEMPO_STEPS,
    VELOCITY_STEPS,
    Family,
)


def token_name(family: Family, value: str) -> str:
    """Return the readable name: ``Pitch_60``, ``Bar``, ``End``."""
    if family is Family.MARK:
        return value
    return f"{family.value}_{value}" if value else family.value


FIRST: dict[Family, int] = {}
"""The id of each family's first token; a family's ids are consecutive."""
SIZE: dict[Family, int] = {}
"""How many tokens each family has."""
NAMES: list[str] = []
"""Token id to name."""
FAMILY: list[Family] = []
"""Token id to family."""
for _row in TABLE:
    FIRST[_row.family] = len(NAMES)
    SIZE[_row.family] = len(_row.values)
    NAMES.extend(token_name(_row.family, value) for value in _row.values)
    FAMILY.extend(_row.family for _ in _row.values)

V = len(NAMES)
"""Size of the vocabulary."""
ID: dict[str, int] = {name: id_ for id_, name in enumerate(NAMES)}
PAD, BEGIN, WITHIN, END = ID["Pad"], ID["Begin"], ID["Within"], ID["End"]

CHORD_NONE = ID["Chord_none"]
BAR_OPEN = ID["Bar"]
"""The bar that does not say how many follow."""
_QUALITIES = tuple(CHORD_QUALITIES)
_METER_INDEX = {meter: index for index, meter in enumerate(METERS)}


def fingerprint() -> str:
    """Return 12 hex digits that change whenever a token changes its id or its name."""
    return hashlib.sha256("\n".join(NAMES).encode()).hexdigest()[:12]


def any_id(family: Family) -> int:
    """Return the absent value of a control family."""
    return ID[f"{family.value}_{ANY}"]


def ids_of(family: Family) -> range:
    """Return the ids of a family, the absent value included."""
    return range(FIRST[family], FIRST[family] + SIZE[family])


def value_index(token: int) -> int:
    """Return a token's place in its family, from 0."""
    return token - FIRST[FAMILY[token]]


def nearest(values: tuple[int, ...], x: int) -> int:
    """Return the index of the entry of ascending ``values`` closest to x; ties to the shorter."""
    right = bisect_left(values, x)
    if right == 0:
        return 0
    if right == len(values):
        return right - 1
    return right if values[right] - x < x - values[right - 1] else right - 1


def tempo_step(bpm: float) -> int:
    """Return the step closest in ratio to a tempo; beyond MIN_BPM to MAX_BPM, the end's."""
    place = log(max(bpm, 1e-9) / MIN_BPM) / log(MAX_BPM / MIN_BPM) * (TEMPO_STEPS - 1)
    return min(TEMPO_STEPS - 1, max(0, round(place)))


def tempo_id(bpm: float) -> int:
    """Return the token of a tempo in quarter notes a minute."""
    return FIRST[Family.TEMPO] + tempo_step(bpm)


def meter_id(numerator: int, denominator: int) -> int:
    """Return the token of one of the eight meters; KeyError for others."""
    return FIRST[Family.METER] + _METER_INDEX[numerator, denominator]


def bars_id(bars: int) -> int:
    """Return the token of a length in bars, the nearest that can be said."""
    return FIRST[Family.BARS] + nearest(BAR_COUNTS, bars)


def bar_id(remaining: int) -> int:
    """Return the Bar token of a bar that ``remaining`` bars follow."""
    return FIRST[Family.BAR] + remaining if remaining < COUNTDOWN else BAR_OPEN


def duration_id(ticks: int) -> int:
    """Return the token of the nearest duration, in grid ticks."""
    return FIRST[Family.DURATION] + nearest(DURATIONS, ticks)


def velocity_step(velocity: int) -> int:
    """Return the step 0 to 15 of a MIDI velocity 1 to 127."""
    return velocity * VELOCITY_STEPS // 128


def velocity_of(step: int) -> int:
    """Return the MIDI velocity in the middle of a step."""
    return step * 128 // VELOCITY_STEPS + 64 // VELOCITY_STEPS


def mood_step(value: float) -> int:
    """Return the step of a valence or arousal in [-1, 1]."""
    return min(MOOD_STEPS - 1, max(0, int((value + 1) / 2 * MOOD_STEPS)))


def chord_id(root: int, quality: str) -> int:
    """Return the token of a chord; ``quality`` is a name of ``theory.CHORD_QUALITIES``."""
    return FIRST[Family.CHORD] + _QUALITIES.index(quality) * 12 + root


def chord_of(token: int) -> tuple[int, str]:
    """Return root and quality of a chord token other than ``Chord_none``."""
    quality, root = divmod(value_index(token), 12)
    return root, _QUALITIES[quality]
