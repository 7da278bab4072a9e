"""What was asked (ComposeRequest) and what will be composed (Brief), both valid from birth.

Tempi count quarter notes a minute in every meter, 6/8 and 12/8 included, as DAWs do.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from engine.errors import RequestError
from engine.request.lexicon.figures import KEYS, METERS, MODES, TONICS
from engine.request.lexicon.genres import GENRE_TITLES, GENRES
from engine.request.lexicon.instruments import INSTRUMENT_OF, INSTRUMENTS
from engine.request.lexicon.moods import MOODS
from engine.score.model import DRUMS
from engine.score.units import MAX_BPM, MIN_BPM, bar_seconds

MIN_BARS, MAX_BARS = 1, 256
MIN_SECONDS, MAX_SECONDS = 1, 600
MAX_SEED = 2**32 - 1
MAX_LEVEL = 7
MAX_PROGRAMS = 16
"""MIDI has sixteen channels, one of them for drums."""


def _check_range(
    what: str, value: float | None, low: int, high: int, unit: str = "", typed: str | None = None
) -> None:
    if value is not None and not low <= value <= high:
        raise RequestError(
            f"{what} must be between {low} and {high}{unit}, you asked for {typed or _plain(value)}"
        )


def _plain(value: float) -> str:
    if isinstance(value, float) and (math.isinf(value) or abs(value) >= 1e15):
        return "far more" if value > 0 else "far less"
    return f"{value:.15g}"


def check_tempo(bpm: float | None, typed: str | None = None) -> None:
    """Raise RequestError unless a tempo is within 20-300 quarter notes a minute."""
    _check_range("tempo", bpm, MIN_BPM, MAX_BPM, " BPM", typed)


def check_whole(
    what: str, value: float | None, low: int, high: int, typed: str | None = None
) -> None:
    """Raise RequestError unless a number is whole and within its range."""
    _check_range(what, value, low, high, "", typed)
    if value is not None and not float(value).is_integer():
        shown = typed or _plain(value)
        raise RequestError(f"{what} must be a whole number, you asked for {shown}")


def check_seconds(seconds: float | None, typed: str | None = None) -> None:
    """Raise RequestError unless a length is within 1-600 seconds."""
    _check_range("length", seconds, MIN_SECONDS, MAX_SECONDS, " seconds", typed)


def check_meter(meter: str | None) -> None:
    """Raise RequestError, with the nearest meter, unless it is one of the eight."""
    if meter is None or meter in METERS:
        return
    offer = ", ".join(METERS)
    top, _, bottom = meter.partition("/")
    if top.isascii() and top.isdigit() and bottom.isdigit() and 0 < int(top) < 1000:
        quarters = int(top) * 4 / max(1, int(bottom))

        def distance(name: str) -> tuple[bool, float, bool]:
            n, d = METERS[name]
            return n != int(top), abs(n * 4 / d - quarters), d != int(bottom)

        nearest = min(METERS, key=distance)
        raise RequestError(f"meter must be one of {offer}, you asked for {meter}; try {nearest}")
    raise RequestError(f"meter must be one of {offer}, you asked for {meter[:24]}")


def _check_name(what: str, name: str | None, names: Mapping[str, object]) -> None:
    if name is not None and name not in names:
        raise RequestError(f"{what} must be one of {', '.join(names)}, you asked for {name!r:.40}")


def check_key(key: str | None) -> None:
    """Raise RequestError unless a key is one of the 24, such as "Eb major"."""
    if key is not None and key not in KEYS:
        raise RequestError(f"key must be a tonic and a mode such as 'D minor', got {key!r:.40}")


@dataclass(frozen=True, slots=True)
class ComposeRequest:
    """What was asked, the rest left open: None or empty where nothing was said.

    Raises RequestError when a value is impossible or two contradict each other.
    """

    genre: str | None = None
    mood: str | None = None
    """The first mood named."""
    moods: tuple[str, ...] = ()
    """All moods named, in order."""
    tempo_bpm: float | None = None
    """Quarter notes a minute, 20-300, also for "allegro" and "slow"."""
    key: str | None = None
    mode: str | None = None
    """"major" or "minor" when that was said without a tonic; None beside a key."""
    meter: str | None = None
    instruments: tuple[str, ...] = ()
    """Canonical names in order of mention."""
    programs: tuple[int, ...] = ()
    """The sound of each, in order of mention; one instrument may have several."""
    exclude: tuple[str, ...] = ()
    only: bool = False
    """Whether the instruments are all there shall be."""
    bars: int | None = None
    seconds: float | None = None
    density: int | None = None
    """0-7."""
    polyphony: int | None = None
    """0-7."""
    seed: int | None = None
    style: str | None = None
    """A style within or across genres, a name of ``style_profiles.STYLES``."""
    acoustic: bool = False
    """Whether what is chosen freely shall be unplugged."""
    avoid_genres: tuple[str, ...] = ()
    avoid_moods: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """The words not understood, as typed, in order."""
    remarks: tuple[str, ...] = ()
    """Plain sentences for the listener about what was approximated."""

    def __post_init__(self) -> None:
        _check_name("genre", self.genre, GENRES)
        for mood in (*self.moods, *self.avoid_moods, *([self.mood] if self.mood else [])):
            _check_name("mood", mood, MOODS)
        check_tempo(self.tempo_bpm)
        check_key(self.key)
        if self.mode is not None and self.mode not in MODES:
            raise RequestError(f"mode must be major or minor, you asked for {self.mode!r:.40}")
        check_meter(self.meter)
        for instrument in (*self.instruments, *self.exclude):
            _check_name("instrument", instrument, INSTRUMENTS)
        _check_programs(self.programs, at_least=0)
        if {INSTRUMENT_OF[p] for p in self.programs} != set(self.instruments):
            raise RequestError("instruments and programs of a request must name the same things")
        both = [name for name in self.instruments if name in self.exclude]
        if both:
            raise RequestError(
                f"{both[0].replace('_', ' ')} was both asked for and ruled out, say which you mean"
            )
        if set(self.exclude) >= set(INSTRUMENTS):
            raise RequestError("every instrument was ruled out, leave at least one to play")
        check_whole("bars", self.bars, MIN_BARS, MAX_BARS)
        check_seconds(self.seconds)
        check_whole("density", self.density, 0, MAX_LEVEL)
        check_whole("polyphony", self.polyphony, 0, MAX_LEVEL)
        check_whole("seed", self.seed, 0, MAX_SEED)

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON values, null or an empty list where nothing was said.

        ``from_json`` gives an equal one back.
        """
        return _to_json(self)

    @classmethod
    def from_json(cls, data: object) -> ComposeRequest:
        """Return the request that ``to_json`` wrote; RequestError names the first thing wrong.

        ``unknown``, which holds what somebody typed, may have been left out.
        """
        values = _values_of(cls, data, "request", optional=("unknown",))
        for name, value in values.items():
            _check_asked(name, value)
        return cls(**values)


def _check_programs(programs: tuple[int, ...], at_least: int) -> None:
    for program in programs:
        if isinstance(program, bool) or program not in INSTRUMENT_OF:
            raise RequestError(f"a program must be 0-127, or 128 for drums, got {program!r:.40}")
    most = MAX_PROGRAMS - (DRUMS not in programs)
    if not at_least <= len(programs) <= most or len(set(programs)) < len(programs):
        raise RequestError(
            f"a piece has {max(1, at_least)} to {most} different instruments, "
            f"you asked for {len(programs)}"
        )


def _to_json(value: ComposeRequest | Brief) -> dict[str, Any]:
    pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
    return {name: list(item) if isinstance(item, tuple) else item for name, item in pairs}


@dataclass(frozen=True, slots=True)
class Brief:
    """What will be composed. Only density and polyphony may stay open, for the model to choose.

    Raises RequestError when built from anything that cannot be composed.
    """

    genre: str
    mood: str
    valence: float
    """-1 unpleasant to 1 pleasant; the mean of the moods asked for."""
    arousal: float
    """-1 calm to 1 excited; the mean of the moods asked for."""
    tempo_bpm: float
    """Quarter notes a minute whatever the meter, 20-300."""
    key: str
    meter: str
    bars: int
    """1-256."""
    programs: tuple[int, ...]
    """General MIDI programs counted from 0, ascending, 128 for drums; 1-16 of them."""
    density: int | None = field(default=None, kw_only=True)
    """0-7, or None to leave it to the model."""
    polyphony: int | None = field(default=None, kw_only=True)
    """0-7, or None to leave it to the model."""
    seed: int = field(kw_only=True)
    """0 to 2**32-1."""

    def __post_init__(self) -> None:
        for f in fields(self):
            _check_type(f.name, getattr(self, f.name))
        _check_name("genre", self.genre, GENRES)
        _check_name("mood", self.mood, MOODS)
        for name, value in (("valence", self.valence), ("arousal", self.arousal)):
            _check_range(name, value, -1, 1)
        check_tempo(self.tempo_bpm)
        check_key(self.key)
        check_meter(self.meter)
        check_whole("bars", self.bars, MIN_BARS, MAX_BARS)
        _check_programs(self.programs, at_least=1)
        if list(self.programs) != sorted(self.programs):
            raise RequestError("the programs of a brief must be ascending")
        check_whole("density", self.density, 0, MAX_LEVEL)
        check_whole("polyphony", self.polyphony, 0, MAX_LEVEL)
        check_whole("seed", self.seed, 0, MAX_SEED)

    @property
    def tonic(self) -> int:
        """The pitch class of the tonic, 0-11, C is 0."""
        return TONICS.index(self.key.split()[0])

    @property
    def mode(self) -> str:
        """The second word of the key: "major" or "minor"."""
        return self.key.split()[1]

    @property
    def numerator(self) -> int:
        """The beats of a bar, as the meter writes them."""
        return METERS[self.meter][0]

    @property
    def denominator(self) -> int:
        """The note value of a beat: 4 or 8."""
        return METERS[self.meter][1]

    @property
    def instruments(self) -> tuple[str, ...]:
        """The canonical names of the programs, each once, in their order."""
        return tuple(dict.fromkeys(INSTRUMENT_OF[program] for program in self.programs))

    @property
    def seconds(self) -> float:
        """The length of all bars at the tempo, in seconds."""
        return self.bars * bar_seconds(self.numerator, self.denominator, self.tempo_bpm)

    @property
    def title(self) -> str:
        """A short plain title: "Calm jazz in D minor"."""
        genre = GENRE_TITLES.get(self.genre, self.genre)
        return f"{self.mood.capitalize()} {genre} in {self.key}"

    def to_json(self) -> dict[str, Any]:
        """Return the brief as JSON values; ``from_json`` gives an equal one back."""
        return _to_json(self)

    @classmethod
    def from_json(cls, data: object) -> Brief:
        """Return the brief that ``to_json`` wrote; RequestError names the first thing wrong."""
        return cls(**_values_of(cls, data, "brief"))


def _values_of(
    cls: type[ComposeRequest | Brief], data: object, what: str, optional: Collection[str] = ()
) -> dict[str, Any]:
    """Return the fields of a JSON object as a dataclass takes them, types not yet checked."""
    if not isinstance(data, Mapping):
        raise RequestError(f"a {what} must be a JSON object")
    names = [f.name for f in fields(cls)]
    for name in names:
        if name not in data and name not in optional:
            raise RequestError(f"the {what} lacks {name!r}")
    for name in data:
        if name not in names:
            raise RequestError(f"a {what} has no field {name!r:.40}")
    return {name: _value(name, data[name]) for name in names if name in data}


def _value(name: str, value: object) -> object:
    if name in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e15 else math.inf
    return tuple(value) if isinstance(value, list) else value


_NUMBERS = frozenset({"valence", "arousal", "tempo_bpm", "seconds"})

_ASKED_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("genre", "mood", "key", "mode", "meter", "style"), (str, "text")),
    **dict.fromkeys(("tempo_bpm", "seconds"), (float, "a number")),
    **dict.fromkeys(("bars", "density", "polyphony", "seed"), (int, "a whole number")),
    **dict.fromkeys(("only", "acoustic"), (bool, "true or false")),
}


def _check_asked(name: str, value: object) -> None:
    """Raise RequestError unless a field of a request has its type, or is None where it may be."""
    if name in _ASKED_TYPES:
        kind, words = _ASKED_TYPES[name]
        may_be_open = kind is not bool and value is None
        right = may_be_open or (
            isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
        )
    else:
        item, words = (int, "whole numbers") if name == "programs" else (str, "text")
        words = f"a list of {words}"
        right = isinstance(value, tuple) and all(
            isinstance(one, item) and not isinstance(one, bool) for one in value
        )
    if not right:
        raise RequestError(f"{name} of a request must be {words}, got {value!r:.40}")


_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("genre", "mood", "key", "meter"), (str, "text")),
    **dict.fromkeys(("valence", "arousal", "tempo_bpm"), (float, "a number")),
    **dict.fromkeys(("bars", "density", "polyphony", "seed"), (int, "a whole number")),
    "programs": (tuple, "a list of whole numbers"),
}


def _check_type(name: str, value: object) -> None:
    kind, words = _TYPES[name]
    if value is None and name in ("density", "polyphony"):
        return
    right = isinstance(value, kind) or (kind is float and isinstance(value, int))
    if name == "programs" and right:
        assert isinstance(value, tuple)
        right = all(isinstance(item, int) and not isinstance(item, bool) for item in value)
    if not right or isinstance(value, bool):
        raise RequestError(f"{name} of a brief must be {words}, got {value!r:.40}")
