"""Exact edits of finished notes: all that an edit does not concern stays as it is.

The one door for changing notes that are there. What needs new notes is written by
``engine.compose``; deeper edits (other bars, another melody) are further kinds of ``Edit``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import RequestError
from engine.polish.ranges import range_of
from engine.request.revision import Edit, SetTempo, Swap, Transpose
from engine.score.model import DRUMS, Note, Score
from engine.score.overlaps import without_overlaps

_MOST = 0.5
"""A part of which more than this share leaves its instrument's range moves as a whole."""


def edited(score: Score, edits: Sequence[Edit]) -> Score:
    """Return the score with the edits made in order; its chords no longer hold and are left out.

    Notes of other programs keep pitch, start, duration, velocity and program. Raises RequestError
    if no note is left, or if a swap meets an instrument that plays already.
    """
    for edit in edits:
        score = _made(score, edit)
    if not score.notes:
        raise RequestError("no note is left; keep at least one instrument that plays")
    return replace(score, chords=())


def _made(score: Score, edit: Edit) -> Score:
    if isinstance(edit, SetTempo):
        return _at_tempo(score, edit.bpm)
    if isinstance(edit, Transpose):
        return _transposed(score, edit.semitones)
    if isinstance(edit, Swap):
        return _swapped(score, edit.old, edit.new)
    return replace(score, notes=tuple(n for n in score.notes if n.program != edit.program))


def _at_tempo(score: Score, bpm: float) -> Score:
    """Return the score begun at a tempo; later tempi keep their proportion to the first."""
    first = score.tempos[0].bpm
    return replace(score, tempos=tuple(t._replace(bpm=bpm * (t.bpm / first)) for t in score.tempos))


def _transposed(score: Score, semitones: int) -> Score:
    parts = {program: _part(score, program) for program in score.programs}
    for program, part in parts.items():
        if program != DRUMS and semitones:
            parts[program] = _within(score, part, program, semitones)
    return _joined(score, parts)


def _swapped(score: Score, old: int, new: int) -> Score:
    parts = {program: _part(score, program) for program in score.programs}
    if new in parts and old in parts and new != old:
        raise RequestError("an instrument that plays already cannot take another's part")
    part = parts.pop(old, ())
    taken = tuple(note._replace(program=new) for note in part)
    return _joined(score, {**parts, new: _within(score, taken, new, 0)} if part else parts)


def _part(score: Score, program: int) -> tuple[Note, ...]:
    return tuple(note for note in score.notes if note.program == program)


def _joined(score: Score, parts: dict[int, tuple[Note, ...]]) -> Score:
    return replace(score, notes=tuple(sorted(note for part in parts.values() for note in part)))


def _within(score: Score, part: tuple[Note, ...], program: int, semitones: int) -> tuple[Note, ...]:
    """Return a part moved by semitones, and by octaves where its instrument would be left.

    If most of it would leave the range, all of it moves by the same octaves, so that its lines
    stay whole; single notes fold. Two that so fall on one pitch become one, as on a string.
    """
    low, high = range_of(program)
    moved = [note.pitch + semitones for note in part]
    shift = _octaves(moved, low, high)
    pitches = [_folded(pitch + shift, low, high) for pitch in moved]
    notes = sorted(n._replace(pitch=p) for n, p in zip(part, pitches, strict=True))
    if [p + semitones for p in (note.pitch for note in part)] == pitches:
        return tuple(notes)
    return without_overlaps(replace(score, notes=tuple(notes), chords=())).notes


def _octaves(pitches: Sequence[int], low: int, high: int) -> int:
    """Return the octaves, in semitones, by which a part comes into range; 0 if most of it is."""

    def outside(shift: int) -> int:
        return sum(not low <= pitch + shift <= high for pitch in pitches)

    if outside(0) <= _MOST * len(pitches):
        return 0
    return min(range(-96, 97, 12), key=lambda shift: (outside(shift), abs(shift)))


def _folded(pitch: int, low: int, high: int) -> int:
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch
