"""Listeners who are simulated: each has a hidden taste, hears a MIDI file and reacts to it.

What they hear is measured here by other means than the engine's traits, in other units, and
bent: a taste saturates, and the same listener is of two minds about the same piece on two days.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.ratings import RatingKind
from engine.score.model import DRUMS, Score
from engine.score.theory import key_fits

LIKES_FROM, LOVES_FROM, DISLIKES_BELOW = 0.3, 1.3, -0.3
"""Between dislike and like a listener passes on without a reaction."""
NOISE = 0.5
"""Standard deviation of what a day adds to what a listener thinks of a piece."""

PAIRED_NOISE = 0.25
"""The same of two pieces that are heard side by side, which people tell apart more surely."""


def _bent(value: float) -> float:
    return math.tanh(value / 1.5)


@dataclass(frozen=True, slots=True)
class Impression:
    """What a listener hears, each about 0 on average and 1 apart over the base model's pieces."""

    busy: float
    high: float
    soft: float
    long: float
    minor: float
    swung: float
    muddled: float
    stuck: float
    bare: float


def hear(score: Score) -> Impression:
    """Return the impression of a score of any resolution."""
    notes = np.array([tuple(note) for note in score.notes], dtype=float).reshape(-1, 5)
    pitched = notes[notes[:, 1] != DRUMS]
    if not len(pitched):
        pitched = np.array([[0.0, 0.0, 60.0, 1.0, 64.0]])
    seconds = max(1.0, score.seconds)
    beat = score.resolution
    late = (pitched[:, 0] % beat) / beat
    swung = ((late > 0.6) & (late < 0.72)).mean() - ((late > 0.45) & (late < 0.55)).mean()
    classes = np.bincount(pitched[:, 2].astype(int) % 12, weights=pitched[:, 3], minlength=12)
    fits = key_fits(classes)
    return Impression(
        busy=(len(pitched) / seconds - 9.5) / 5.0,
        high=(float(np.median(pitched[:, 2])) - 58.0) / 11.0,
        soft=(82.0 - float(notes[:, 4].mean())) / 20.0,
        long=math.log2(max(1e-3, float(np.median(pitched[:, 3])) / beat) / 0.5) / 1.1,
        minor=(float(fits[12:].max() - fits[:12].max()) + 0.12) / 0.25,
        swung=(float(swung) + 0.24) / 0.22,
        muddled=(_rubbing(pitched) - 0.02) / 0.03,
        stuck=(_stuck(pitched) - 0.13) / 0.13,
        bare=(_bare(pitched, score.bars_end) - 0.08) / 0.1,
    )


def _rubbing(pitched: np.ndarray) -> float:
    """Share of notes that begin while another a semitone away sounds."""
    rubs = 0
    for start, _, pitch, _, _ in pitched:
        near = pitched[np.abs(pitched[:, 2] - pitch) == 1]
        rubs += bool(((near[:, 0] <= start) & (near[:, 0] + near[:, 3] > start)).any())
    return rubs / len(pitched)


def _stuck(pitched: np.ndarray) -> float:
    """Share of notes that say again what their instrument has just said."""
    again = total = 0
    for program in set(pitched[:, 1]):
        line = pitched[pitched[:, 1] == program][:, 2]
        again, total = again + int((np.diff(line) == 0).sum()), total + len(line) - 1
    return again / max(1, total)


def _bare(pitched: np.ndarray, end: int) -> float:
    """Share of the time in which nothing pitched sounds."""
    sounding = np.zeros(max(1, end), dtype=bool)
    for start, _, _, duration, _ in pitched:
        sounding[int(start) : int(start + duration)] = True
    return 1.0 - float(sounding.mean())


Taste = Callable[[Impression], float]
TASTES: dict[str, Taste] = {
    "busy and high": lambda i: 1.3 * _bent(i.busy) + 1.3 * _bent(i.high),
    "calm and minor": lambda i: 1.2 * _bent(i.soft) + 1.0 * _bent(i.long) + 1.0 * _bent(i.minor),
    "swing": lambda i: 2.0 * _bent(i.swung),
}
"""Of honest listeners, beside what all of them dislike."""
FLAWS = 0.8
"""How much everybody who is honest minds a flaw: so that two honest listeners of different tastes
agree with a correlation of about 0.2."""


def flaws(heard: Impression) -> float:
    """Return what nobody likes: notes that rub, lines that are stuck, silence."""
    return FLAWS * (_bent(heard.muddled) + _bent(heard.stuck) + _bent(heard.bare))


@dataclass
class Listener:
    """Somebody who reacts to pieces."""

    name: str
    kind: str
    """A name of TASTES, "random", or "troll", who likes what others cannot stand."""
    seed: int

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.name} {self.seed}")
        self.mood = self.rng.gauss(0.0, 0.2)
        """Likes most things, or few."""

    def opinion(self, score: Score) -> float:
        """What this listener really thinks of a piece; no noise."""
        heard = hear(score)
        if self.kind == "troll":
            return flaws(heard) - sum(taste(heard) for taste in TASTES.values())
        return TASTES[self.kind](heard) - flaws(heard)

    def rate(self, score: Score) -> RatingKind | None:
        """React to a piece, or not."""
        if self.kind == "random":
            felt = self.rng.gauss(0.0, 1.0)
        else:
            felt = self.opinion(score) + self.mood + self.rng.gauss(0.0, NOISE)
        if felt >= LOVES_FROM:
            return self.rng.choice(("love", "fire"))
        if felt >= LIKES_FROM:
            return "like"
        return self.rng.choice(("dislike", "sleepy")) if felt < DISLIKES_BELOW else None

    def prefers(self, one: Score, other: Score) -> bool:
        """Whether the first of two pieces, heard blindly, is the better one today."""
        gap = self.opinion(one) - self.opinion(other)
        return gap + self.rng.gauss(0.0, PAIRED_NOISE) > 0
