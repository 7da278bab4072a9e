"""What a run of words can mean: small frozen values that the lexicon and the readers give.

Each class is one kind of meaning; ``engine.request.gather`` decides what a sequence of them
asks for. Frozen dataclasses, not tuples, so that two kinds never compare equal by accident.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre by its canonical name, perhaps a style within it; a weak one yields to others."""

    name: str
    style: str | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of piece that belongs to no single genre, such as a waltz; may set the meter."""

    name: str
    meter: str | None = None
    weak_genre: str | None = None


@dataclass(frozen=True, slots=True)
class Mood:
    """A mood by its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class Sound:
    """Instruments that one word names, as General MIDI programs (128 is drums)."""

    programs: tuple[int, ...]
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Guitar:
    """A guitar of no particular kind; the genre decides which."""


@dataclass(frozen=True, slots=True)
class Acoustic:
    """Nothing plugged in."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A group with a fixed line-up, which closes the list of instruments."""

    programs: tuple[int, ...]
    genre: str | None = None
    in_jazz: tuple[int, ...] | None = None
    """The line-up that the same words mean among jazz musicians, if it differs."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A tempo in words, in quarter notes a minute, and what "very", "a bit", "not" make of it."""

    bpm: float
    very: float | None = None
    a_bit: float | None = None
    negated: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """How busy or how thick the music is, in the eight levels 0-7 of the controls."""

    density: int | None = None
    polyphony: int | None = None
    negated: int = 3
    """The level that "not busy" leaves."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A length in words, in seconds, and what "very" makes of it."""

    seconds: float
    very: float


@dataclass(frozen=True, slots=True)
class Tempo:
    """A tempo in figures, in quarter notes a minute."""

    bpm: float
    typed: str
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class 0-11, C is 0), with a mode if one was said."""

    tonic: int
    mode: str | None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode, "major" or "minor", without a tonic."""

    name: str
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter of the eight."""

    name: str
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """A length in bars; a weak one (a twelve-bar form) yields to any other length."""

    count: float
    typed: str
    weak: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Seconds:
    """A length in seconds."""

    seconds: float
    typed: str
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed in figures, not yet checked."""

    value: float
    typed: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A level in figures: "density 5"."""

    of: str
    value: float
    typed: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number that nothing explains."""

    value: float
    typed: str


@dataclass(frozen=True, slots=True)
class Decade:
    """A decade of music, and the genre it suggests when none is named."""

    typed: str
    genre: str | None


@dataclass(frozen=True, slots=True)
class Particle:
    """A small word that governs its neighbours: "no", "and", "for", "only", "very" ..."""

    role: str


@dataclass(frozen=True, slots=True)
class Filler:
    """A word of courtesy or grammar that asks for nothing."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that is not understood, as it was typed."""

    typed: str


Meaning = (
    Genre
    | Style
    | Mood
    | Sound
    | Guitar
    | Acoustic
    | Ensemble
    | Pace
    | Level
    | Extent
    | Tempo
    | Key
    | Mode
    | Meter
    | Bars
    | Seconds
    | Seed
    | Figure
    | Number
    | Decade
    | Particle
    | Filler
    | Unknown
)
