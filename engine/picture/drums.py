"""The pieces of a drum kit, gathered in lanes as a drummer reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.score.model import Note


class Lane(NamedTuple):
    """Percussion keys that share a line of the picture."""

    name: str
    """Short enough for the margin."""
    keys: frozenset[int]
    """General MIDI percussion keys; the lanes hold each of 0-127 once."""


_KIT = (
    Lane("cym", frozenset({49, 51, 52, 53, 55, 57, 59})),
    Lane("hat", frozenset({42, 44, 46})),
    Lane("toms", frozenset({41, 43, 45, 47, 48, 50})),
    Lane("snare", frozenset({37, 38, 39, 40})),
    Lane("kick", frozenset({35, 36})),
)

LANES: tuple[Lane, ...] = (
    Lane("perc", frozenset(range(128)).difference(*(lane.keys for lane in _KIT))),
    *_KIT,
)
"""What hands shake and strike on top, then cymbals down to the kick."""


def lanes_of(drums: Iterable[Note]) -> tuple[Lane, ...]:
    """Return the lanes that have something to show, in their order."""
    played = {note.pitch for note in drums}
    return tuple(lane for lane in LANES if lane.keys & played)
