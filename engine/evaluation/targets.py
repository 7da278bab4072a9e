"""What a model is held to, in one table, and whether it got there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from engine.evaluation.bootstrap import Interval


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the table."""

    key: str
    """What ``summary`` calls the figure."""
    name: str
    bound: float
    at_least: bool
    """Whether the bound is to be reached; else it is not to be passed."""
    digits: int
    per_cent: bool = False

    def met(self, value: float) -> bool:
        """Return whether a figure meets the target; the bound itself does."""
        return value >= self.bound if self.at_least else value <= self.bound

    def show(self, value: float) -> str:
        """Return a figure as it is printed."""
        return f"{100 * value:.{self.digits}f} %" if self.per_cent else f"{value:.{self.digits}f}"

    @property
    def wanted(self) -> str:
        """The target in signs: ``≥ 90 %``."""
        sign = "≥" if self.at_least else "≤"
        bound = f"{100 * self.bound:g} %" if self.per_cent else f"{self.bound:g}"
        return f"{sign} {bound}"


TARGETS = (
    Target("decodes", "legal and every note valid", 1.0, True, 1, per_cent=True),
    Target("exact", "tempo, meter, bars, instruments as asked", 1.0, True, 1, per_cent=True),
    Target("key", "key as asked, by music21's Krumhansl", 0.9, True, 1, per_cent=True),
    Target("density", "density, correlation with the asked", 0.9, True, 3),
    Target("polyphony", "polyphony, correlation with the asked", 0.85, True, 3),
    Target("genre", "genre, share of the judge's ceiling", 0.8, True, 1, per_cent=True),
    Target("arousal", "arousal, share of the judge's ceiling", 0.9, True, 1, per_cent=True),
    Target("valence", "valence, share of the judge's ceiling", 0.8, True, 1, per_cent=True),
    Target("pitch_class_entropy", "pitch-class entropy, gap to human, bits", 0.08, False, 3),
    Target("scale_consistency", "scale consistency, gap to human, points", 0.9, False, 2),
    Target("groove_consistency", "groove consistency, gap to human, points", 0.5, False, 2),
    Target("copied_run", "copied run, share of the usual human one", 1.0, False, 1, per_cent=True),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and what was obtained; None where it was not measured."""

    key: str
    name: str
    target: str
    obtained: Interval | None
    shown: str
    met: bool | None


def verdicts(obtained: Mapping[str, Interval]) -> tuple[Verdict, ...]:
    """Return the whole table; figures that are missing or nan were not measured."""
    rows = []
    for target in TARGETS:
        found = obtained.get(target.key)
        if found is None or isnan(found.value):
            rows.append(Verdict(target.key, target.name, target.wanted, None, "not measured", None))
            continue
        shown, met = target.show(found.value), target.met(found.value)
        rows.append(Verdict(target.key, target.name, target.wanted, found, shown, met))
    return tuple(rows)


def as_text(rows: tuple[Verdict, ...]) -> str:
    """Return the table as lines for a terminal: name, target, obtained, interval, met or not."""
    lines = []
    for target, row in zip(TARGETS, rows, strict=True):
        between = ""
        if row.obtained is not None and not isnan(row.obtained.low):
            between = f"{target.show(row.obtained.low)} to {target.show(row.obtained.high)}"
        met = {True: "met", False: "NOT MET", None: ""}[row.met]
        lines.append(f"{row.name:42} {row.target:>8} {row.shown:>13}  {between:20} {met}".rstrip())
    return "\n".join(lines)
