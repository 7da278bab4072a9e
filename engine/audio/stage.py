"""Where the instruments of General MIDI sit on the stage, and how much room is around them.

One row a family of eight programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.score.model import DRUMS


class Seat(NamedTuple):
    """The seat of a family of instruments."""

    family: str
    pan: float
    """Left -1 ... right 1, as an audience sees a band or an orchestra."""
    reverb: int
    """0-127: how much of it goes to the room."""
    chorus: int
    """0-127."""


SEATS: tuple[Seat, ...] = (
    Seat("piano", -0.12, 68, 0),
    Seat("bells", 0.41, 88, 0),
    Seat("organ", -0.31, 75, 16),
    Seat("guitar", 0.44, 51, 8),
    Seat("bass", 0, 14, 0),
    Seat("strings", -0.47, 95, 0),
    Seat("ensemble", -0.34, 102, 10),
    Seat("brass", 0.34, 78, 0),
    Seat("reed", -0.22, 68, 0),
    Seat("pipe", 0.22, 88, 0),
    Seat("synth lead", 0.12, 61, 20),
    Seat("synth pad", -0.09, 102, 28),
    Seat("synth effects", 0.28, 102, 24),
    Seat("world", 0.47, 68, 0),
    Seat("percussion", -0.41, 68, 0),
    Seat("sound effects", 0.31, 68, 0),
)
"""In the order of General MIDI: program p sits in row p // 8."""

DRUM_SEAT = Seat("drums", 0, 37, 0)
"""The drum kit's own row; the soundfont pans its pieces itself."""

ELECTRIC_PIANO_CHORUS = 36
"""An electric piano has a chorus built in; the programs 4 and 5 share a row with the grand."""


def seat_of(program: int) -> Seat:
    """Return the seat of a General MIDI program (0-127) or of DRUMS."""
    if program == DRUMS:
        return DRUM_SEAT
    seat = SEATS[program // 8]
    return seat._replace(chorus=ELECTRIC_PIANO_CHORUS) if program in (4, 5) else seat


def pans_of(programs: Sequence[int]) -> dict[int, float]:
    """Place each program: a lone one in the middle, two of a family on opposite sides."""
    if sum(program != DRUMS for program in programs) == 1:
        return dict.fromkeys(programs, 0.0)
    seen: dict[str, int] = {}
    pans: dict[int, float] = {}
    for program in programs:
        seat = seat_of(program)
        nth = seen.get(seat.family, 0)
        seen[seat.family] = nth + 1
        pans[program] = seat.pan if nth % 2 == 0 else -seat.pan
    return pans
