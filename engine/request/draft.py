"""The brief of the next version, while wishes are met one after the other."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from engine.errors import RequestError
from engine.request.lexicon.figures import METERS, TONICS
from engine.request.lexicon.moods import MOODS
from engine.request.lexicon.wishes import (
    LengthBy,
    LengthPlus,
    LevelBy,
    MoodBy,
    Move,
    TempoBy,
    TempoPlus,
)
from engine.request.lineup_changes import Lineup
from engine.request.model import MAX_BARS, MAX_LEVEL, MIN_BARS, Brief
from engine.request.profiles import PROFILES
from engine.request.revision import Edit, SetTempo, Transpose
from engine.request.what_changes import what_changes
from engine.score.model import DRUMS
from engine.score.units import MAX_BPM, MIN_BPM, bar_seconds

_USUAL_LEVEL = 3
"""What "busier" starts from where the level was left to the model."""

_ALREADY = {
    "genre": "it is {} already",
    "tempo_bpm": "it goes at {:g} BPM already",
    "key": "it is in {} already",
    "meter": "it is in {} already",
    "bars": "it has {} bars already",
    "density": "its density is {} already",
    "polyphony": "its polyphony is {} already",
    "seed": "its seed is {} already",
}

_FLAVOURS = frozenset({"mysterious"})
"""In the middle of the plane, but nobody's idea of happier than sad: only asked for by name."""


class Draft:
    """What is wanted so far, beside the parent's brief.

    Its methods raise RequestError for a wish at its limit; one that goes beyond is met as far as
    possible, with a remark.
    """

    def __init__(self, parent: Brief) -> None:
        self.parent = parent
        self.values: dict[str, Any] = {}
        """Fields of the brief that were set."""
        self.lineup = Lineup(parent)
        self.octaves = 0
        """How far a transposition goes beyond the change of key, in semitones."""
        self.kept: set[str] = set()
        self.again = False
        self.remarks: list[str] = []

    def now(self, name: str) -> Any:
        """Return a field of the brief as it stands."""
        return self.values.get(name, getattr(self.parent, name))

    def set(self, name: str, value: object) -> None:
        """Set a field; a remark says if it was so already."""
        if value == self.now(name):
            self.remarks.append(_ALREADY[name].format(value))
        self.values[name] = value

    def tempo(self, wish: TempoBy | TempoPlus) -> None:
        """Change the tempo by a factor or a number of BPM, to whole BPM."""
        old = self.now("tempo_bpm")
        new = old * wish.factor if isinstance(wish, TempoBy) else old + wish.bpm
        self.tempo_towards(new)

    def tempo_towards(self, new: float) -> None:
        """Set the tempo to the nearest whole BPM that is possible and not the old one."""
        old = self.now("tempo_bpm")
        faster = new > old
        if old == (MAX_BPM if faster else MIN_BPM):
            raise RequestError(
                f"it goes at {old:g} BPM already, the {'fastest' if faster else 'slowest'} there "
                f"is; ask for a {'slower' if faster else 'faster'} tempo"
            )
        rounded = float(math.ceil(new - 0.5) if faster else math.floor(new + 0.5))
        if rounded == old:
            rounded += 1 if faster else -1
        within = max(float(MIN_BPM), min(float(MAX_BPM), rounded))
        if within != rounded:
            self.remarks.append(
                f"{within:g} BPM is the {'fastest' if faster else 'slowest'} there is"
            )
        self.values["tempo_bpm"] = within

    def length(self, wish: LengthBy | LengthPlus) -> None:
        """Change the number of bars; by a factor to fours, where the piece has fours."""
        old = self.now("bars")
        if isinstance(wish, LengthBy):
            new = old * wish.factor
            unit = 4 if old % 4 == 0 and new >= 4 else 1
            bars = unit * round(new / unit) or unit
            if bars == old:
                bars += unit if wish.factor > 1 else -unit
        else:
            bars = old + round(wish.bars) + self._bars_in(wish.seconds)
            if bars == old:
                bars += 1 if wish.bars + wish.seconds > 0 else -1
        self.length_towards(bars)

    def length_towards(self, bars: int) -> None:
        """Set the number of bars, within what is possible."""
        old = self.now("bars")
        longer = bars > old
        if old == (MAX_BARS if longer else MIN_BARS):
            raise RequestError(
                f"it has {old} {'bar' if old == 1 else 'bars'} already, the "
                f"{'most' if longer else 'least'} there can be"
            )
        within = max(MIN_BARS, min(MAX_BARS, bars))
        if within != bars:
            self.remarks.append(
                f"{within} is the {'most' if longer else 'least'} bars there can be"
            )
        self.values["bars"] = within

    def bars_for(self, seconds: float) -> int:
        """Return the whole bars nearest to a length, at least 1."""
        return max(1, self._bars_in(seconds))

    def _bars_in(self, seconds: float) -> int:
        one = bar_seconds(*METERS[self.now("meter")], self.now("tempo_bpm"))
        return round(seconds / one)

    def level(self, wish: LevelBy) -> None:
        """Change density or polyphony by steps."""
        old = self.now(wish.of)
        start = _USUAL_LEVEL if old is None else old
        if old == (MAX_LEVEL if wish.steps > 0 else 0):
            raise RequestError(
                f"its {wish.of} is {old} already, the {'most' if wish.steps > 0 else 'least'} that "
                "can be asked"
            )
        self.values[wish.of] = max(0, min(MAX_LEVEL, start + wish.steps))

    def mood(self, wish: MoodBy) -> None:
        """Go a way on the plane of moods; the mood becomes the nearest one there."""
        valence, arousal = self.now("valence"), self.now("arousal")
        if wish.towards is not None and wish.towards != self.now("mood"):
            self.feel(wish.towards, *MOODS[wish.towards])
            return
        new = _within(valence + wish.valence), _within(arousal + wish.arousal)
        if math.dist(new, (valence, arousal)) < 0.02:
            raise RequestError(
                f"it is as {self.now('mood')} as can be asked already; ask for another mood, tempo "
                "or instruments"
            )
        mood = wish.towards or _nearest(new, self.now("mood"))
        self.feel(mood, *new)

    def feel(self, mood: str, valence: float, arousal: float) -> None:
        """Set mood and place on the plane."""
        self.values |= {"mood": mood, "valence": valence, "arousal": arousal}

    def move(self, wish: Move) -> None:
        """Transpose the piece: the key moves along."""
        self._must_have_pitch()
        tonic = (TONICS.index(self.now("key").split()[0]) + wish.semitones) % 12
        edit = Transpose(wish.semitones)
        self.values["key"] = f"{TONICS[tonic]} {self.now('key').split()[1]}"
        self.octaves += edit.semitones - _interval(self.parent.key, self.values["key"])

    def key(self, key: str) -> None:
        """Set the key."""
        self._must_have_pitch()
        self.set("key", key)

    def _must_have_pitch(self) -> None:
        if self.parent.programs == (DRUMS,):
            raise RequestError(
                "drums alone have no key; add an instrument, tempo and length can be asked"
            )

    def follow_the_mood(self) -> None:
        """Turn major to minor or back, where that is usual at the new mood and not at the old.

        In the same direction only: darker never turns a piece to major.
        """
        if "valence" not in self.values or "key" in self.values or "key" in self.kept:
            return
        tonic, mode = self.parent.key.split()
        brighter = self.values["valence"] > self.parent.valence
        usual = "major" if _major_odds(self.now("genre"), self.values["valence"]) > 0 else "minor"
        if usual != mode and usual == ("major" if brighter else "minor"):
            self.values["key"] = f"{tonic} {usual}"

    def brief(self) -> Brief:
        """Return the brief as it stands; RequestError for one that cannot be composed."""
        return replace(self.parent, **self.values, programs=tuple(sorted(self.lineup.programs)))

    def needs_notes(self) -> bool:
        """Return whether anything is wanted that the parent's notes cannot give."""
        after, before = self.brief(), self.parent
        kept = replace(before, tempo_bpm=after.tempo_bpm, key=after.key, programs=after.programs)
        return self.again or self.lineup.fresh or after != kept or after.mode != before.mode

    def edits(self) -> tuple[Edit, ...]:
        """Return what turns the parent's notes into the new ones, where that is possible."""
        edits = list(self.lineup.edits)
        if semitones := _interval(self.parent.key, self.now("key")) + self.octaves:
            edits.append(Transpose(semitones))
        if self.now("tempo_bpm") != self.parent.tempo_bpm:
            edits.append(SetTempo(self.now("tempo_bpm")))
        return tuple(edits)

    def changes(self) -> tuple[str, ...]:
        """Return what is different from the parent, a plain phrase each."""
        fresh = self.needs_notes()
        if fresh and self.octaves:
            self.remarks.append("in which octave new notes lie cannot be asked yet")
        said = what_changes(self.parent, self.brief(), 0 if fresh else self.octaves)
        said += self.lineup.changes
        if self.again:
            said.append("composed anew" if said else "the same wishes, composed anew")
        return tuple(said)


def _interval(old: str, new: str) -> int:
    """Return the nearest way from one tonic to another, -6 to 5 semitones."""
    steps = TONICS.index(new.split()[0]) - TONICS.index(old.split()[0])
    return (steps + 6) % 12 - 6


def _within(value: float) -> float:
    return max(-1.0, min(1.0, round(value, 3)))


def _nearest(place: tuple[float, float], now: str) -> str:
    """Return the mood nearest to a place on the plane; the present one if it is as near."""
    names = [now, *(name for name in MOODS if name not in _FLAVOURS)]
    return min(names, key=lambda name: math.dist(MOODS[name], place))


def _major_odds(genre: str, valence: float) -> float:
    """Return the logarithm of the odds for a major key, as ``resolve`` weighs them."""
    share = PROFILES[genre].major
    return math.log(share / (1 - share)) + 5.0 * valence
