"""Parts that people played along with a click, as tracks of MIDI files against their best grid.

A track is held against the grid that fits it best: sixteenths, triplets, eighths or sixteenths
with swing, so that swing is a place and not an error. A residual is onset minus nearest place,
positive when late; farther than WINDOW it is another figure (a triplet, a grace note), not
jitter. Bars that return to the tick are loops and are counted once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import erf, sqrt
from pathlib import Path

import numpy as np
import symusic
from numpy.typing import NDArray

Array = NDArray[np.float64]

QUARTER = 96
"""Ticks to the quarter of the corpus; other files are resampled to it."""
WINDOW = 12
"""Ticks, half a sixteenth: the farthest a residual can be from a straight sixteenth."""
PEAKED = 1.3
FLAT = -0.8
"""Excess kurtosis; equal chances between two bounds have -1.2, a bell curve 0."""
LEAST_NOTES = 32
LEAST_KIT_NOTES = 16
"""For one drum of a kit whose grid the whole kit has found."""
KIT = {
    "kick": (35, 36),
    "snare": (38, 40),
    "hat": (22, 26, 42, 44, 46),  # 22 and 26 are the edges of a Roland hi-hat
    "ride": (51, 53, 59),
}
FAMILIES = {
    "jazz": "jazz drums_jazz drums_neworleans",
    "rock": "rock metal punk progrock rocknroll drums_rock drums_punk",
    "funk": "soul_funk drums_funk drums_soul",
    "hiphop": "hiphop drums_hiphop",
    "classical": "classical",
    "latin": "latin drums_latin drums_afrocuban",
    "country": "country drums_country folk",
    "pop": "pop drums_pop pop_ballad easy_listening holiday",
}
FAMILY = {genre: family for family, genres in FAMILIES.items() for genre in genres.split()}


@dataclass(frozen=True, slots=True)
class Grid:
    """Places of the beat in ticks, with the nearest place and the residual of every phase."""

    name: str
    places: tuple[int, ...]
    cell: NDArray[np.int64]
    """Index of the nearest place; 0 is the beat. (96,)"""
    residual: NDArray[np.int64]
    """Phase minus nearest place. (96,)"""

    @classmethod
    def of(cls, name: str, *places: int) -> Grid:
        """Return the grid of these places, the first of them 0."""
        phase = np.arange(QUARTER)
        away = phase[:, None] - np.array([*places, QUARTER])[None]  # (96, places + 1)
        nearest = np.abs(away).argmin(axis=1)
        return cls(name, places, nearest % len(places), away[phase, nearest])


GRIDS = (
    Grid.of("sixteenths", 0, 24, 48, 72),
    Grid.of("triplets", 0, 32, 64),
    *(Grid.of("eighths", 0, late) for late in range(46, 73)),
    *(Grid.of("swung sixteenths", 0, 24 + late, 48, 72 + late) for late in (2, 4, 6, 8)),
)
SHIFTS = tuple(sorted(range(-8, 9), key=abs))
"""Ticks; 42 ms at 120 BPM. Ordered so that of equals the smallest wins."""
AWAY = np.stack([np.abs(g.residual) / np.abs(g.residual).mean() for g in GRIDS], axis=1)
"""Distance from the grid, 1 on average. (96, grids)"""


@dataclass(frozen=True, slots=True)
class Part:
    """One track, or one drum of a kit, against its grid. Arrays run over notes, sorted by time."""

    source: str
    family: str
    role: str
    grid: Grid
    beats: int
    """Quarters to the bar."""
    qpm: float
    shift: int
    """Ticks by which the part is late as a whole."""
    place: NDArray[np.int64]
    """Ticks of the nearest place of the grid."""
    late_ms: Array
    cell: NDArray[np.int64]
    pitch: NDArray[np.int64]
    velocity: Array
    start: NDArray[np.int64]
    duration: NDArray[np.int64]

    def keep(self, which: NDArray[np.bool_], role: str = "") -> Part:
        """Return the part with these notes alone."""
        arrays = ("place", "late_ms", "cell", "pitch", "velocity", "start", "duration")
        kept = {name: getattr(self, name)[which] for name in arrays}
        return replace(self, role=role or self.role, **kept)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether a note belongs to its place rather than between two. (notes,)"""
        return np.abs(self.start - self.place - self.shift) <= WINDOW

    @property
    def level(self) -> NDArray[np.int64]:
        """0 first beat of the bar, 1 other beat, 2 eighth between, 3 others. (notes,)"""
        on_beat = np.where(self.place // QUARTER % self.beats == 0, 0, 1)
        off = np.where(self.cell * 2 == len(self.grid.places), 2, 3)  # triplets have no middle
        return np.where(self.cell == 0, on_beat, off)


def robust(values: Array) -> float:
    """Return the deviation of a bell curve with the same middle half."""
    return float(np.subtract(*np.quantile(values, (0.75, 0.25))) / 1.349)


def tails(values: Array) -> float:
    """Return the excess kurtosis: 0 for a bell curve, above it for rare large values."""
    return float(((values - values.mean()) ** 4).mean() / values.var() ** 2 - 3)


def by_key(values: Array, key: NDArray[np.int64], least: int = 1) -> Array:
    """Return for each value the median of those with its key; NaN where there are too few."""
    found = np.full(len(values), np.nan)
    for one in np.unique(key):
        if (inside := key == one).sum() >= least:
            found[inside] = np.median(values[inside])
    return found


def tracks(path: Path) -> tuple[list[tuple[bool, int, dict[str, NDArray[np.int64]]]], int, Array]:
    """Return (is drums, program, notes) of each track, quarters to the bar, and tempi. (changes, 2)

    No tracks come back from a file whose bars are not whole quarters or change.
    """
    score = symusic.Score(path)
    if score.tpq != QUARTER:
        score = score.resample(QUARTER)
    meters = {(m.numerator, m.denominator) for m in score.time_signatures} or {(4, 4)}
    if len(meters) > 1 or meters.isdisjoint({(2, 4), (3, 4), (4, 4)}):
        return [], 0, np.zeros((0, 2))
    found, seen = [], set()
    for track in score.tracks:
        notes = track.notes.numpy()
        order = np.lexsort((notes["pitch"], notes["time"]))
        notes = {name: values[order].astype(np.int64) for name, values in notes.items()}
        # The same track often stands twice, to be heard with two sounds.
        if notes["time"].tobytes() not in seen:
            found.append((track.is_drum, track.program, notes))
        seen.add(notes["time"].tobytes())
    tempi = np.array([(t.time, t.qpm) for t in score.tempos] or [(0, 120.0)], dtype=float)
    return found, meters.pop()[0], tempi


def unlooped(notes: dict[str, NDArray[np.int64]], beats: int) -> NDArray[np.bool_]:
    """Return which notes stand in bars that are not an exact repeat of an earlier one. (notes,)"""
    bar = notes["time"] // (beats * QUARTER)
    keep = np.ones(len(bar), dtype=bool)
    seen = set()
    for number in np.unique(bar):
        inside = bar == number
        ticks = notes["time"][inside] - number * beats * QUARTER
        key = (ticks.tobytes(), notes["pitch"][inside].tobytes())
        keep[inside] = key not in seen
        seen.add(key)
    return keep


def best_grid(phase: NDArray[np.int64]) -> tuple[Grid, int, float]:
    """Return the grid and the shift in ticks that fit best, and how well: 1 all, 0 as by chance.

    The shift is a player's, or his instrument's, constant lead or delay.
    """
    counts = np.bincount(phase, minlength=QUARTER)
    shifted = np.stack([np.roll(counts, -shift) for shift in SHIFTS])  # (shifts, 96)
    near = 1.0 - shifted @ AWAY / len(phase)  # (shifts, grids)
    shift, grid = np.unravel_index(near.argmax(), near.shape)
    return GRIDS[grid], SHIFTS[shift], float(near.max())


def kind(part: Part, phase: NDArray[np.int64], near: float, tempo_changes: int) -> str:
    """Return played, quantised, mixed, free, mapped or short.

    Mixed: half quantised, or spread as evenly as a sequencer's random function does it. Mapped:
    the tempo follows the player, so residuals mean nothing. Free: onsets do not gather at the
    grid.
    """
    if len(phase) < LEAST_NOTES:
        return "short"
    if (tempo_changes - 1) * 4 > part.place[-1] / QUARTER:
        return "mapped"
    at_mode = sum(np.bincount(phase[part.cell == c]).max() for c in np.unique(part.cell))
    at_mode /= len(phase)
    if at_mode > 0.6:
        return "quantised"
    if near < 0.4 or part.inside.mean() < 0.8:
        return "free"
    jitter = (part.start - part.place)[part.inside].astype(float)
    deviation = robust(jitter - by_key(jitter, part.cell[part.inside]))
    if deviation == 0.0:
        return "mixed"
    # A bell curve of this width has so many in its middle tick, give or take their root; many
    # more is half quantised. Of the drums known to be played (groove), this turns down few.
    middle = len(jitter) * erf(0.5 / deviation / sqrt(2))
    jitter -= by_key(jitter, part.cell[part.inside])
    ticks = np.rint(jitter).astype(np.int64)
    if np.bincount(ticks - ticks.min()).max() > PEAKED * middle + 2.5 * sqrt(middle):
        return "mixed"
    if tails(jitter) < FLAT:
        return "mixed"
    return "played" if deviation * 60000 / part.qpm / QUARTER > 3.0 else "mixed"


def role_of(drums: bool, program: int, part: Part) -> str:
    """Return drums, bass, chords, melody (one note at a time) or two hands."""
    if drums:
        return "drums"
    sizes = np.unique(part.place, return_counts=True)[1]
    if 32 <= program < 40 or (np.mean(sizes == 1) > 0.9 and np.median(part.pitch) < 45):
        return "bass"
    if np.mean(sizes == 1) > 0.9:
        return "melody"
    return "chords" if np.mean(sizes >= 3) > 0.3 else "two hands"


def parts_of(path: Path, source: str, genre: str) -> Iterable[tuple[str, Part]]:
    """Yield the tracks of a file as parts, each with its kind."""
    found, beats, tempi = tracks(path)
    for drums, program, notes in found:
        if len(notes["time"]) < LEAST_NOTES:
            continue
        kept = unlooped(notes, beats)
        phase = notes["time"] % QUARTER
        grid, shift, near = best_grid(phase)
        unshifted = (phase - shift) % QUARTER
        residual = grid.residual[unshifted] + shift
        qpm = tempi[np.searchsorted(tempi[:, 0], notes["time"], side="right") - 1, 1]
        part = Part(
            source=source,
            family=FAMILY.get(genre, "other"),
            role="",
            grid=grid,
            beats=beats,
            qpm=float(np.median(qpm)),
            shift=shift,
            place=notes["time"] - residual,
            late_ms=residual * 60000.0 / qpm / QUARTER,
            cell=grid.cell[unshifted],
            pitch=notes["pitch"],
            velocity=notes["velocity"].astype(float),
            start=notes["time"],
            duration=notes["duration"],
        )
        part = replace(part, role=role_of(drums, program, part)).keep(kept)
        yield kind(part, phase[kept], near, len(tempi)), part


def drums_apart(part: Part) -> list[Part]:
    """Return the kit as kick, snare, hat, ride and others, where they play enough."""
    named = [np.isin(part.pitch, keys) for keys in KIT.values()]
    groups = zip([*KIT, "other drums"], [*named, ~np.any(named, axis=0)], strict=True)
    return [part.keep(which, name) for name, which in groups if which.sum() >= LEAST_KIT_NOTES]
