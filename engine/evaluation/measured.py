"""Everything that is measured of one piece, generated or human."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

from engine.evaluation.diversity import distinct_within
from engine.evaluation.exactness import Exactness, exactness
from engine.evaluation.foreign_key import FINDERS, foreign_key
from engine.evaluation.orders import Quadrant
from engine.evaluation.repetition import Repetition, repetition
from engine.evaluation.statistics import Statistics, statistics
from engine.score.measures import measure
from engine.score.model import Score
from engine.score.theory import Key
from engine.tokens.control import Controls
from engine.tokens.spec import GENRES


@dataclass(frozen=True, slots=True)
class Judges:
    """What hears genre, mood and copying; None where nothing is there to judge."""

    genre: Callable[[Score], str] | None = None
    mood: Callable[[Score], tuple[int, int]] | None = None
    """Signs of valence and arousal, -1 or 1."""
    copied_run: Callable[[Score], int] | None = None
    """The longest run of notes that a piece shares with the training pieces."""
    genres: tuple[str, ...] = tuple(GENRES)
    """The genres that the judge knows; pieces of others are not judged."""
    genre_ceiling: float | None = None
    """Share of human pieces whose genre the judge finds; a model cannot do better."""
    valence_ceiling: float | None = None
    arousal_ceiling: float | None = None
    copied_baseline: float | None = None
    """Notes that COPIED_QUANTILE of the generated pieces may not exceed; None takes as much of the
    human excerpts."""

    def knows(self, genre: str | None) -> bool:
        """Return whether the judge can hear a genre."""
        return genre in self.genres

    @property
    def plain(self) -> bool:
        """Whether there is anything to judge on the plain requests."""
        return self.genre is not None or self.mood is not None


@dataclass(frozen=True, slots=True)
class Measured:
    """One piece: what it was to be and what it is."""

    asked: Controls
    mood: Quadrant | None
    """The mood that a listener asked for; None where the controls come from a human piece."""
    exactness: Exactness | None
    """None for human pieces."""
    keys: tuple[Key, ...]
    """By each of FINDERS; empty where only drums play."""
    density: float
    """Onsets a quarter."""
    polyphony: float
    """Notes at once."""
    statistics: Statistics
    repetition: Repetition
    distinct: float
    """See ``distinct_within``."""
    heard_genre: str | None = None
    heard_mood: Quadrant | None = None
    copied_run: float = nan


def measure_piece(
    score: Score,
    asked: Controls,
    *,
    tokens: Sequence[int] | None = None,
    mood: Quadrant | None = None,
    judges: Judges,
) -> Measured:
    """Return the figures of one piece; ``tokens``: its stream of bars, None for human pieces."""
    measures = measure(score)
    keys = (foreign_key(score, finder) for finder in FINDERS)
    heard = judges.mood(score) if judges.mood and score.notes else None
    return Measured(
        asked=asked,
        mood=mood,
        exactness=None if tokens is None else exactness(tokens, score, asked),
        keys=tuple(key for key in keys if key is not None),
        density=measures.mean_density,
        polyphony=measures.mean_polyphony,
        statistics=statistics(score),
        repetition=repetition(score),
        distinct=distinct_within(score),
        heard_genre=judges.genre(score) if judges.genre and score.notes else None,
        heard_mood=None if heard is None else Quadrant(*heard),
        copied_run=float(judges.copied_run(score)) if judges.copied_run else nan,
    )
