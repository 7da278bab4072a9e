"""Sixteen bars that are sound, and what can be done to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.score.model import DRUMS, Note, Score
from engine.score.units import GRID
from tests.engine.score.pieces import BASS, HAT, KICK, PIANO, SNARE, STRINGS, chord, hits, piece

BAR = 4 * GRID
BARS = 16

_ROOTS = (0, 9, 5, 7, 0, 9, 2, 7)
_TRIADS = {0: (60, 64, 67), 9: (57, 60, 64), 5: (57, 60, 65), 7: (55, 59, 62), 2: (57, 62, 65)}
_TUNE = ((72, 74, 76, 79), (76, 74, 72, 69), (69, 72, 77, 76), (74, 71, 74, 79))
_ANSWER = ((72, 76, 79, 76), (81, 79, 76, 72), (74, 77, 81, 77), (79, 77, 74, 71))


def song() -> Score:
    """Return sixteen bars in C: a tune in quarters over chords, bass and drums, closing on C."""
    notes: list[Note] = []
    for bar in range(BARS):
        start, last = bar * BAR, bar == BARS - 1
        root = 0 if last else _ROOTS[bar % 8]
        tune = (*_TUNE, *_ANSWER)[bar % 8]
        if last:
            notes += [Note(start, STRINGS, 72, BAR, 84)]
        else:
            notes += [
                Note(start + i * GRID, STRINGS, pitch, GRID, 84) for i, pitch in enumerate(tune)
            ]
        notes += chord(start, _TRIADS[root], BAR, PIANO)
        notes += [Note(start, BASS, 36 + root - 12 * (root > 6), 2 * GRID, 92)]
        notes += [Note(start + 2 * GRID, BASS, 36 + root - 12 * (root > 6), 2 * GRID, 92)]
        notes += hits((start,), KICK)
        if not last:
            notes += hits((start + 2 * GRID,), SNARE)
            notes += hits(range(start, start + BAR, GRID), HAT)
    return piece(notes, bars=BARS)


def changed(score: Score, change: Callable[[Note], Note | None]) -> Score:
    """Return the score with every note changed, or left out where None."""
    notes = [new for note in score.notes if (new := change(note)) is not None]
    return replace(score, notes=tuple(sorted(notes)))


def without(score: Score, program: int) -> Score:
    """Return the score without an instrument."""
    return changed(score, lambda note: None if note.program == program else note)


def moved(score: Score, program: int, semitones: int) -> Score:
    """Return the score with one instrument transposed."""
    return changed(
        score,
        lambda note: (
            note._replace(pitch=note.pitch + semitones) if note.program == program else note
        ),
    )


def looped(score: Score, bar: int = 0) -> Score:
    """Return the score with one of its bars in place of all of them."""
    own = [note for note in score.notes if bar * BAR <= note.start < (bar + 1) * BAR]
    notes = [
        note._replace(start=note.start + (place - bar) * BAR)
        for place in range(score.bars)
        for note in own
    ]
    return replace(score, notes=tuple(sorted(notes)))


def on_one_note(score: Score, program: int, pitch: int) -> Score:
    """Return the score with one instrument on one pitch all through."""
    return changed(
        score, lambda note: note._replace(pitch=pitch) if note.program == program else note
    )


def silent_from(score: Score, bar: int) -> Score:
    """Return the score with nothing beginning from a bar on."""
    return changed(score, lambda note: note if note.start < bar * BAR else None)


def doubled(score: Score, program: int, by: int) -> Score:
    """Return the score with the notes of one instrument played by another as well."""
    own = [note._replace(program=by) for note in score.notes if note.program == program]
    return replace(score, notes=tuple(sorted({*score.notes, *own})))


def pitched(score: Score) -> list[Note]:
    """Return the notes that are not the drums'."""
    return [note for note in score.notes if note.program != DRUMS]
