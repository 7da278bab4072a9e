"""Candidates, best first: the weights of everything in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.choose.adherence import MOST, adherence
from engine.choose.sanity import WORST, sanity
from engine.score.model import Score
from engine.score.units import GRID
from engine.tokens.control import Controls

WEIGHTS: dict[str, float] = {
    # A wrong key is heard by everybody; the label is sure.
    "key": 1.0,
    # Asked by few, and then meant.
    "density": 0.5,
    "polyphony": 0.5,
    # Its label is right for 84 % of pieces.
    "arousal": 0.5,
    # Its label is right for 72 %, where guessing is for 68 %.
    "valence": 0.2,
    # The weighted sum of sanity.STANDARDS.
    "sanity": 1.0,
}
"""What a step of adherence, or a point of sanity, adds to the penalty."""

TASTE = 8.0
"""What a point of taste takes off the penalty. A ranker counts in scores of listeners and is pulled
to zero. Measured with three rankers on 72 requests of four candidates: listeners who rated nothing
then prefer what is chosen in 61 of 100; with 4 in 59, with 2 in 56, by taste alone in 59."""
MOST_TASTE = 2.0
"""The taste adds no more than this and takes off no more: it chooses among sound pieces. With 3 it
is preferred by 1 in 100 more, and 0.04 points less sound, 0.13 where all share one taste."""

ASKED_BESIDE_TASTE = 4.0
"""Where a taste has its say, what was asked weighs so much more, or it would be outvoted: over 192
choices of four by three rankers adherence fell by 1.4 points without, and rose by 0.2 with it, and
listeners prefer what is chosen as often (58.2 instead of 57.9 in 100)."""

SANE_BESIDE_TASTE = 2.0
"""And so much more weighs what is sound: pieces in a taste that all share are the least sound.
``docs/notebook.md`` has the figures."""

COPIED = (
    1.0
    + 2 * MOST_TASTE
    + SANE_BESIDE_TASTE * WEIGHTS["sanity"] * WORST
    + ASKED_BESIDE_TASTE * MOST * (sum(WEIGHTS.values()) - WEIGHTS["sanity"])
)
"""What copying adds: more than all else together can, so that no other gain outweighs it."""

Taste = Callable[[Score], float]
"""How much listeners will like a piece; higher is better, and only differences mean anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One piece that could be the answer; raises ValueError if it cannot be judged."""

    score: Score
    """On the grid, with at least a bar; before polish, as pieces of the corpus are."""
    copied_notes: int = 0
    """The longest run that it has in common with a piece of the corpus, in notes, >= 0."""
    allowed_notes: int = 0
    """How long such a run may be by chance, >= 0."""

    def __post_init__(self) -> None:
        if self.score.resolution != GRID or self.score.bars < 1:
            raise ValueError(
                f"a candidate has {GRID} ticks a quarter and at least one bar, not "
                f"{self.score.resolution} and {self.score.bars}"
            )
        if self.copied_notes < 0 or self.allowed_notes < 0:
            raise ValueError("copied and allowed notes are counted from 0")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its judgement."""

    candidate: Candidate
    index: int
    """Its place among the candidates as they were given, from 0."""
    penalty: float
    """The sum of the parts; the best candidate has the least."""
    parts: dict[str, float]
    """What each thing adds: ``asked.key``, ``sanity.standstill``, ``copied``, ``taste``."""


def choose(
    candidates: Sequence[Candidate], controls: Controls, taste: Taste | None = None
) -> list[Ranked]:
    """Return the candidates, best first; of equals the earlier one is first.

    ``controls``: what all of them were asked to be; what is None is not judged. ``taste`` compares
    the candidates with each other. A function of its arguments: no chance, no clock. Takes some
    20 ms a candidate.
    """
    tastes = _tastes(candidates, taste)
    ranked = [
        _judged(candidate, index, controls, {} if taste is None else {"taste": tastes[index]})
        for index, candidate in enumerate(candidates)
    ]
    return sorted(ranked, key=lambda found: found.penalty)


def _tastes(candidates: Sequence[Candidate], taste: Taste | None) -> list[float]:
    """Return what each candidate's taste adds: less than nothing where it beats their mean."""
    if taste is None or not candidates:
        return []
    values = [taste(candidate.score) for candidate in candidates]
    mean = sum(values) / len(values)
    return [min(MOST_TASTE, max(-MOST_TASTE, TASTE * (mean - value))) for value in values]


def _judged(
    candidate: Candidate, index: int, controls: Controls, taste: dict[str, float]
) -> Ranked:
    heed, care = (ASKED_BESIDE_TASTE, SANE_BESIDE_TASTE) if taste else (1.0, 1.0)
    parts = {
        f"asked.{name}": heed * WEIGHTS[name] * steps
        for name, steps in adherence(candidate.score, controls).items()
    }
    for name, points in sanity(candidate.score).items():
        parts[f"sanity.{name}"] = care * WEIGHTS["sanity"] * points
    excess = max(0, candidate.copied_notes - candidate.allowed_notes)
    # Of two that copy, the one that copies less is better, unless all else is against it.
    parts["copied"] = COPIED + excess if excess else 0.0
    parts |= taste
    return Ranked(candidate, index, sum(parts.values()), parts)
