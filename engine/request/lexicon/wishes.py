"""What a run of words can want changed in a piece: small frozen values, each a kind of wish."""

from __future__ import annotations

from dataclasses import dataclass

from engine.request.lexicon.meanings import Ensemble, Guitar, Sound


@dataclass(frozen=True, slots=True)
class TempoBy:
    """The tempo times a factor."""

    factor: float


@dataclass(frozen=True, slots=True)
class TempoPlus:
    """The tempo and so many quarter notes a minute."""

    bpm: float


@dataclass(frozen=True, slots=True)
class LengthBy:
    """The number of bars times a factor."""

    factor: float


@dataclass(frozen=True, slots=True)
class LengthPlus:
    """So many bars, and seconds, more; less if negative."""

    bars: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Move:
    """All pitches up by semitones; down if negative."""

    semitones: int


@dataclass(frozen=True, slots=True)
class MoodBy:
    """A way on the plane of moods; ``towards`` is the mood that it aims for, if it names one."""

    valence: float
    arousal: float
    towards: str | None = None


@dataclass(frozen=True, slots=True)
class LevelBy:
    """``density`` or ``polyphony`` up by steps of the eight levels; down if negative."""

    of: str
    steps: int


@dataclass(frozen=True, slots=True)
class SwapFor:
    """One instrument plays what another played; None is the one that plays alone."""

    old: Sound | Guitar | Ensemble | None
    new: Sound | Guitar | Ensemble


@dataclass(frozen=True, slots=True)
class Again:
    """The same, composed anew."""


@dataclass(frozen=True, slots=True)
class BackTo:
    """An earlier version: ``parent`` or ``first``."""

    version: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Something stays as it is: ``tempo``, ``key`` ..., or ``notes``."""

    what: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """What cannot be asked so far; ``sentence`` says so, and what can."""

    sentence: str


Wish = (
    TempoBy
    | TempoPlus
    | LengthBy
    | LengthPlus
    | Move
    | MoodBy
    | LevelBy
    | SwapFor
    | Again
    | BackTo
    | Keep
    | NotYet
)
