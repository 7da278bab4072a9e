"""How a piece repeats itself: likeness of its bars, exact repeats, empty bars, pitches hammered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import nan

import numpy as np
from numpy.typing import NDArray

from engine.score.model import DRUMS, Note, Score

LAGS = 15
"""Likeness is told for bars 1 to so many apart."""

_KINDS = 12 + 128
"""Pitch classes, then keys of the drum kit."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """Of one piece; shares are 0 to 1, nan where there is nothing to compare."""

    by_lag: tuple[float, ...]
    """Mean likeness of bars 1, 2 ... LAGS apart."""
    all_pairs: float
    """Mean likeness of any two bars."""
    repeated_bars: float
    """Share of the bars with notes that are an earlier one again, loudness aside."""
    empty_bars: float
    """Share of the bars in which nothing sounds."""
    runs: tuple[tuple[int, int], ...]
    """(program, its longest run), drums left out: see ``longest_run``."""

    @property
    def longest_run(self) -> float:
        """The longest run of any instrument; nan for drums alone."""
        return float(max((run for _, run in self.runs), default=nan))


def repetition(score: Score) -> Repetition:
    """Return the figures of a score; notes that begin behind its last bar line do not count."""
    bars = notes_by_bar(score)
    alike = similarity(bars)
    programs = [program for program in score.programs if program != DRUMS]
    return Repetition(
        by_lag=tuple(_mean(np.diagonal(alike, lag)) for lag in range(1, LAGS + 1)),
        all_pairs=_mean(alike[np.triu_indices(len(bars), 1)]),
        repeated_bars=_repeated(bars),
        empty_bars=_empty(score),
        runs=tuple((program, longest_run(score, program)) for program in programs),
    )


def notes_by_bar(score: Score) -> list[list[Note]]:
    """Return the notes that begin in each bar, their starts counted from its line."""
    lines = [bar.start for bar in score.iter_bars()]
    end = score.bars_end
    bars: list[list[Note]] = [[] for _ in lines]
    places = np.searchsorted(lines, [note.start for note in score.notes], side="right") - 1
    for note, bar in zip(score.notes, places.tolist(), strict=True):
        if note.start < end:
            bars[bar].append(note._replace(start=note.start - lines[bar]))
    return bars


def similarity(bars: Sequence[Sequence[Note]]) -> NDArray[np.float64]:
    """Return how alike any two bars are, 0 to 1, nan beside an empty one. (bars, bars)

    Jaccard's index of their sets of (onset in the bar, pitch class), or for drums
    (onset, key): what both have over what either has.
    """
    held = [
        {n.start * _KINDS + (12 + n.pitch if n.program == DRUMS else n.pitch % 12) for n in bar}
        for bar in bars
    ]
    column = {event: index for index, event in enumerate(sorted(set().union(*held)))}
    table = np.zeros((len(bars), len(column)))  # (bars, events)
    for row, events in enumerate(held):
        table[row, [column[event] for event in events]] = 1.0
    shared = table @ table.T
    sizes = table.sum(axis=1)
    either = sizes[:, None] + sizes[None, :] - shared
    alike = shared / np.maximum(either, 1)
    silent = sizes == 0
    alike[silent, :] = alike[:, silent] = nan
    return np.asarray(alike)


def longest_run(score: Score, program: int) -> int:
    """Return how many onsets in a row an instrument strikes one and the same single pitch."""
    own = [note for note in score.notes if note.program == program]
    struck = [tuple(n.pitch for n in group) for _, group in groupby(own, lambda n: n.start)]
    runs = [len(list(group)) if len(pitches) == 1 else 0 for pitches, group in groupby(struck)]
    return max(runs, default=0)


def _repeated(bars: Sequence[Sequence[Note]]) -> float:
    seen: set[frozenset[tuple[int, int, int, int]]] = set()
    again = full = 0
    for bar in bars:
        content = frozenset((n.start, n.program, n.pitch, n.duration) for n in bar)
        if content:
            full += 1
            again += content in seen
            seen.add(content)
    return again / full if full else nan


def _empty(score: Score) -> float:
    sounding = np.zeros(score.bars_end + 1, dtype=np.int64)
    for start, _, _, duration, _ in score.notes:
        if start < score.bars_end:
            sounding[start] += 1
            sounding[min(start + duration, score.bars_end)] -= 1
    heard = np.cumsum(sounding)[:-1] > 0
    silent = [not heard[bar.start : bar.end].any() for bar in score.iter_bars()]
    return sum(silent) / len(silent) if silent else nan


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else nan
