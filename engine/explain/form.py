"""The form of a piece: which stretches of bars return, as letters A, B, A'.

Bars are compared by harmony and by melody. The piece is cut into phrases of equal length, after
an opening that may be shorter; phrases that are alike have one letter. The length is taken with
which the piece can be written down most shortly, each phrase once: eight bars unless another
one is clearly better.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.score.model import Chord, Score
from engine.score.roles import UNPITCHED, Role

_Floats = NDArray[np.float64]

PHRASES = (8, 12, 4, 16)
"""Bars a phrase may have, the usual first: eight, a blues chorus, half a phrase, two in one."""

SAME, VARIED = 0.88, 0.6
"""Likeness of two phrases, 0 to 1, from which one repeats the other, or varies it."""

_HARMONY = 0.5
"""Weight of the chords in the likeness of two bars; the melody has the rest."""

_PITCHES = 0.6
"""Weight of the pitches in the likeness of two melodies; their rhythm has the rest."""

_AS_GOOD = 0.08
"""A more usual length is taken while it tells the piece in so few more bars, as a share of all."""

_MENTION = 1.0
"""Bars that it costs to name one more section."""


class Section(NamedTuple):
    """Consecutive bars with one letter."""

    letter: str
    """A, B ...; empty for an opening or a close that is shorter than a phrase."""
    varied: bool
    """Whether it differs from the first section of its letter."""
    first_bar: int
    """Counted from 1."""
    bars: int

    @property
    def name(self) -> str:
        """As on a chart: ``A'``."""
        return self.letter + ("'" if self.varied else "")

    @property
    def last_bar(self) -> int:
        """Counted from 1."""
        return self.first_bar + self.bars - 1


def find_form(
    score: Score, chords: Sequence[Chord | None], roles: dict[int, Role]
) -> tuple[Section, ...]:
    """Return the sections that cover the bars of a piece in order.

    ``chords``: one a half bar. Pieces of fewer bars than two of the shortest phrases are one
    section.
    """
    if score.bars < 2 * min(PHRASES):
        return (Section("A", False, 1, score.bars),)
    alike = likeness(score, chords, roles)
    cheapest = {
        phrase: min(
            (_told_in(alike, phrase, opening), opening)
            for opening in range(min(phrase, score.bars - 2 * phrase + 1))
        )
        for phrase in PHRASES
        if score.bars >= 2 * phrase
    }
    enough = min(cheapest.values())[0] + _AS_GOOD * score.bars
    phrase = next(phrase for phrase, (cost, _) in cheapest.items() if cost <= enough)
    return _sections(alike, phrase, cheapest[phrase][1])


def likeness(score: Score, chords: Sequence[Chord | None], roles: dict[int, Role]) -> _Floats:
    """Return how alike any two bars are, 0 to 1. (bars, bars)"""
    harmony = np.mean(
        [_overlap([_tones(chord) for chord in chords[half::2]]) for half in (0, 1)], axis=0
    )
    melodies = _melodies(score, roles)
    rhythm = _overlap([{place for place, _ in bar} for bar in melodies])
    melody = _PITCHES * _overlap(melodies) + (1 - _PITCHES) * rhythm
    return np.asarray(_HARMONY * harmony + (1 - _HARMONY) * melody)


def _tones(chord: Chord | None) -> set[tuple[int, bool]]:
    """Return what a chord is known by: its root, and the colour of its third."""
    if chord is None:
        return set()
    return {(chord.root, False), (chord.root + 12 * ("m" in chord.quality), True)}


def _melodies(score: Score, roles: dict[int, Role]) -> list[set[tuple[int, int]]]:
    """Return for each bar the (place in the bar, pitch) of the upper notes of the melody.

    Where no pitched part plays, the strokes of the drums.
    """
    lines = [bar.start for bar in score.iter_bars()]
    leading = {program for program, role in roles.items() if role == "melody"} or UNPITCHED
    top: dict[int, int] = {}
    for note in score.notes:
        if note.program in leading:
            top[note.start] = max(top.get(note.start, 0), note.pitch)
    found: list[set[tuple[int, int]]] = [set() for _ in lines]
    for tick, pitch in top.items():
        bar = bisect_right(lines, tick) - 1
        found[bar].add((tick - lines[bar], pitch))
    return found


def _overlap(bars: Sequence[Collection[Hashable]]) -> _Floats:
    """Return Dice's likeness of any two sets; two empty ones are alike. (bars, bars)"""
    column: dict[Hashable, int] = {}
    for bar in bars:
        for item in bar:
            column.setdefault(item, len(column))
    holds = np.zeros((len(bars), len(column)))
    for row, bar in enumerate(bars):
        holds[row, [column[item] for item in bar]] = 1.0
    size = holds.sum(axis=1)
    total = size[:, None] + size[None, :]
    return np.asarray(np.where(total > 0, 2 * (holds @ holds.T) / np.maximum(total, 1), 1.0))


def _phrase_likeness(alike: _Floats, phrase: int, opening: int) -> _Floats:
    """Return the mean likeness of phrases, bar by bar. (phrases, phrases)"""
    count = (len(alike) - opening) // phrase
    block = alike[opening : opening + count * phrase, opening : opening + count * phrase]
    cube = block.reshape(count, phrase, count, phrase)
    return np.asarray(np.einsum("ipjp->ij", cube) / phrase)


def _models(phrases: _Floats) -> list[int]:
    """Return for each phrase which earlier one it repeats or varies; itself where it is new."""
    models: list[int] = []
    for index in range(len(phrases)):
        known = sorted(set(models))
        best = max(known, key=lambda model: float(phrases[index, model]), default=index)
        models.append(best if phrases[index, best] >= VARIED else index)
    return models


def _told_in(alike: _Floats, phrase: int, opening: int) -> float:
    """Return how many bars it takes to write the piece down, each phrase once and its changes."""
    phrases = _phrase_likeness(alike, phrase, opening)
    models = _models(phrases)
    rest = len(alike) - opening - len(phrases) * phrase
    cost = opening + rest + _MENTION * ((opening > 0) + (rest > 0))
    for index, model in enumerate(models):
        change = 1.0 if model == index else 1.0 - float(phrases[index, model])
        cost += phrase * change + _MENTION
    return cost


def _sections(alike: _Floats, phrase: int, opening: int) -> tuple[Section, ...]:
    phrases = _phrase_likeness(alike, phrase, opening)
    models = _models(phrases)
    letters = {model: letter(place) for place, model in enumerate(dict.fromkeys(models))}
    sections = [Section("", False, 1, opening)] if opening else []
    for index, model in enumerate(models):
        varied = model != index and float(phrases[index, model]) < SAME
        sections.append(Section(letters[model], varied, opening + index * phrase + 1, phrase))
    rest = (len(alike) - opening) % phrase
    if rest:
        sections.append(Section("", False, len(alike) - rest + 1, rest))
    return tuple(sections)


def letter(index: int) -> str:
    """Return A to Z, then A2 to Z2 and on."""
    turn, place = divmod(index, 26)
    return chr(ord("A") + place) + (str(turn + 1) if turn else "")
