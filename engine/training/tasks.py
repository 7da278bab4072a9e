"""What an example asks for: a piece from nothing, or what is missing in one that is given.

Every task is one stream: controls of what is to be written, the given bars behind a mark, then
what is written behind another (``tokens/spec.py`` names the marks):

    compose    controls Within bars
    continue   controls Past bars | Fill bars
    infill     controls Past bars | Future bars | Fill bars End
    add        controls Source bars without a part | Target the same bars, that part alone, End

Given bars and written ones each begin with meter and tempo. In infill what is written counts
down to its own end; in add both count down together, so that each bar finds its fellow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import density_level
from engine.score.units import GRID
from engine.tokens import vocab
from engine.tokens.control import Controls
from engine.tokens.spec import COUNTDOWN, Family
from engine.training.excerpts import (
    FAMILY_CODE,
    FAMILY_OF,
    Corpus,
    Excerpt,
    body,
    controls_of,
    without_lonely_positions,
)

_NOTE_FAMILIES = [
    FAMILY_CODE[family]
    for family in (Family.PROGRAM, Family.PITCH, Family.DRUM, Family.VELOCITY, Family.DURATION)
]


@dataclass(frozen=True, slots=True)
class Task:
    """Given parts, each behind its mark, then what is to be written behind the last mark."""

    controls: Controls
    """Of what is to be written."""
    parts: tuple[tuple[int, NDArray[np.int64]], ...]
    """A mark and the bars behind it; the first mark ends the prefix."""


def infill(corpus: Corpus, excerpt: Excerpt, gap: tuple[int, int]) -> Task:
    """Return the task to write the bars of ``gap``, given those of the excerpt around it.

    ``gap``: first bar and one past the last, over the whole corpus, inside the excerpt and not
    at its beginning.
    """
    past, fill, future = (
        replace(excerpt, first=first, last=last)
        for first, last in ((excerpt.first, gap[0]), gap, (gap[1], excerpt.last))
    )
    written = _counted(_open_end(body(corpus, fill)), ends=True)
    return Task(
        controls_of(corpus, fill, written),
        (
            (vocab.ID["Past"], body(corpus, past)),
            (vocab.ID["Future"], _open_end(body(corpus, future))),
            (vocab.ID["Fill"], written),
        ),
    )


def go_on(corpus: Corpus, excerpt: Excerpt, line: int) -> Task:
    """Return the task to write the excerpt's bars from ``line`` on, given those before."""
    past, rest = replace(excerpt, last=line), replace(excerpt, first=line)
    written = body(corpus, rest)
    return Task(
        controls_of(corpus, rest, written),
        ((vocab.ID["Past"], body(corpus, past)), (vocab.ID["Fill"], written)),
    )


def add_part(corpus: Corpus, excerpt: Excerpt, program: int) -> Task:
    """Return the task to write the part of ``program``, given all the others.

    The controls tell the new part: its program and density; polyphony is left open.
    """
    whole = _open_end(body(corpus, excerpt))
    source = _counted(_only(whole, program, keep=False), ends=False)
    alone = _only(_bare(corpus, excerpt), program, keep=True)
    controls = controls_of(corpus, excerpt, whole)
    quarters = int(corpus.bar_length[excerpt.first : excerpt.last].sum()) / GRID
    onsets = int((FAMILY_OF[alone] == FAMILY_CODE[Family.POSITION]).sum())
    controls = replace(
        controls, programs=(program,), density=density_level(onsets / quarters), polyphony=None
    )
    return Task(
        controls,
        ((vocab.ID["Source"], source), (vocab.ID["Target"], _counted(alone, ends=True))),
    )


def programs_in(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the programs that play, ascending."""
    return (
        np.unique(ids[FAMILY_OF[ids] == FAMILY_CODE[Family.PROGRAM]]) - vocab.FIRST[Family.PROGRAM]
    )


def _bare(corpus: Corpus, excerpt: Excerpt) -> NDArray[np.int64]:
    return _open_end(body(corpus, replace(excerpt, chords=False, levels=False)))


def _open_end(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bars without the End that may stand behind them."""
    return ids[:-1] if ids[-1] == vocab.END else ids


def _counted(ids: NDArray[np.int64], *, ends: bool) -> NDArray[np.int64]:
    """Return the bars counted down to their own end, and End behind them if it ``ends``."""
    lines = np.flatnonzero(FAMILY_OF[ids] == FAMILY_CODE[Family.BAR])
    remaining = np.arange(len(lines) - 1, -1, -1)
    ids = ids.copy()
    ids[lines] = np.where(
        remaining < COUNTDOWN, vocab.FIRST[Family.BAR] + remaining, vocab.BAR_OPEN
    )
    return np.append(ids, vocab.END) if ends else ids


def _only(ids: NDArray[np.int64], program: int, *, keep: bool) -> NDArray[np.int64]:
    """Return the bars with this program alone, or with all but it."""
    family = FAMILY_OF[ids]
    places = np.arange(len(ids))
    said = np.maximum.accumulate(np.where(family == FAMILY_CODE[Family.PROGRAM], places, -1))
    own = ids[np.maximum(said, 0)] == vocab.FIRST[Family.PROGRAM] + program
    ids = ids[~np.isin(family, _NOTE_FAMILIES) | (own == keep)]
    return without_lonely_positions(_said_once(ids))


def _said_once(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bars without a Program that the one before it in the bar says already."""
    family = FAMILY_OF[ids]
    places = np.flatnonzero(
        (family == FAMILY_CODE[Family.PROGRAM]) | (family == FAMILY_CODE[Family.BAR])
    )
    again = places[1:][ids[places[1:]] == ids[places[:-1]]]
    again = again[family[again] == FAMILY_CODE[Family.PROGRAM]]
    return np.delete(ids, again)
