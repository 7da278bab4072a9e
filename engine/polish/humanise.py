"""Loudness as hands play it, where the model wrote it as a machine would.

Most MIDI files were stepped in note by note, and the model has learned their evenness: its parts
spread by 2 steps of velocity, those that people play by 6 to 9. What is missing is added: accents
by the place in the bar, a top voice that stands out, chance with a memory.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from statistics import pstdev
from typing import NamedTuple

from engine.score.model import DRUMS, Bar, Note, Score
from engine.score.roles import Role, roles_of


class Hand(NamedTuple):
    """How loudness varies in a part; steps of MIDI velocity."""

    spread: float
    """Standard deviation around the mean of the place in the bar."""
    on_bar: float
    """Of notes on the bar line, against the mean; the next three likewise."""
    on_beat: float
    on_eighth: float
    between: float
    top: float
    """Of the highest note of a chord against the others."""
    most: float
    """No note is moved further."""


# Measured on parts that were played (tests/benchmarks/human_timing.py): 237 bass, 693 chordal
# and 1,026 melodic parts. Drums lie between those of songs and of drummers alone.
_TUNE = Hand(7.0, 1.3, 0.3, -0.6, -0.9, 2.0, 14)
_CHORDS = Hand(7.0, 0.3, 0.6, -0.1, -1.8, 2.0, 15)
_BASS = Hand(6.0, 1.4, 0.5, -0.9, -2.2, 0.0, 13)
_HANDS: dict[Role, Hand] = {
    "melody": _TUNE,
    "counter": _TUNE,
    "chords": _CHORDS,
    "pad": _CHORDS,
    "bass": _BASS,
}
_KICK = Hand(4.5, 4.0, 0.5, -0.5, -4.0, 0.0, 15)
_SNARE = Hand(6.0, 0.0, 2.0, -0.5, -5.0, 0.0, 20)
_CYMBALS = Hand(7.0, 2.0, 3.0, 0.0, -6.0, 0.0, 20)
_KICK_KEYS, _SNARE_KEYS = frozenset({35, 36}), frozenset({37, 38, 39, 40})

_MEMORY = 0.22
"""Correlation of a moment's loudness with that of the one before."""

_LOUDEST = 127


def humanised(score: Score, rng: random.Random) -> Score:
    """Return the score with velocities spread as people's are; nothing else changes.

    A part that is spread already keeps what it has: chance and accents fill up what is missing.
    A part too loud to vary is taken down as a whole; from there no note moves by more than its
    hand's bound.
    """
    roles = roles_of(score)
    bars = list(score.iter_bars())
    limbs: dict[tuple[int, Hand], list[Note]] = defaultdict(list)
    for note in score.notes:
        limbs[note.program, _hand(note, roles[note.program])].append(note)
    notes = [
        note
        for (_, hand), part in limbs.items()
        for note in _played(part, hand, bars, score.resolution, rng)
    ]
    return replace(score, notes=tuple(sorted(notes)))


def _hand(note: Note, role: Role) -> Hand:
    if note.program != DRUMS:
        return _HANDS.get(role, _CYMBALS)  # woodblocks and the like play drums on a pitch
    if note.pitch in _KICK_KEYS:
        return _KICK
    return _SNARE if note.pitch in _SNARE_KEYS else _CYMBALS


def _played(
    part: Sequence[Note], hand: Hand, bars: Sequence[Bar], resolution: int, rng: random.Random
) -> list[Note]:
    """Return one part, or one limb of a drummer, as played."""
    spread = pstdev(note.velocity for note in part)
    missing = math.sqrt(max(0.0, 1 - (spread / hand.spread) ** 2))
    mean = sum(note.velocity for note in part) / len(part)
    down = max(0.0, mean + missing * hand.most - _LOUDEST)
    lines = [bar.start for bar in bars]
    tops = _tops(part)

    played = []
    mood, moment, accent = 0.0, -1, 0.0
    for note in part:
        if note.start != moment:
            moment = note.start
            mood = _MEMORY * mood + math.sqrt(1 - _MEMORY**2) * rng.gauss(0, 1)
            bar = bars[bisect_right(lines, moment) - 1]
            accent = _accent(moment - bar.start, bar, hand, resolution)
        # Half of the chance is the moment's, half the finger's.
        chance = hand.spread * (mood + rng.gauss(0, 1)) / math.sqrt(2)
        top = hand.top if note in tops else 0.0
        change = missing * (chance + accent + top)
        change = max(-hand.most, min(hand.most, change)) - down
        velocity = round(note.velocity + change)
        played.append(note._replace(velocity=min(_LOUDEST, max(1, velocity))))
    return played


def _tops(part: Sequence[Note]) -> set[Note]:
    """Return the highest note of every chord; a note alone is none."""
    chords: dict[int, list[Note]] = defaultdict(list)
    for note in part:
        chords[note.start].append(note)
    return {max(notes, key=lambda n: n.pitch) for notes in chords.values() if len(notes) > 1}


def _accent(ticks: int, bar: Bar, hand: Hand, resolution: int) -> float:
    """Return what a place in the bar adds."""
    compound = bar.meter.denominator == 8 and bar.meter.numerator % 3 == 0
    beat = resolution * 3 // 2 if compound else resolution * 4 // bar.meter.denominator
    if ticks == 0:
        return hand.on_bar
    if beat and ticks % beat == 0:
        return hand.on_beat
    return hand.on_eighth if 2 * ticks % resolution == 0 else hand.between
