"""How far a piece lies outside of what people write, measure by measure.

The scale comes from the corpus: ``tests/benchmarks/sanity_quantiles.py`` took every measure of
400 excerpts of 16 bars, one a piece, of the training split, nothing arranged by a program, the
genres drawn as the trainer draws them. Every other excerpt ends its piece, and those alone say
how pieces end. Within the middle half of the excerpts nothing is wrong.

The weights are those of a logistic regression (weights >= 0, L1) that tells human excerpts from
pieces of the first shipped model and from human excerpts that were ruined on purpose, rounded.
A measure that it gave nothing is not here: docs/notebook.md tells which. ``longest_rest`` gets
next to nothing and stays, because whoever asked for an instrument wants to hear it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import log

from engine.choose.harmony import bass_on_roots, chord_count, clashes
from engine.choose.heard import Heard, listen
from engine.choose.texture import (
    groove,
    longest_rest,
    repeats,
    settling,
    together,
    unevenness,
)
from engine.score.model import Score

MOST = 3.0
"""Points that one measure can give at most, so that no single one decides."""

_NARROWEST = 0.25
"""A tail of the scale is at least this share of the span from 5 to 95 %, however steep it is."""


class Worse(Enum):
    """On which side of the human middle a figure is wrong."""

    LOW = "low"
    HIGH = "high"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Standard:
    """A measure, what people's music has of it, and what it weighs."""

    measure: Callable[[Heard], float | None]
    quantiles: tuple[float, float, float, float, float]
    """Of human excerpts: 5, 25, 50, 75 and 95 %."""
    worse: Worse
    weight: float
    of_ending: bool = False
    """Whether only excerpts that end their piece were measured."""


STANDARDS: dict[str, Standard] = {
    "settling": Standard(
        settling, (0.000, 0.000, 0.200, 0.634, 1.222), Worse.HIGH, 1.1, of_ending=True
    ),
    "clashes": Standard(clashes, (0.000, 0.008, 0.043, 0.115, 0.328), Worse.HIGH, 1.1),
    "repeats": Standard(repeats, (0.037, 0.147, 0.286, 0.428, 0.635), Worse.HIGH, 1.0),
    "groove": Standard(groove, (0.291, 0.492, 0.633, 0.746, 0.915), Worse.EITHER, 0.5),
    "chord_count": Standard(chord_count, (0.188, 0.312, 0.438, 0.562, 0.875), Worse.EITHER, 0.5),
    "together": Standard(together, (0.210, 0.428, 0.589, 0.767, 0.993), Worse.EITHER, 0.4),
    "longest_rest": Standard(longest_rest, (0.000, 0.125, 0.500, 0.812, 0.938), Worse.HIGH, 0.3),
    "bass_on_roots": Standard(bass_on_roots, (0.338, 0.500, 0.650, 0.832, 0.987), Worse.LOW, 0.3),
    "unevenness": Standard(unevenness, (0.012, 0.138, 0.272, 0.383, 0.671), Worse.EITHER, 0.3),
}
"""Every measure of sanity by name."""

WORST = MOST * sum(standard.weight for standard in STANDARDS.values())
"""More than this all measures together cannot give."""


def sanity(score: Score) -> dict[str, float]:
    """Return the weighted points by measure, 0 for what people write, in the order of STANDARDS.

    ``score`` has a bar or more. A measure that does not apply (harmony without pitches, one part
    alone) gives 0; a score in which nothing begins gives the most everywhere.
    """
    heard = listen(score)
    return {
        name: standard.weight
        * (points(standard.measure(heard), standard) if len(heard.onsets) else MOST)
        for name, standard in STANDARDS.items()
    }


def points(value: float | None, standard: Standard) -> float:
    """Return how far a figure lies outside of the human middle half, 0 to MOST.

    0 between the quantiles 25 and 75 %, 1 at 5 or 95 %, in proportion between; beyond x = 1 it
    grows as 1 + ln x, as steep at first and ever gentler.
    """
    if value is None:
        return 0.0
    low_end, low, _, high, high_end = standard.quantiles
    narrowest = _NARROWEST * (high_end - low_end)
    beyond = 0.0
    if standard.worse is not Worse.HIGH:
        beyond = max(beyond, (low - value) / max(low - low_end, narrowest))
    if standard.worse is not Worse.LOW:
        beyond = max(beyond, (value - high) / max(high_end - high, narrowest))
    return min(MOST, beyond if beyond <= 1.0 else 1.0 + log(beyond))
