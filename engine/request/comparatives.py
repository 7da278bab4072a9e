"""The reader of comparatives: "a bit slower", "not so fast", "more romantic", "too busy"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from engine.request.lexicon import changes as say
from engine.request.lexicon.meanings import (
    Extent,
    Filler,
    Level,
    Meaning,
    Mood,
    Pace,
    Particle,
    Unknown,
)
from engine.request.lexicon.moods import MOODS
from engine.request.lexicon.wishes import LengthBy, LevelBy, MoodBy, TempoBy, Wish
from engine.request.scan import Item

_BETWEEN = frozenset({"more", "even", "as", "most", "less", "sound", "feel", "be", "it", "make"})
_PAUSES = (Particle("comma"), Particle("but"), Particle("just"))
_FAST_BPM, _LONG_SECONDS, _BUSY_LEVEL = 104, 30, 3
"""From there on a word for tempo, length or level means much of it."""


@dataclass(frozen=True, slots=True)
class Modifiers:
    """What stands before a word: a sign, a degree, or that it is to stay."""

    sign: int = 0
    """1 for "more" and comparatives, -1 for "less" and "too", 0 where nothing is compared."""
    degree: str = ""
    stays: bool = False
    """"Not slower": it shall not change."""


def read_comparatives(items: Sequence[Item]) -> tuple[list[Wish], list[Item], bool]:
    """Return the wishes that comparatives say, the items left, and whether something is to stay.

    A word that is not compared is left: "sad" is a request of its own, "sadder" a change.
    """
    wishes: list[Wish] = []
    left: list[Item] = []
    before = Modifiers()
    stays = False
    i = 0
    while i < len(items):
        item = items[i]
        if not isinstance(item.meaning, Pace | Mood | Level | Extent):
            before = before if _joins(item) else Modifiers()
            left.append(item)
            i += 1
            continue
        modifiers, begin = _modifiers(left, item)
        if not modifiers.sign and not modifiers.stays:
            modifiers, begin = before, len(left)
        if not modifiers.sign and not modifiers.stays:
            left.append(item)
            i += 1
            continue
        degree, after = _degree_after(items, i + 1)
        modifiers = Modifiers(modifiers.sign, modifiers.degree or degree, modifiers.stays)
        del left[begin:]
        left.append(Item(Particle("comma"), ","))
        stays |= modifiers.stays
        if not modifiers.stays:
            wishes.append(_wish(item.meaning, modifiers))
        before, i = Modifiers() if is_comparative(item) else modifiers, after
    return wishes, left, stays


def _joins(item: Item) -> bool:
    return isinstance(item.meaning, Particle) and item.meaning.role in ("and", "very", "a bit")


def is_comparative(item: Item) -> bool:
    """Return whether a word compares by its form: "slower", "gloomier"."""
    typed = item.typed.lower()
    if typed in say.COMPARATIVES or any(word in say.COMPARATIVES for _, word in item.corrected):
        return True
    return typed.endswith("er") and any(not word.endswith("er") for _, word in item.corrected)


def _modifiers(left: Sequence[Item], item: Item) -> tuple[Modifiers, int]:
    """Return what the items before a word make of it, and where they begin."""
    typed: list[str] = []
    roles: list[str] = []
    degree = ""
    begin = len(left)
    while begin:
        meaning, word = left[begin - 1].meaning, left[begin - 1].typed.lower()
        if isinstance(meaning, Particle) and meaning.role in ("very", "a bit", "not", "no", "less"):
            roles.append(meaning.role)
            if not degree and word not in ("too", "so", "as") and meaning.role in ("very", "a bit"):
                degree = say.LARGE if meaning.role == "very" else say.SMALL
        elif not (isinstance(meaning, Filler) and word in _BETWEEN):
            break
        typed.append(word)
        begin -= 1
    refused = "not" in roles or "no" in roles
    compared = is_comparative(item) or "more" in typed
    if refused and compared and "less" not in roles:
        return Modifiers(stays=True), begin
    if refused and ("too" in typed or any(word.endswith("too") for word in typed)):
        return Modifiers(-1, say.SMALL), begin
    if refused or "less" in roles or "too" in typed:
        return Modifiers(-1, degree), begin
    return Modifiers(1 if compared else 0, degree), begin


def _degree_after(items: Sequence[Item], i: int) -> tuple[str, int]:
    """Return a degree that follows, as in "slower, but just a bit", and the place after it."""
    begin = i
    while i < len(items) and items[i].meaning in _PAUSES:
        i += 1
    found = items[i].meaning if i < len(items) else None
    if not isinstance(found, Particle):
        return "", begin
    role = found.role
    follows = items[i + 1].meaning if i + 1 < len(items) else Particle("stop")
    if role not in ("very", "a bit") or not isinstance(follows, Particle | Filler | Unknown):
        return "", begin
    return say.LARGE if role == "very" else say.SMALL, i + 1


def _wish(meaning: Meaning, modifiers: Modifiers) -> Wish:
    sign, degree = modifiers.sign, modifiers.degree
    if isinstance(meaning, Pace):
        return TempoBy(_power(say.TEMPO_FACTORS[degree], sign, meaning.bpm > _FAST_BPM))
    if isinstance(meaning, Extent):
        return LengthBy(_power(say.LENGTH_FACTORS[degree], sign, meaning.seconds > _LONG_SECONDS))
    if isinstance(meaning, Level):
        of = "density" if meaning.density is not None else "polyphony"
        level = meaning.density if meaning.density is not None else meaning.polyphony or 0
        return LevelBy(of, (sign if level > _BUSY_LEVEL else -sign) * say.LEVEL_STEPS[degree])
    assert isinstance(meaning, Mood)
    return _mood(meaning.name, sign, say.MOOD_FACTORS[degree])


def _power(factor: float, sign: int, much: bool) -> float:
    return factor ** (sign if much else -sign)


def _mood(name: str, sign: int, share: float) -> MoodBy:
    """Return the way to more, or less, of a mood; what is no direction is a place to go to."""
    if name in say.DIRECTED:
        valence, arousal = say.DIRECTED[name]
        return MoodBy(sign * share * valence, sign * share * arousal)
    valence, arousal = MOODS[name]
    step = 0.4 * sign * share / hypot(valence, arousal)
    return MoodBy(step * valence, step * arousal, name if sign > 0 else None)
