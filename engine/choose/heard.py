"""A score as the measures of sanity hear it: its notes by bar and by part, worked out once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score.harmony import with_chords
from engine.score.measures import note_columns, piano_roll
from engine.score.model import DRUMS, Chord, Score


@dataclass(frozen=True, slots=True)
class Part:
    """The notes of one program, onset by onset. ``O`` onsets, at least one."""

    program: int
    onsets: NDArray[np.int64]
    """Ticks at which notes begin, each once, ascending. (O,)"""
    top: NDArray[np.int64]
    """The highest pitch that begins on each onset. (O,)"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard of a score within its bars. ``B`` bars, ``T`` ticks."""

    lines: NDArray[np.int64]
    """Ticks of the bar lines, the last one included. (B + 1,)"""
    onsets: NDArray[np.int64]
    """Ticks at which anything begins, drums too, each once, ascending."""
    roll: NDArray[np.bool_]
    """Whether a pitch sounds, drums left out. (128, T)"""
    chords: tuple[Chord, ...]
    """The harmony by ear, whatever the score says: so the corpus was labelled, too."""
    parts: tuple[Part, ...]
    """By program, the drums last."""

    @property
    def bars(self) -> int:
        """How many bars there are."""
        return len(self.lines) - 1

    @property
    def pitched(self) -> tuple[Part, ...]:
        """The parts but the drums."""
        return tuple(part for part in self.parts if part.program != DRUMS)

    def bar_of(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return in which bar each tick lies, from 0."""
        return np.asarray(np.searchsorted(self.lines, ticks, side="right") - 1)


def listen(score: Score) -> Heard:
    """Return what is heard of a score of a bar or more; beyond its last bar line nothing is."""
    lines = np.array([bar.start for bar in score.iter_bars()] + [score.bars_end])
    counts = piano_roll(score)
    columns = note_columns(score)
    notes = columns[columns[:, 0] < lines[-1]]
    return Heard(
        lines=lines,
        onsets=np.unique(notes[:, 0]),
        roll=counts > 0,
        chords=with_chords(score, counts).chords,
        parts=tuple(_part(notes, int(program)) for program in np.unique(notes[:, 1])),
    )


def _part(notes: NDArray[np.int64], program: int) -> Part:
    own = notes[notes[:, 1] == program]
    onsets, first = np.unique(own[:, 0], return_index=True)
    return Part(program, onsets, np.maximum.reduceat(own[:, 2], first))
