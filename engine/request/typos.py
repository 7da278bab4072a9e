"""Misspelt words, corrected only where the slip is small and the word is long enough."""

from __future__ import annotations

from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from engine.request.lexicon import figures, index
from engine.request.lexicon.genres import DECADE_WORDS
from engine.request.lexicon.meanings import Filler, Particle
from engine.request.lexicon.particles import PROTECTED
from engine.request.lexicon.phrases import words

_KNOWN_SLIPS: dict[str, str] = {
    "jaz": "jazz",
    "jass": "jazz",
    "roc": "rock",
    "pinao": "piano",
    "sadd": "sad",
    "hapy": "happy",
    "bras": "brass",
    "tekno": "techno",
    "cord": "chord",
    "rythm": "rhythm",
    "guit": "guitar",
    "vln": "violin",
    "vlc": "cello",
    "perc": "percussion",
    "inst": "instrument",
}
"""Slips too short, or too far, for the general rule."""

_EXTRA = words(
    "minor major bars measures seconds minutes sharp flat tempo couple hundred dorian phrygian "
    "lydian mixolydian aeolian harmonic moll"
)


@cache
def _words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return every word of the lexicon, and those that a slip may be corrected to."""
    known: set[str] = set(_EXTRA) | set(figures.UNITS) | set(figures.TENS) | set(DECADE_WORDS)
    known |= figures.BAR_WORDS | figures.SECOND_WORDS | figures.MINUTE_WORDS | figures.HOUR_WORDS
    known |= figures.BPM_WORDS | figures.NEAR_WORDS
    known |= {"moll", "dur", "few", "thirds", "dotted", "crotchet", "minim", "eighth", "cut"}
    known |= {"alla", "breve", "odd", "common", "compound", "duple", "triple"}
    targets: set[str] = set(_EXTRA) | set(figures.TENS)
    for phrases in index().values():
        for phrase, meaning in phrases:
            known.update(phrase)
            if not isinstance(meaning, Filler | Particle):
                targets.update(word for word in phrase if len(word) >= 4)
    fillers = known - targets
    return frozenset(known), tuple(sorted(targets - fillers))


def is_known(word: str) -> bool:
    """Return whether a word stands somewhere in the lexicon."""
    return word in _words()[0]


@cache
def _stems() -> frozenset[str]:
    """Return the words that mean something by themselves."""
    return frozenset(
        phrase[0]
        for phrases in index().values()
        for phrase, meaning in phrases
        if len(phrase) == 1 and not isinstance(meaning, Filler | Particle)
    )


def inflected(word: str) -> str | None:
    """Return the word of the lexicon that "saddest", "slowish", "darkly" are forms of, or None."""
    targets = _stems()
    for ending in ("est", "er", "ish", "ly", "ness", "y"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        undoubled = stem[:-1] if stem[-1] == stem[-2] else stem
        for form in (stem, undoubled, stem + "e", stem.removesuffix("i") + "y"):
            if form in targets:
                return form
    return None


@cache
def _targets_by_initial() -> dict[str, tuple[str, ...]]:
    by_initial: dict[str, list[str]] = {}
    for target in _words()[1]:
        by_initial.setdefault(target[0], []).append(target)
    return {initial: tuple(targets) for initial, targets in by_initial.items()}


def correct(word: str) -> str | None:
    """Return the word of the lexicon that a misspelt one stands for, or None.

    Four letters: only a letter left out or two swapped. Five to seven: one slip. From eight
    on: two. The first letter must be right, which people rarely get wrong.
    """
    if word in _KNOWN_SLIPS:
        return _KNOWN_SLIPS[word]
    if not 4 <= len(word) <= 24 or word in PROTECTED or not word.isalpha():
        return None
    if stem := inflected(word):
        return stem
    if word.endswith("s") and (word[:-1] in PROTECTED or is_known(word[:-1])):
        return word[:-1] if is_known(word[:-1]) else None
    slips = 1 if len(word) < 8 else 2
    candidates = _targets_by_initial().get(word[0], ())
    found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=4)
    usable = [
        (distance, target != word[0] + target[1:], target)
        for target, distance, _ in found
        if len(target) >= 4 and _is_plausible(word, target)
    ]
    return min(usable)[2] if usable else None


def _is_plausible(word: str, target: str) -> bool:
    """Return whether a slip is of a kind that people make: two letters replaced is not."""
    replaced = sum(step.tag == "replace" for step in Levenshtein.editops(word, target))
    swapped = sorted(word) == sorted(target)
    if len(word) == 4:
        return len(target) == 5 or (len(target) == 4 and swapped)
    if len(target) < 5:
        return len(word) == 5 and set(word) == set(target)
    return replaced <= 1 or swapped
