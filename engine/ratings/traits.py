"""A piece as a handful of figures that a listener can like, each with a word for more of it.

Few and plain on purpose: a taste is learned from some hundred opinions, and told in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import Measures, measure, note_columns, piano_roll
from engine.score.model import DRUMS, Score
from engine.score.theory import KEYS, SCALES, key_fits
from engine.score.units import GRID

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]
_SWUNG, _STRAIGHT = GRID * 2 // 3, GRID // 2
"""Ticks behind the beat where an off-beat eighth lies when it swings, and when it does not."""


class Music:
    """A score on the grid, and what several traits ask of it, worked out when first asked."""

    def __init__(self, score: Score) -> None:
        self.score = score
        notes = note_columns(score)
        self.notes: _Ints = notes[notes[:, 0] < score.bars_end]
        self.pitched: _Ints = self.notes[self.notes[:, 1] != DRUMS]
        self.seconds = max(score.seconds_at(score.bars_end), 0.1)
        self.lines = np.array([bar.start for bar in score.iter_bars()] + [score.bars_end])

    @cached_property
    def roll(self) -> NDArray[np.int16]:
        """See ``piano_roll``. (128, ticks)"""
        return piano_roll(self.score)

    @cached_property
    def measures(self) -> Measures:
        """Density, polyphony and pitch classes."""
        return measure(self.score, self.roll)

    @cached_property
    def fits(self) -> _Floats:
        """How well each key fits, major ones first. (24,)"""
        return key_fits(self.measures.pitch_class_ticks.sum(axis=0))

    @cached_property
    def onsets(self) -> _Ints:
        """Ticks at which anything begins, each once."""
        return np.unique(self.notes[:, 0])

    @cached_property
    def top(self) -> _Ints:
        """The highest pitch that begins on each pitched onset."""
        ordered = self.pitched[np.argsort(self.pitched[:, 0], kind="stable")]
        _, first = np.unique(ordered[:, 0], return_index=True)
        return np.maximum.reduceat(ordered[:, 2], first) if len(ordered) else ordered[:, 2]

    def places(self) -> _Ints:
        """Ticks of the onsets behind their beat, 0 to GRID - 1."""
        return self.onsets % GRID


@dataclass(frozen=True, slots=True)
class Trait:
    """One figure of a piece."""

    name: str
    more: str
    """What a piece with more of it is."""
    less: str
    figure: Callable[[Music], float]
    """0 for a piece that has nothing to measure."""
    of_notes: bool = False
    """Whether it is made of what single notes are, so that it is known which of them gave it."""


def _mean(values: _Ints | _Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


def _spread(values: _Ints) -> float:
    return float(values.std()) if len(values) else 0.0


def _notes_a_second(music: Music) -> float:
    return float(np.log2(0.25 + len(music.onsets) / music.seconds))


def _length(music: Music) -> float:
    return float(np.log2(max(_mean(music.pitched[:, 3]), 1.0) / GRID))


def _minor(music: Music) -> float:
    return float(music.fits[12:].max() - music.fits[:12].max())


def _swing(music: Music) -> float:
    places = music.places()
    swung, straight = int((places == _SWUNG).sum()), int((places == _STRAIGHT).sum())
    return (swung - straight) / max(1, len(places))


def _fine(music: Music) -> float:
    return _mean(np.isin(music.places(), (GRID // 4, 3 * GRID // 4)).astype(float))


def _off_beat(music: Music) -> float:
    return _mean((music.places() != 0).astype(float))


def _leaps(music: Music) -> float:
    return _mean(np.minimum(np.abs(np.diff(music.top)), 12).astype(float))


def _repeated(music: Music) -> float:
    return _mean((np.diff(music.top) == 0).astype(float))


def _clashes(music: Music) -> float:
    roll = music.roll > 0
    sounding = roll.any(axis=0)
    rubs = (roll[:-1] & roll[1:]).any(axis=0) | (roll[:-13] & roll[13:]).any(axis=0)
    return float(rubs.sum() / max(1, int(sounding.sum())))


def _chromatic(music: Music) -> float:
    key = KEYS[int(music.fits.argmax())]
    scale = [(key.tonic + step) % 12 for step in SCALES[key.mode]]
    return 1.0 - _mean(np.isin(music.pitched[:, 2] % 12, scale).astype(float))


def _silence(music: Music) -> float:
    return 1.0 - _mean((music.roll > 0).any(axis=0).astype(float))


def _hits(music: Music) -> float:
    return float(np.log2(1 + (music.notes[:, 1] == DRUMS).sum() / music.seconds))


def _sameness(music: Music) -> float:
    bars = [
        set((music.onsets[(music.onsets >= a) & (music.onsets < b)] - a).tolist())
        for a, b in pairwise(music.lines)
    ]
    return _mean(np.array([len(a & b) / len(a | b) for a, b in pairwise(bars) if a | b]))


def _settling(music: Music) -> float:
    counts = np.histogram(music.onsets, bins=music.lines)[0]
    return float(min(2.0, counts[-1] / max(1.0, float(np.median(counts)))))


TRAITS: tuple[Trait, ...] = (
    Trait("pace", "busier", "calmer", _notes_a_second),
    Trait("register", "higher", "lower", lambda m: _mean(m.pitched[:, 2]) / 12, of_notes=True),
    Trait(
        "top line",
        "a higher top line",
        "a lower top line",
        lambda m: _mean(m.top) / 12,
        of_notes=True,
    ),
    Trait("range", "wider range", "closer range", lambda m: _spread(m.pitched[:, 2]) / 12),
    Trait("loudness", "louder", "softer", lambda m: _mean(m.notes[:, 4]) / 24, of_notes=True),
    Trait("dynamics", "more dynamics", "evener", lambda m: _spread(m.notes[:, 4]) / 24),
    Trait("length", "longer notes", "shorter notes", _length, of_notes=True),
    Trait("voices", "fuller", "thinner", lambda m: m.measures.mean_polyphony / 4, of_notes=True),
    Trait("mode", "more minor", "more major", _minor),
    Trait("swing", "more swung", "straighter", _swing, of_notes=True),
    Trait("sixteenths", "more sixteenths", "fewer sixteenths", _fine, of_notes=True),
    Trait("off-beats", "more off the beat", "more on the beat", _off_beat, of_notes=True),
    Trait("leaps", "more leaps", "more steps", _leaps),
    Trait("repeated notes", "more repeated notes", "more moving lines", _repeated),
    Trait("clashes", "more friction", "less friction", _clashes),
    Trait("colour", "more chromatic", "more within the key", _chromatic),
    Trait("rests", "more rests", "fewer rests", _silence),
    Trait("drums", "more drum hits", "fewer drum hits", _hits),
    Trait("sameness", "bars more alike", "bars less alike", _sameness),
    Trait("ending", "busier at the end", "calmer at the end", _settling),
    Trait(
        "harmony",
        "more chord changes",
        "fewer chord changes",
        lambda m: len(m.score.chords) / max(1, m.score.bars),
    ),
)
"""Everything that a taste is made of."""


def traits(score: Score) -> _Floats:
    """Return the figures of a score on the grid with its chords, in the order of TRAITS. (21,)"""
    music = Music(score)
    return np.array([trait.figure(music) if _heard(trait, music) else 0.0 for trait in TRAITS])


def _heard(trait: Trait, music: Music) -> bool:
    return bool(len(music.pitched)) or trait.name in ("pace", "loudness", "dynamics", "drums")
