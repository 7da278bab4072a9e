"""The model's language in one table: families of tokens, their values, and what may follow what.

A piece is a control prefix and bars:

    Genre_jazz Valence_3 Arousal_1 Tempo_40 Meter_4/4 Key_0 Bars_16 Density_any Polyphony_any
    Program_0 Program_32 Program_128 Within
    Bar_15 Meter_4/4 Tempo_40 Position_0 Chord_0:M7 Program_0 Pitch_60 Velocity_9 Duration_12 ...
    Bar_14 Position_0 ...
    End

The prefix has one token a slot in this order, ``any`` where the choice is open. Every bar can
be read by itself: program, velocity and duration start anew at each ``Bar`` and are repeated
inside it only when they change (velocity and duration by program). Meter and tempo last until
changed. ``Bar_k`` says that k bars follow before the end of the piece; a plain ``Bar`` does not
say. Chord, BarDensity and BarPolyphony are the plan: optional, written by the model or given.

The vocabulary is frozen: trained weights depend on it (see ``vocab.fingerprint``). New tokens
take the place of reserved ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.score.model import DRUMS
from engine.score.theory import CHORD_QUALITIES, KEYS, METERS
from engine.score.units import GRID, MAX_BPM, MIN_BPM

ANY = "any"
"""The absent value of a control."""

GENRES = (
    "classical jazz blues rock rocknroll metal punk progrock pop country folk soul hiphop "
    "electronic reggae latin gospel world game cinematic ambient lofi"
).split()

LEVELS = 8
"""Steps of density and polyphony, 0 to 7."""

MOOD_STEPS = 5
"""Steps of valence and arousal over [-1, 1]."""

TEMPO_STEPS = 96
"""Steps from MIN_BPM to MAX_BPM in equal ratios, 2.9 % apart: under what listeners notice."""

VELOCITY_STEPS = 16
"""Steps of 8 MIDI velocities."""

COUNTDOWN = 16
"""Bars before the end that are counted down: Bar_15 ... Bar_0, the last."""

MAX_POSITIONS = max(n * 4 * GRID // d for n, d in METERS)
"""Grid positions of the longest bar."""

BAR_COUNTS = (*range(1, 65), 72, 80, 96, 112, 128, 160, 192, 256)
"""Lengths of a piece in bars that the prefix can say; between them, the nearest."""

DURATIONS = (
    *range(1, 17), 18, 20, 21, 22, 23, 24, 26, 28, 30, 32, 33, 34, 35, 36, 40, 42, 44, 46, 47, 48,
    54, 60, 66, 70, 72, 84, 90, 94, 96, 108, 120, 132, 144, 168, 192, 216, 240, 288, 336, 384,
)  # fmt: skip
"""Durations in grid ticks: exact where ears are, coarser beyond; 384 is eight bars of 4/4."""

RESERVED = 24
"""Tokens without a meaning yet, so that new ones do not invalidate trained weights."""


class Family(StrEnum):
    """The kinds of tokens."""

    PAD = "Pad"
    MARK = "Mark"
    GENRE = "Genre"
    VALENCE = "Valence"
    AROUSAL = "Arousal"
    TEMPO = "Tempo"
    METER = "Meter"
    KEY = "Key"
    BARS = "Bars"
    DENSITY = "Density"
    POLYPHONY = "Polyphony"
    PROGRAM = "Program"
    BAR = "Bar"
    BAR_DENSITY = "BarDensity"
    BAR_POLYPHONY = "BarPolyphony"
    POSITION = "Position"
    CHORD = "Chord"
    PITCH = "Pitch"
    DRUM = "Drum"
    VELOCITY = "Velocity"
    DURATION = "Duration"
    RESERVED = "Reserved"


@dataclass(frozen=True)
class FamilySpec:
    """One row of the table: a family, its values as written in token names, its meaning."""

    family: Family
    values: tuple[str, ...]
    meaning: str


def _numbers(count: int, *more: str) -> tuple[str, ...]:
    return (*map(str, range(count)), *more)


BEGIN, WITHIN, END, PAST, FUTURE, FILL, SOURCE, TARGET = (
    "Begin", "Within", "End", "Past", "Future", "Fill", "Source", "Target",
)  # fmt: skip

TABLE: tuple[FamilySpec, ...] = (
    FamilySpec(Family.PAD, ("",), "fills a batch; never predicted"),
    FamilySpec(
        Family.MARK,
        (BEGIN, WITHIN, END, PAST, FUTURE, FILL, SOURCE, TARGET),
        "Begin: a piece starts here; Within: an excerpt does; End: the piece is over; "
        "Past, Future, Fill: the bars before and after a gap, then what fills it; "
        "Source, Target: given bars, then the bars made from them",
    ),
    FamilySpec(Family.GENRE, (*GENRES, ANY), "canonical genre"),
    FamilySpec(Family.VALENCE, _numbers(MOOD_STEPS, ANY), "unpleasant 0 to pleasant 4"),
    FamilySpec(Family.AROUSAL, _numbers(MOOD_STEPS, ANY), "calm 0 to excited 4"),
    FamilySpec(Family.TEMPO, _numbers(TEMPO_STEPS, ANY), "quarter notes a minute, geometric steps"),
    FamilySpec(Family.METER, (*(f"{n}/{d}" for n, d in METERS), ANY), "meter"),
    FamilySpec(Family.KEY, (*(key.name for key in KEYS), ANY), "key of the piece"),
    FamilySpec(Family.BARS, (*map(str, BAR_COUNTS), ANY), "bars of this stream"),
    FamilySpec(Family.DENSITY, _numbers(LEVELS, ANY), "onsets a quarter, mean over the bars"),
    FamilySpec(Family.POLYPHONY, _numbers(LEVELS, ANY), "notes at once, mean over the bars"),
    FamilySpec(Family.PROGRAM, _numbers(DRUMS + 1, ANY), f"General MIDI program; {DRUMS} is drums"),
    FamilySpec(Family.BAR, _numbers(COUNTDOWN, ""), "a bar begins; the number: bars after it"),
    FamilySpec(Family.BAR_DENSITY, _numbers(LEVELS), "plan: density of this bar"),
    FamilySpec(Family.BAR_POLYPHONY, _numbers(LEVELS), "plan: polyphony of this bar"),
    FamilySpec(Family.POSITION, _numbers(MAX_POSITIONS), "grid ticks from the start of the bar"),
    FamilySpec(
        Family.CHORD,
        (*(f"{root}:{quality}" for quality in CHORD_QUALITIES for root in range(12)), "none"),
        "plan: harmony from here on, root pitch class and quality",
    ),
    FamilySpec(Family.PITCH, _numbers(128), "a note of the current program"),
    FamilySpec(Family.DRUM, _numbers(128), "a hit of the drum kit; has no duration"),
    FamilySpec(Family.VELOCITY, _numbers(VELOCITY_STEPS), "loudness of the note before it"),
    FamilySpec(Family.DURATION, tuple(map(str, DURATIONS)), "grid ticks of the note before it"),
    FamilySpec(Family.RESERVED, _numbers(RESERVED), "for later"),
)

CONTROL_SLOTS = (
    Family.GENRE,
    Family.VALENCE,
    Family.AROUSAL,
    Family.TEMPO,
    Family.METER,
    Family.KEY,
    Family.BARS,
    Family.DENSITY,
    Family.POLYPHONY,
)
"""The prefix, one token each in this order; then the programs, then Begin or Within."""

PLAN = (Family.BAR_DENSITY, Family.BAR_POLYPHONY, Family.CHORD)
"""Families that may be left out of a stream without changing its music."""

# What may follow within the bars. Three rules need memory and stand in grammar.py: positions
# ascend inside the bar's length; the first note of a program in a bar says its velocity and
# duration; the first bar says meter and tempo.
_AFTER_NOTE = {Family.PROGRAM, Family.POSITION, Family.BAR, Family.MARK}
SUCCESSORS: dict[Family, frozenset[Family]] = {
    family: frozenset(following)
    for family, following in {
        Family.BAR: {
            Family.METER, Family.TEMPO, Family.BAR_DENSITY, Family.BAR_POLYPHONY,
            Family.POSITION, Family.BAR, Family.MARK,
        },
        Family.METER: {
            Family.TEMPO, Family.BAR_DENSITY, Family.BAR_POLYPHONY,
            Family.POSITION, Family.BAR, Family.MARK,
        },
        Family.BAR_DENSITY: {Family.BAR_POLYPHONY, Family.POSITION, Family.BAR, Family.MARK},
        Family.BAR_POLYPHONY: {Family.POSITION, Family.BAR, Family.MARK},
        Family.POSITION: {
            Family.TEMPO, Family.CHORD, Family.PROGRAM, Family.PITCH, Family.DRUM,
        },
        # A tempo stands in the head of a bar or behind a position; grammar.py tells them apart.
        Family.TEMPO: {
            Family.BAR_DENSITY, Family.BAR_POLYPHONY, Family.CHORD, Family.PITCH, Family.DRUM,
            *_AFTER_NOTE,
        },
        Family.CHORD: {Family.PITCH, Family.DRUM, *_AFTER_NOTE},
        Family.PROGRAM: {Family.PITCH, Family.DRUM},
        Family.PITCH: {Family.VELOCITY, Family.DURATION, Family.PITCH, *_AFTER_NOTE},
        Family.DRUM: {Family.VELOCITY, Family.DRUM, *_AFTER_NOTE},
        Family.VELOCITY: {Family.DURATION, Family.PITCH, Family.DRUM, *_AFTER_NOTE},
        Family.DURATION: {Family.PITCH, *_AFTER_NOTE},
    }.items()
}  # fmt: skip


def tempo_bpm(step: int) -> float:
    """Return the tempo of a step 0 to TEMPO_STEPS - 1, in quarter notes a minute."""
    return float(MIN_BPM * (MAX_BPM / MIN_BPM) ** (step / (TEMPO_STEPS - 1)))
