"""Measures how people who play along with a click leave the grid, in time and in loudness.

    .venv/bin/python -m tests.benchmarks.human_timing data/corpus/midi \
        --manifest ../shared/corpus/manifest.csv [--per-genre 200] [--seed 0]

Reads tracks as they stand in the files, sorts them into played, quantised and unusable ones, and
prints tables for a humaniser: timing, spread of chords, loudness, lengths, by role and by genre.
Only the training split is read where a manifest names the songs.

What is equal in all beats of a part (its median at each place of the beat) is reported as offset,
the rest is jitter; swing is neither. Velocities are held against the median of their place in the
bar. played_parts.py says what counts as played.

A figure is computed in each part and then summed up over parts: ``median (5 % .. 95 %) n``, so
that a long piece weighs as much as a short one. The files hold 96 ticks to the quarter: rounding
alone gives a deviation of 1.5 ms at 120 BPM.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.corpus.sources import split_of
from tests.benchmarks.played_parts import (
    KIT,
    LEAST_KIT_NOTES,
    LEAST_NOTES,
    QUARTER,
    Array,
    Part,
    by_key,
    drums_apart,
    parts_of,
    robust,
    tails,
)

Figures = dict[str, float]
LONGEST_CHORD_MS = 80.0
"""Wider than that, notes at one place are an arpeggio, a grace note or a roll."""


def correlation(a: Array, b: Array) -> float:
    """Return Pearson's correlation; NaN for fewer than 24 pairs or without variance."""
    if len(a) < 24 or a.std() == 0 or b.std() == 0:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])


def memory(values: Array, places: NDArray[np.int64]) -> Figures:
    """Return the correlation of events with the next one, a beat away at most, and later ones."""
    near = np.diff(places) <= QUARTER
    figures = {"lag 1": correlation(values[:-1][near], values[1:][near])}
    for quarters in (1, 2, 4, 8, 16):
        _, first, later = np.intersect1d(places + quarters * QUARTER, places, return_indices=True)
        figures[f"after {quarters} quarters"] = correlation(values[first], values[later])
    return figures


def events(ticks: NDArray[np.int64], values: Array) -> tuple[NDArray[np.int64], Array]:
    """Return the places that are played and the mean value at each."""
    places, index = np.unique(ticks, return_inverse=True)
    return places, np.bincount(index, weights=values) / np.bincount(index)


def between_bars(values: Array, bar: NDArray[np.int64]) -> float:
    """Return the share of the variance that whole bars have in common (one-way analysis)."""
    inside, sizes = np.unique(bar, return_inverse=True)[1], np.unique(bar, return_counts=True)[1]
    bars, notes = len(sizes), len(values)
    if bars < 4 or notes - bars < 8 or values.std() == 0:
        return np.nan
    means = np.bincount(inside, weights=values) / sizes
    within = ((values - means[inside]) ** 2).sum() / (notes - bars)
    among = (sizes * (means - values.mean()) ** 2).sum() / (bars - 1)
    size = (notes - (sizes**2).sum() / notes) / (bars - 1)
    return float((among - within) / (among + (size - 1) * within))


# Figures of one part -----------------------------------------------------------------------------


def timing(part: Part) -> Figures:
    """Offset and jitter in ms, its memory, and both by the place in the bar."""
    outside = 1.0 - float(part.inside.mean())
    part = part.keep(part.inside)
    if len(part.place) < LEAST_KIT_NOTES:
        return {}
    places, late = events(part.place, part.late_ms)
    first = np.unique(part.place, return_index=True)[1]
    cell, level = part.cell[first], part.level[first]
    jitter = late - by_key(late, cell)
    if robust(jitter) == 0.0:
        return {}  # a programmed drum in a kit that is played otherwise
    beat = level <= 1
    figures = {
        "offset": float(np.median(late[beat])) if beat.sum() >= 8 else np.nan,
        "deviation": float(jitter.std()),
        "robust": robust(jitter),
        "q05": float(np.quantile(jitter, 0.05)),
        "q95": float(np.quantile(jitter, 0.95)),
        "heavy tails": tails(jitter),
        "outside the window": outside,
        **memory(jitter, places),
        "bar share": between_bars(jitter, places // QUARTER // part.beats),
        "beat share": between_bars(jitter, places // QUARTER),
        "deviation, % of a beat": float(jitter.std() * part.qpm / 600),
    }
    for number, name in enumerate(("bar", "beat", "eighth", "sixteenth")):
        if (here := level == number).sum() >= 8 and beat.sum() >= 8:
            figures[f"{name} offset"] = float(np.median(late[here]) - np.median(late[beat]))
            figures[f"{name} robust"] = robust(late[here] - by_key(late[here], cell[here]))
    return figures


def swing(part: Part) -> Figures:
    """Where the second of two eighths lies between beats that are played: 50 even, 67 triplets.

    Counts beats with two onsets, whose second comes after the middle third begins, and that are
    followed by an onset at the next beat. Needs no click, so it holds for free playing, too.
    """
    onset = np.unique(part.start)
    onset = onset[np.diff(onset, prepend=-QUARTER) > QUARTER // 16]  # a chord counts once
    beat = (onset + QUARTER // 6 - part.shift) // QUARTER
    beats, first, count = np.unique(beat, return_index=True, return_counts=True)
    two = np.nonzero((count[:-1] == 2) & (np.diff(beats) == 1))[0]
    begin, between, end = onset[first[two]], onset[first[two] + 1], onset[first[two + 1]]
    early = [
        np.abs(o - part.shift - b * QUARTER)
        for o, b in ((begin, beats[two]), (end, beats[two + 1]))
    ]
    pairs = (np.maximum(*early) <= QUARTER // 6) & (end > begin)
    at = 100 * (between - begin)[pairs] / (end - begin)[pairs]
    kept = (at > 42) & (at < 72)  # earlier a triplet's second, later a dotted eighth's sixteenth
    if kept.sum() < 12:
        return {}
    late_ms = (begin - beats[two] * QUARTER)[pairs][kept] * 60000 / part.qpm / QUARTER
    return {
        "eighth at %": float(np.median(at[kept])),
        "robust": robust(at[kept]),
        "beat late, ms": float(np.median(late_ms)),
        "beat robust, ms": robust(late_ms),
    }


def chords(part: Part) -> Figures:
    """Spread of three notes and more at one place: ms, order, velocities. Not for drums."""
    if part.role in (*KIT, "other drums", "drums"):
        return {}
    spans, high_late, top, low, inside_ms, inside_velocity, wide = [], [], [], [], [], [], 0
    order = np.argsort(part.place, kind="stable")
    for one in np.split(order, np.nonzero(np.diff(part.place[order]))[0] + 1):
        one = one[np.argsort(part.pitch[one], kind="stable")]
        if len(np.unique(part.pitch[one])) < 3 or len(np.unique(part.pitch[one])) < len(one):
            continue
        late, velocity = part.late_ms[one], part.velocity[one]
        if np.ptp(late) > LONGEST_CHORD_MS:
            wide += 1
            continue
        spans.append(np.ptp(late))
        high_late.append(late[-1] - late[0])
        top.append(velocity[-1] - velocity[:-1].mean())
        low.append(velocity[0] - velocity[1:].mean())
        inside_ms.append(late.var(ddof=1))
        inside_velocity.append(velocity.var(ddof=1))
    if len(spans) < 12:
        return {}
    live = len(np.unique(part.velocity)) >= 8 and np.mean(np.array(inside_velocity) > 0) > 0.5
    order_ms = np.array(high_late)
    return {
        "span": float(np.median(spans)),
        "span q90": float(np.quantile(spans, 0.9)),
        "note deviation": sqrt(np.mean(inside_ms)),
        "high minus low": float(order_ms.mean()),
        "low first": float(np.mean(order_ms > 0)),
        "high first": float(np.mean(order_ms < 0)),
        "wide share": wide / (wide + len(spans)),
        "top velocity": float(np.median(top)) if live else np.nan,
        "low velocity": float(np.median(low)) if live else np.nan,
        "velocity in chord": sqrt(np.mean(inside_velocity)) if live else np.nan,
    }


def loudness(part: Part) -> Figures:
    """Velocities around their median at each place of the bar, and those medians."""
    if len(part.velocity) < LEAST_KIT_NOTES or len(np.unique(part.velocity)) < 8:
        return {}
    drums = part.role in (*KIT, "other drums")
    velocity = part.velocity.copy()
    slope = 0.0
    if not drums and np.ptp(part.pitch) > 0:
        slope = float(np.polyfit(part.pitch, velocity, 1)[0])
        velocity -= slope * (part.pitch - part.pitch.mean())
    in_bar = part.place % (part.beats * QUARTER)
    rest = velocity - by_key(velocity, in_bar, least=4)
    known = ~np.isnan(rest)
    if known.sum() < LEAST_KIT_NOTES:
        return {}
    places, mean = events(part.place[known], rest[known])
    figures = {
        "mean": float(part.velocity.mean()),
        "whole deviation": float(part.velocity.std()),
        "deviation": float(rest[known].std()),
        "robust": robust(rest[known]),
        "q05": float(np.quantile(rest[known], 0.05)),
        "q95": float(np.quantile(rest[known], 0.95)),
        **memory(mean, places),
        "bar share": between_bars(mean, places // QUARTER // part.beats),
        "slope an octave": np.nan if drums else 12 * slope,
    }
    level = part.level
    back = (part.cell == 0) & np.isin(part.place // QUARTER % part.beats, (1, 3))
    if part.role == "snare" and back.sum() >= 8:
        full = float(np.median(velocity[back]))
        figures["backbeat"] = full
        figures["backbeat robust"] = robust(velocity[back])
        figures["ghost share"] = float(np.mean(velocity < 0.5 * full))
        if (ghost := velocity[velocity < 0.5 * full]).size >= 8:
            figures["ghost"] = float(np.median(ghost))
            figures["ghost robust"] = robust(ghost)
    for number, name in enumerate(("bar", "beat", "eighth", "sixteenth")):
        if (level == number).sum() >= 8:
            figures[name] = float(velocity[level == number].mean() - velocity.mean())
    beat = part.place // QUARTER % part.beats
    for number in range(4 if part.beats == 4 else 0):
        if (here := (part.cell == 0) & (beat == number)).sum() >= 4:
            figures[f"beat {number + 1}"] = float(velocity[here].mean() - velocity.mean())
    return figures


def phrases(part: Part) -> Figures:
    """How far the thirds of a phrase differ in loudness, and by chance; its shape in fifths.

    A phrase ends where the next onset is two quarters away; it has 8 notes at least.
    """
    if part.role != "melody" or len(np.unique(part.velocity)) < 8:
        return {}
    ends = np.nonzero(np.diff(part.start) >= 2 * QUARTER)[0] + 1
    rng = np.random.default_rng(len(part.start))
    ranges, chance, shapes = [], [], []
    for velocity in np.split(part.velocity, ends):
        if len(velocity) >= 8:
            ranges.append(np.ptp([third.mean() for third in np.array_split(velocity, 3)]))
            mixed = np.array_split(rng.permutation(velocity), 3)
            chance.append(np.ptp([third.mean() for third in mixed]))
            fifths = [fifth.mean() for fifth in np.array_split(velocity, 5)]
            shapes.append(np.array(fifths) - velocity.mean())
    if len(ranges) < 4:
        return {}
    shape = {f"fifth {n + 1}": float(v) for n, v in enumerate(np.mean(shapes, axis=0))}
    return {
        "range of thirds": float(np.mean(ranges)),
        "by chance": float(np.mean(chance)),
        "range, largest tenth": float(np.quantile(ranges, 0.9)),
        **shape,
    }


def lengths(part: Part) -> Figures:
    """Duration over the distance to the next onset, up to a half note away."""
    if part.role in (*KIT, "other drums", "drums"):
        return {}
    places, longest = np.unique(part.place), None
    after = np.searchsorted(places, part.place, side="right")
    has_next = after < len(places)
    gap = np.where(has_next, places[np.minimum(after, len(places) - 1)] - part.place, 0)
    near = has_next & (gap <= 2 * QUARTER) & (gap >= QUARTER // 4)
    ratio = part.duration[near] / gap[near]
    if near.sum() < LEAST_NOTES:
        return {}
    figures = {f"q{q}": float(np.quantile(ratio, q / 100)) for q in (5, 25, 50, 75, 95)}
    for name, shortest, longest in (
        ("sixteenths", 18, 30),
        ("eighths", 40, 56),
        ("quarters", 84, 108),
        ("halves", 168, 192),
    ):
        here = (gap[near] >= shortest) & (gap[near] <= longest)
        if here.sum() >= 12:
            figures[name] = float(np.median(ratio[here]))
    return figures


def together(one: Part, other: Part) -> Figures:
    """Two players on the beats that both play: who is later in ms, and do they move together."""
    a, b = (p.keep((p.cell == 0) & p.inside) for p in (one, other))
    (at_a, late_a), (at_b, late_b) = events(a.place, a.late_ms), events(b.place, b.late_ms)
    _, in_a, in_b = np.intersect1d(at_a, at_b, return_indices=True)
    if len(in_a) < 16:
        return {}
    late_a, late_b = late_a[in_a], late_b[in_b]
    apart = late_a - late_b
    return {
        "later by": float(np.median(apart)),
        "apart": robust(apart),
        "correlation": correlation(late_a, late_b),
    }


# The tables --------------------------------------------------------------------------------------

Table = dict[str, list[Figures]]

TEMPI = (100, 160, 220)
EVEN = 54.0
"""Percent; the eighths of a straight part are said to be even up to here."""
MEASURES: dict[str, Callable[[Part], Figures]] = {
    "timing": timing,
    "chords": chords,
    "loudness": loudness,
    "phrases": phrases,
    "lengths": lengths,
}
BY_GENRE = {
    "timing by genre": ("offset", "deviation", "robust", "q05", "q95", "lag 1"),
    "chords by genre": ("span", "note deviation", "high minus low", "top velocity"),
    "loudness by genre": ("deviation", "robust", "lag 1", "bar", "eighth", "sixteenth"),
    "lengths by genre": ("q25", "q50", "q75"),
}


def show(title: str, table: Table, names: Iterable[str] = (), least: int = 5) -> None:
    """Print a line a group: number of parts, then median (5 % .. 95 % of parts) of each figure."""
    print(f"\n## {title}")
    for group, rows in sorted(table.items()):
        if len(rows) < least:
            continue
        print(f"{group} ({len(rows)} parts)")
        for name in names or dict.fromkeys(name for row in rows for name in row):
            values = np.array([row.get(name, np.nan) for row in rows])
            values = values[~np.isnan(values)]
            if len(values) >= least:
                low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
                mad = np.median(np.abs(values - middle))
                print(
                    f"    {name:24}{middle:8.2f}  ({low:7.2f} ..{high:7.2f})"
                    f"  MAD {mad:6.2f}  n {len(values)}"
                )


def chosen(
    folder: Path, manifest: Path | None, per_genre: int, seed: int
) -> list[tuple[Path, str, str]]:
    """Return files with source and genre, so many a genre; the training split, if it is known."""
    rows: dict[str, dict[str, str]] = {}
    if manifest is not None:
        with manifest.open(newline="", encoding="utf-8") as lines:
            rows = {row["path"]: row for row in csv.DictReader(lines)}
    groups: dict[tuple[str, str], list[tuple[Path, str, str]]] = defaultdict(list)
    for path in sorted(folder.rglob("*.mid")):
        row = rows.get(path.relative_to(folder).as_posix(), {})
        if not row or split_of(row["song"]) == "train":
            source, genre = row.get("source", "unknown"), row.get("genre", path.parent.name)
            groups[source, genre].append((path, source, genre))
    rng = random.Random(seed)
    return [
        one for group in groups.values() for one in rng.sample(group, min(per_genre, len(group)))
    ]


def main() -> None:
    """Sort, measure, print."""
    parser = argparse.ArgumentParser(description="how people who play with a click leave the grid")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--per-genre", type=int, default=200, help="files of a source and genre")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    files = chosen(options.folder, options.manifest, options.per_genre, options.seed)
    if not files:
        sys.exit(f"no MIDI files in {options.folder}")
    grids: dict[str, Counter[str]] = defaultdict(Counter)
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    tables: dict[str, Table] = defaultdict(lambda: defaultdict(list))

    def add(table: str, group: str, figures: Figures) -> None:
        if figures:
            tables[table][group].append(figures)

    for path, source, genre in files:
        played, drummed = [], []
        for sort, part in parts_of(path, source, genre):
            kinds[source][sort] += 1
            kinds[f"  {part.role}"][sort] += 1
            where = source if source in ("groove", "wjazzd") else "songs"
            tempo = str(np.searchsorted(TEMPI, part.qpm))
            if sort in ("played", "free", "quantised"):
                keys = KIT["hat"] + KIT["ride"]
                time = part.keep(np.isin(part.pitch, keys)) if part.role == "drums" else part
                if even := swing(time):
                    swung = "even" if even["eighth at %"] <= EVEN else "swung"
                    kinds_known = where if where == "wjazzd" else f"{where}, {sort}"
                    add("swing", f"{part.family}, {kinds_known}, tempo {tempo}, {swung}", even)
            if part.role == "drums" and sort in ("played", "quantised"):
                drummed.append((sort, part))
            if sort == "played":
                played.append(part)
                grids[f"{part.family}, {where}"][part.grid.name] += 1
                split = [part, *drums_apart(part)] if part.role == "drums" else [part]
                for one in split:
                    for name, measure in MEASURES.items():
                        figures = measure(one)
                        add(name, f"{one.role}, {where}", figures)
                        add(f"{name} by genre", f"{one.role}, {one.family}, {where}", figures)
                for number, one in enumerate(split[1:]):
                    for other in split[number + 2 :]:
                        pair = f"{one.role} after {other.role}, {where}"
                        add("limbs together", pair, together(one, other))
            elif source.startswith("pop909"):
                # Pianists played these; their onsets were moved to the grid afterwards.
                for name in ("loudness", "phrases", "chords"):
                    add(f"{name}, timing quantised", f"{part.role}, pop909", MEASURES[name](part))
        for part in played:
            for sort, drums in drummed:
                if drums is not part and part.role != "drums":
                    add(
                        "players together", f"{part.role} after {sort} drums", together(part, drums)
                    )
    print(f"{len(files)} files")
    sorts = ("played", "mixed", "quantised", "free", "mapped", "short")
    print(f"{'parts':26}" + "".join(f"{sort:>11}" for sort in sorts))
    for source, counts in sorted(kinds.items()):
        print(f"{source:26}" + "".join(f"{counts[sort]:>11}" for sort in sorts))
    print("\ngrid of the played parts")
    for group, counts in sorted(grids.items()):
        print(f"{group:26}" + ", ".join(f"{name} {n}" for name, n in counts.most_common()))
    print(f"\nswing by tempo: 0 below {TEMPI[0]} BPM, 1 below {TEMPI[1]}, 2 below {TEMPI[2]}, 3")
    for name, table in tables.items():
        show(name, table, BY_GENRE.get(name, ()))


if __name__ == "__main__":
    main()
