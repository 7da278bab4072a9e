"""What a piece is told to be: the control prefix, and how a score answers it.

``Controls`` is the common tongue of requests and the corpus: a Brief becomes Controls, a score
is heard as Controls, and either becomes the same prefix. None means: open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.score.measures import (
    KEY_TRUST,
    Measures,
    density_level,
    measure,
    polyphony_level,
)
from engine.score.model import Score
from engine.score.mood import hear_mood
from engine.score.theory import KEYS, Key
from engine.tokens import vocab
from engine.tokens.encode import BarPlan
from engine.tokens.spec import CONTROL_SLOTS, GENRES, LEVELS, Family

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Controls:
    """The attributes of a piece that the model can be told; None where the choice is open."""

    genre: str | None = None
    valence: float | None = None
    arousal: float | None = None
    tempo_bpm: float | None = None
    """Quarter notes a minute at the start."""
    meter: tuple[int, int] | None = None
    key: Key | None = None
    bars: int | None = None
    density: int | None = None
    polyphony: int | None = None
    programs: tuple[int, ...] | None = None
    """Ascending; DRUMS for the kit."""

    def __post_init__(self) -> None:
        if self.genre is not None and self.genre not in GENRES:
            raise ValueError(f"not a genre: {self.genre!r}")
        for level in (self.density, self.polyphony):
            if level is not None and not 0 <= level < LEVELS:
                raise ValueError(f"levels are 0 to {LEVELS - 1}, got {level}")


def prefix(controls: Controls, start: int = vocab.WITHIN) -> list[int]:
    """Return the control prefix: a token a slot, the programs, then Begin or Within."""
    found: dict[Family, int | None] = {
        Family.GENRE: _in(Family.GENRE, controls.genre, GENRES.index),
        Family.VALENCE: _in(Family.VALENCE, controls.valence, vocab.mood_step),
        Family.AROUSAL: _in(Family.AROUSAL, controls.arousal, vocab.mood_step),
        Family.TEMPO: _in(Family.TEMPO, controls.tempo_bpm, vocab.tempo_step),
        Family.METER: None if controls.meter is None else vocab.meter_id(*controls.meter),
        Family.KEY: _in(Family.KEY, controls.key, KEYS.index),
        Family.BARS: None if controls.bars is None else vocab.bars_id(controls.bars),
        Family.DENSITY: _in(Family.DENSITY, controls.density, int),
        Family.POLYPHONY: _in(Family.POLYPHONY, controls.polyphony, int),
    }
    ids = []
    for family in CONTROL_SLOTS:
        token = found[family]
        ids.append(vocab.any_id(family) if token is None else token)
    if controls.programs is None:
        ids.append(vocab.any_id(Family.PROGRAM))
    else:
        ids.extend(vocab.FIRST[Family.PROGRAM] + program for program in controls.programs)
    ids.append(start)
    return ids


def _in(family: Family, value: _Value | None, index: Callable[[_Value], int]) -> int | None:
    return None if value is None else vocab.FIRST[family] + index(value)


def hear(score: Score, *, genre: str | None = None, measures: Measures | None = None) -> Controls:
    """Return the controls that a score on the grid answers to; ``genre`` cannot be heard yet."""
    if measures is None:
        measures = measure(score)
    mood = hear_mood(score, measures)
    key, fit = measures.key
    meter = _longest_meter(score)
    return Controls(
        genre=genre,
        valence=mood.valence if mood else None,
        arousal=mood.arousal if mood else None,
        tempo_bpm=score.tempos[0].bpm,
        meter=meter,
        key=key if fit >= KEY_TRUST else None,
        bars=score.bars,
        density=density_level(measures.mean_density),
        polyphony=polyphony_level(measures.mean_polyphony),
        programs=score.programs,
    )


def _longest_meter(score: Score) -> tuple[int, int]:
    bars: dict[tuple[int, int], int] = {}
    for bar in score.iter_bars():
        name = (bar.meter.numerator, bar.meter.denominator)
        bars[name] = bars.get(name, 0) + 1
    return max(bars, key=lambda name: bars[name])


def bar_plan(measures: Measures) -> BarPlan:
    """Return the levels of every bar, for the plan tokens."""
    return BarPlan(
        density=[density_level(value) for value in measures.density],
        polyphony=[polyphony_level(value) for value in measures.polyphony],
    )


def with_prefix(controls: Controls, bars: Sequence[Sequence[int]], *, ends: bool) -> list[int]:
    """Return a whole stream: prefix, bars, and End where ``ends``."""
    stream = prefix(controls)
    for bar in bars:
        stream.extend(bar)
    if ends:
        stream.append(vocab.END)
    return stream
