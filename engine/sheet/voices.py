"""One or two voices on a staff: which notes form chords of one length, and which go beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from typing import NamedTuple

from engine.score.model import Note
from engine.score.units import GRID

_BEAM_WIDTH = 8
"""States kept from chord to chord; twice as many changed no page that was looked at."""

# Costs by eye. The unit: what it is worth not to open a second voice in a bar is three.
_OPEN_VOICE = 3.0
_LOWER_NOTE = 0.15
_LOST_TICK, _MOST_LOST = 0.11, 3 * GRID
_LENGTHENED_TICK = 0.03
_CROSSED = 2.5
_LOWER_ALONE = 1.0
_FREE = 2
"""Ticks that a note may be cut by the next for nothing: played legato."""


class Struck(NamedTuple):
    """A chord of one voice: where it begins, how long it would sound, its pitches ascending."""

    start: int
    end: int
    pitches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """The cheapest way to where the voices stand like this."""

    cost: float
    held: tuple[tuple[Note, ...], tuple[Note, ...]]
    """What each voice struck last: upper, lower."""
    opened: int
    """The bar up to which the lower voice is paid for."""
    before: _State | None
    taken: int
    """So many of the chord's lowest notes went to the lower voice."""


def two_voices(
    notes: Sequence[Note], bar_starts: Sequence[int], *, single: bool = False
) -> list[list[Struck]]:
    """Return the upper and the lower voice of a staff, each a row of chords.

    All notes are kept; a note is cut where its voice goes on, and a chord takes the longest of
    its notes. ``notes``: one of a pitch at a time, sorted by start. ``bar_starts`` ascend.
    ``single``: all in the upper voice, for instruments that sound one line.
    """
    groups = [
        sorted(group, key=lambda note: note.pitch)
        for _, group in groupby(notes, key=lambda note: note.start)
    ]
    states = [_State(0.0, ((), ()), -1, None, 0)]
    bar = 0
    nexts = [*(group[0].start for group in groups[1:]), inf]
    for group, following in zip(groups, nexts, strict=False):
        while bar + 1 < len(bar_starts) and bar_starts[bar + 1] <= group[0].start:
            bar += 1
        reached: dict[object, _State] = {}
        for state in states:
            for lower in range(1) if single else _options(state, group, following):
                after = _strike(state, group, lower, bar)
                same = reached.get((after.held, after.opened))
                if same is None or after.cost < same.cost:
                    reached[after.held, after.opened] = after
        states = sorted(reached.values(), key=lambda state: state.cost)[:_BEAM_WIDTH]
    return _rows(groups, states[0])


def _options(state: _State, group: list[Note], following: float) -> range:
    """Return how many of the lowest notes may go to the lower voice: none without a reason.

    ``following``: where the next chord begins. What neither overlaps it nor what came before,
    and is of one length, stays together.
    """
    start, length = group[0].start, group[0].duration
    alike = all(note.duration == length for note in group) and start + length <= following + _FREE
    ends = (note.start + note.duration for row in state.held for note in row)
    if alike and all(end <= start + _FREE for end in ends):
        return range(1)
    return range(len(group) + 1)


def _strike(state: _State, group: list[Note], lower: int, bar: int) -> _State:
    """Return the state after ``lower`` of the chord's notes went to the lower voice."""
    parts = (tuple(group[lower:]), tuple(group[:lower]))
    start = group[0].start
    cost = state.cost
    held = list(state.held)
    for voice, struck in enumerate(parts):
        if not struck:
            continue
        cost += sum(_lost(note, start) for note in held[voice])
        longest = max(note.duration for note in struck)
        cost += _LENGTHENED_TICK * sum(
            min(longest, _MOST_LOST) - min(note.duration, _MOST_LOST) for note in struck
        )
        held[voice] = struck
    sounding = [
        [note for note in notes if note.start + note.duration > start + _FREE] for notes in held
    ]
    if sounding[0] and sounding[1] and sounding[0][0].pitch <= sounding[1][-1].pitch:
        cost += _CROSSED
    if lower:
        cost += _LOWER_NOTE + (_OPEN_VOICE if bar > state.opened else 0.0)
        cost += 0.0 if sounding[0] else _LOWER_ALONE
    return _State(cost, (held[0], held[1]), bar if lower else state.opened, state, lower)


def _lost(note: Note, cut: int) -> float:
    """Return what it costs that a note ends at ``cut`` if it would sound longer."""
    lost = note.start + note.duration - cut
    return _LOST_TICK * min(lost, _MOST_LOST) if lost > _FREE else 0.0


def _rows(groups: Sequence[list[Note]], last: _State) -> list[list[Struck]]:
    """Follow the states back to the first and gather each voice's chords."""
    lowers: list[int] = []
    state: _State | None = last
    while state is not None and state.before is not None:
        lowers.append(state.taken)
        state = state.before
    rows: list[list[Struck]] = [[], []]
    for group, lower in zip(groups, reversed(lowers), strict=True):
        for row, struck in zip(rows, (group[lower:], group[:lower]), strict=True):
            if struck:
                start = struck[0].start
                end = start + max(note.duration for note in struck)
                row.append(Struck(start, end, tuple(note.pitch for note in struck)))
    return rows
