"""Notes outside an instrument's range, moved into it by octaves."""

from __future__ import annotations

from dataclasses import replace

from engine.score.model import DRUMS, Note, Score

# Lowest and highest sounding pitch by blocks of General MIDI programs: (first program, low,
# high). Ranges of orchestration handbooks, and never beyond where FluidR3_GM falls silent.
_RANGES: tuple[tuple[int, int, int], ...] = (
    (0, 21, 108), (6, 29, 89), (8, 60, 108), (9, 72, 108), (10, 48, 96), (11, 53, 89),
    (12, 36, 96), (13, 60, 108), (14, 48, 84), (15, 48, 84), (16, 24, 96), (21, 41, 89),
    (22, 48, 91), (23, 41, 89), (24, 40, 84), (32, 28, 64), (38, 24, 67), (40, 55, 93),
    (41, 48, 91), (42, 36, 81), (43, 28, 57), (44, 28, 96), (46, 24, 103), (47, 36, 60),
    (48, 28, 96), (52, 40, 84), (56, 52, 86), (57, 34, 77), (58, 26, 65), (59, 52, 86),
    (60, 34, 79), (61, 34, 86), (64, 54, 88), (65, 49, 84), (66, 42, 78), (67, 36, 72),
    (68, 58, 93), (69, 52, 84), (70, 34, 77), (71, 50, 94), (72, 74, 108), (73, 59, 98),
    (74, 60, 96), (80, 24, 108), (88, 24, 100), (96, 24, 108), (104, 40, 88), (105, 45, 88),
    (106, 45, 88), (107, 43, 91), (108, 48, 96), (109, 48, 84), (110, 55, 93), (111, 48, 88),
    (112, 24, 108),
)  # fmt: skip


def range_of(program: int) -> tuple[int, int]:
    """Return the lowest and highest pitch that an instrument plays; all for drums."""
    if program == DRUMS:
        return 0, 127
    return next((low, high) for first, low, high in reversed(_RANGES) if program >= first)


def into_range(score: Score) -> Score:
    """Return the score with every pitched note moved by octaves into its instrument's range."""
    ranges = {program: range_of(program) for program in score.programs}

    def folded(note: Note) -> Note:
        low, high = ranges[note.program]
        pitch = note.pitch
        while pitch < low:
            pitch += 12
        while pitch > high:
            pitch -= 12
        return note if pitch == note.pitch else note._replace(pitch=pitch)

    return replace(score, notes=tuple(sorted(folded(note) for note in score.notes)))
