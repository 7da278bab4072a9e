"""From the pieces' figures to the report: shares, correlations, gaps, with how sure they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.adherence import Adherence, Texture, adherence
from engine.evaluation.bootstrap import Gap, Interval, bootstrap, mean_of, paired_gap
from engine.evaluation.foreign_key import FINDERS, RELATIONS, relation
from engine.evaluation.measured import Judges, Measured
from engine.evaluation.repetition import LAGS
from engine.evaluation.targets import Verdict, verdicts

STATISTICS = ("pitch_class_entropy", "scale_consistency", "groove_consistency")
CHECKS = ("decodes", "tempo", "meter", "bars", "instruments")
COPIED_QUANTILE = 0.99
"""The longest copied run of so many pieces is compared: one in a hundred may be a famous tune."""

SHOWN_LAGS = (1, 2, 4, 8)
OVERALL = "all"
"""Stands among the genres for all of them."""


@dataclass(frozen=True, slots=True)
class Results:
    """Figures of every piece, by set; see ``orders``. ``human`` and ``matched`` are pairs."""

    human: Sequence[Measured]
    matched: Sequence[Measured]
    asked: Sequence[Measured]
    plain: Sequence[Measured]
    """Empty where nothing judges genre or mood."""
    seeds: Sequence[Measured]
    """Pieces of the diversity set."""
    between_seeds: Sequence[float]
    """How distinct each group of the diversity set is; see ``distinct_between``."""
    between_humans: Sequence[float]
    """The same of as many human excerpts of one genre."""

    def generated(self) -> dict[str, Sequence[Measured]]:
        """Return the sets that the model wrote, by name."""
        named = {"matched": self.matched, "asked": self.asked, "plain": self.plain}
        return {name: pieces for name, pieces in (named | {"seeds": self.seeds}).items() if pieces}


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """How found keys lie to the asked ones; for human pieces, to our own label."""

    pieces: int
    same: Interval
    relations: dict[str, float]
    """Shares by RELATIONS, as the first finder hears."""
    by_finder: dict[str, float]
    """Share of the same key by each of FINDERS."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How often a judge heard in a set of pieces what was asked; None if not measured."""

    genre: Interval | None
    valence: Interval | None
    arousal: Interval | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that an evaluation found; ``to_json`` keeps it."""

    model: str
    seed: int
    pieces: dict[str, int]
    """How many of each set."""
    targets: tuple[Verdict, ...]
    exactness: dict[str, dict[str, float]]
    """Shares by set and check."""
    key: dict[str, KeyFigures]
    """By set, ``human`` among them."""
    adherence: Adherence
    statistics: dict[str, dict[str, Gap]]
    """By genre, OVERALL first, and statistic."""
    repetition: dict[str, Gap]
    likeness: dict[str, list[float]]
    """Mean likeness of bars 1, 2 ... apart, of ``generated`` and ``human``."""
    diversity: dict[str, dict[str, Interval]]
    """``within`` a piece and ``between`` pieces, of ``generated`` and ``human``."""
    judged: dict[str, Judged]
    """By set."""
    confusion: dict[str, dict[str, int]]
    """Asked genre to heard genres, on the plain requests; empty if not measured."""
    ceilings: dict[str, float | None]
    copied: dict[str, Interval]
    """Copied run at COPIED_QUANTILE by set, in notes; empty if not measured."""
    values: dict[str, dict[str, list[float]]]
    """Every piece's statistics, by statistic and side, for histograms."""
    textures: list[Texture]
    """The requests' levels and what came of them, for scatter plots."""

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values; what is unknown is null."""
        plain: dict[str, Any] = _without_nan(asdict(self))
        return plain


def summarise(results: Results, *, model: str, seed: int, judges: Judges) -> Report:
    """Return the report of one evaluation; a function of its arguments."""
    rng = np.random.default_rng(seed)
    generated = results.generated()
    textures = [_texture(piece) for piece in results.asked if _has_levels(piece)]
    heard = {name: _judged(pieces, judges, rng) for name, pieces in generated.items()}
    key = {
        name: _key(pieces, rng) for name, pieces in [("human", results.human), *generated.items()]
    }
    levels = adherence(textures, rng)
    statistics = _statistics(results, rng)
    copied = _copied({"human": results.human, **generated}, judges, rng)
    report = Report(
        model=model,
        seed=seed,
        pieces={"human": len(results.human), **{k: len(v) for k, v in generated.items()}},
        targets=(),
        exactness={name: _exactness(pieces) for name, pieces in generated.items()},
        key=key,
        adherence=levels,
        statistics=statistics,
        repetition=_repetition(results, rng),
        likeness={
            "generated": _likeness(results.matched),
            "human": _likeness(results.human),
        },
        diversity=_diversity(results, rng),
        judged=heard,
        confusion=_confusion(results.plain),
        ceilings={
            "genre": judges.genre_ceiling,
            "valence": judges.valence_ceiling,
            "arousal": judges.arousal_ceiling,
        },
        copied=copied,
        values=_values(results),
        textures=textures,
    )
    return _with_targets(report, results, judges)


def _with_targets(report: Report, results: Results, judges: Judges) -> Report:
    checks = [p.exactness for pieces in results.generated().values() for p in pieces]
    known = [check for check in checks if check is not None]
    obtained = {
        "decodes": _certain([check.decodes for check in known]),
        "exact": _certain([check.as_asked for check in known]),
        "density": report.adherence.density,
        "polyphony": report.adherence.polyphony,
    }
    if "asked" in report.key:
        obtained["key"] = report.key["asked"].same
    for name in STATISTICS:
        obtained[name] = _size(report.statistics[OVERALL][name].gap)
    plain = report.judged.get("plain")
    for name, ceiling in report.ceilings.items():
        share = getattr(plain, name, None)
        if share is not None and ceiling:
            obtained[name] = _scaled(share, 1 / ceiling)
    if report.copied:
        baseline = judges.copied_baseline or report.copied["human"].value
        runs = report.copied.get("asked")
        if runs is not None and baseline > 0:
            obtained["copied_run"] = _scaled(runs, 1 / baseline)
    filled = {name: getattr(report, name) for name in Report.__slots__}
    return Report(**{**filled, "targets": verdicts(obtained)})


def _exactness(pieces: Sequence[Measured]) -> dict[str, float]:
    known = [piece.exactness for piece in pieces if piece.exactness is not None]
    return {name: _share([getattr(check, name) for check in known]) for name in CHECKS}


def _key(pieces: Sequence[Measured], rng: np.random.Generator) -> KeyFigures:
    """Count the pieces of which a key was asked and in which one is heard."""
    pairs = [(p.asked.key, p.keys) for p in pieces if p.asked.key is not None and p.keys]
    found = Counter(relation(asked, keys[0]) for asked, keys in pairs)
    return KeyFigures(
        pieces=len(pairs),
        same=mean_of([float(asked == keys[0]) for asked, keys in pairs], rng),
        relations={name: found[name] / len(pairs) if pairs else nan for name in RELATIONS},
        by_finder={
            finder: _share([asked == keys[place] for asked, keys in pairs])
            for place, finder in enumerate(FINDERS)
        },
    )


def _has_levels(piece: Measured) -> bool:
    return piece.asked.density is not None and piece.asked.polyphony is not None


def _texture(piece: Measured) -> Texture:
    assert piece.asked.density is not None
    assert piece.asked.polyphony is not None
    return Texture(piece.asked.density, piece.asked.polyphony, piece.density, piece.polyphony)


def _statistics(results: Results, rng: np.random.Generator) -> dict[str, dict[str, Gap]]:
    pairs = list(zip(results.matched, results.human, strict=True))
    genres = sorted({human.asked.genre for _, human in pairs if human.asked.genre is not None})
    groups = {OVERALL: pairs} | {
        genre: [pair for pair in pairs if pair[1].asked.genre == genre] for genre in genres
    }
    return {
        group: {
            name: paired_gap(
                [getattr(ours.statistics, name) for ours, _ in members],
                [getattr(theirs.statistics, name) for _, theirs in members],
                rng,
            )
            for name in STATISTICS
        }
        for group, members in groups.items()
    }


def _repetition(results: Results, rng: np.random.Generator) -> dict[str, Gap]:
    figures: dict[str, Callable[[Measured], float]] = {
        **{f"likeness_lag_{lag}": _likeness_at(lag) for lag in SHOWN_LAGS},
        "likeness_all_pairs": lambda piece: piece.repetition.all_pairs,
        "repeated_bars": lambda piece: piece.repetition.repeated_bars,
        "empty_bars": lambda piece: piece.repetition.empty_bars,
        "longest_run": lambda piece: piece.repetition.longest_run,
        "mean_run": _mean_run,
    }
    return {
        name: paired_gap(
            [figure(piece) for piece in results.matched],
            [figure(piece) for piece in results.human],
            rng,
        )
        for name, figure in figures.items()
    }


def _likeness_at(lag: int) -> Callable[[Measured], float]:
    return lambda piece: piece.repetition.by_lag[lag - 1]


def _mean_run(piece: Measured) -> float:
    """Return the mean over the instruments of the longest run of each; nan for drums alone."""
    runs = [run for _, run in piece.repetition.runs]
    return sum(runs) / len(runs) if runs else nan


def _likeness(pieces: Sequence[Measured]) -> list[float]:
    columns = [[piece.repetition.by_lag[place] for piece in pieces] for place in range(LAGS)]
    known = [[value for value in column if not isnan(value)] for column in columns]
    return [sum(column) / len(column) if column else nan for column in known]


def _diversity(results: Results, rng: np.random.Generator) -> dict[str, dict[str, Interval]]:
    return {
        "within": {
            "generated": mean_of([piece.distinct for piece in results.matched], rng),
            "human": mean_of([piece.distinct for piece in results.human], rng),
        },
        "between": {
            "generated": mean_of(results.between_seeds, rng),
            "human": mean_of(results.between_humans, rng),
        },
    }


def _judged(pieces: Sequence[Measured], judges: Judges, rng: np.random.Generator) -> Judged:
    genres = [
        float(piece.heard_genre == piece.asked.genre)
        for piece in pieces
        if piece.heard_genre is not None and judges.knows(piece.asked.genre)
    ]
    moods = [(p.mood, p.heard_mood) for p in pieces if p.mood and p.heard_mood]
    return Judged(
        genre=mean_of(genres, rng) if genres else None,
        valence=mean_of([float(a.valence == h.valence) for a, h in moods], rng) if moods else None,
        arousal=mean_of([float(a.arousal == h.arousal) for a, h in moods], rng) if moods else None,
    )


def _confusion(pieces: Sequence[Measured]) -> dict[str, dict[str, int]]:
    table: dict[str, Counter[str]] = {}
    for piece in pieces:
        if piece.asked.genre is not None and piece.heard_genre is not None:
            table.setdefault(piece.asked.genre, Counter())[piece.heard_genre] += 1
    return {asked: dict(table[asked]) for asked in sorted(table)}


def _copied(
    sets: Mapping[str, Sequence[Measured]], judges: Judges, rng: np.random.Generator
) -> dict[str, Interval]:
    if judges.copied_run is None:
        return {}
    return {
        name: bootstrap(np.array([piece.copied_run for piece in pieces]), _high, rng)
        for name, pieces in sets.items()
    }


def _high(resamples: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.quantile(resamples, COPIED_QUANTILE, axis=1))


def _values(results: Results) -> dict[str, dict[str, list[float]]]:
    sides = {"generated": results.matched, "human": results.human}
    return {
        name: {
            side: [value for piece in pieces if not isnan(value := getattr(piece.statistics, name))]
            for side, pieces in sides.items()
        }
        for name in STATISTICS
    }


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else nan


def _certain(answers: Sequence[bool]) -> Interval:
    """Return a share that is counted rather than estimated: there is nothing to resample."""
    return Interval(_share(answers), nan, nan)


def _scaled(interval: Interval, factor: float) -> Interval:
    return Interval(interval.value * factor, interval.low * factor, interval.high * factor)


def _size(gap: Interval) -> Interval:
    """Return how large a gap is whatever its sign; an interval across 0 reaches down to 0."""
    ends = sorted((abs(gap.low), abs(gap.high)))
    low = 0.0 if gap.low <= 0 <= gap.high else ends[0]
    return Interval(abs(gap.value), low, ends[1])


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return None if isnan(value) else round(value, 6)
    if isinstance(value, Mapping):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return value
