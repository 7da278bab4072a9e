"""What each instrument does, from its lowest to its highest note."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from engine.score.model import DRUMS, Score
from engine.score.programs import program_name
from engine.score.roles import Role, roles_of
from engine.score.theory import PITCH_NAMES


class Part(NamedTuple):
    """One instrument of a piece."""

    program: int
    """General MIDI from 0, or DRUMS."""
    name: str
    role: Role
    lowest: int | None
    highest: int | None
    """MIDI pitches; None for the drum kit, whose keys are no pitches."""
    notes: int
    bars: int
    """In how many bars it begins a note."""
    share: float
    """The same as a share of all bars, 0 to 1."""


def parts_of(score: Score) -> tuple[Part, ...]:
    """Return the instruments: who has the tune first, the drums last."""
    roles = roles_of(score)
    lines = [bar.start for bar in score.iter_bars()]
    found = [_part(score, program, role, lines) for program, role in roles.items()]
    order: dict[Role, int] = {
        "melody": 0, "counter": 1, "chords": 2, "pad": 3, "bass": 4, "drums": 5,
    }  # fmt: skip
    return tuple(sorted(found, key=lambda part: (order[part.role], part.program)))


def _part(score: Score, program: int, role: Role, lines: list[int]) -> Part:
    notes = [note for note in score.notes if note.program == program]
    pitches = [note.pitch for note in notes]
    bars = len({bisect_right(lines, note.start) for note in notes})
    return Part(
        program=program,
        name=program_name(program),
        role=role,
        lowest=None if program == DRUMS else min(pitches),
        highest=None if program == DRUMS else max(pitches),
        notes=len(notes),
        bars=bars,
        share=bars / max(1, score.bars),
    )


def note_name(pitch: int) -> str:
    """Return a MIDI pitch as a note with its octave; 60 is C4, middle C."""
    return f"{PITCH_NAMES[pitch % 12]}{pitch // 12 - 1}"
