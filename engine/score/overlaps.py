"""One string sounds once: a note ends where the same pitch of the same instrument begins anew."""

from __future__ import annotations

from dataclasses import replace

from engine.score.model import Note, Score


def without_overlaps(score: Score) -> Score:
    """Return the score with no pitch sounding twice at once in one instrument.

    Two that begin together become the longer and louder one. MIDI cannot tell such notes
    apart, so a file would give them other lengths.
    """
    notes: list[Note] = []
    latest: dict[tuple[int, int], int] = {}
    for note in score.notes:
        part = (note.program, note.pitch)
        index = latest.get(part)
        if index is not None:
            before = notes[index]
            if before.start == note.start:
                notes[index] = before._replace(
                    duration=max(before.duration, note.duration),
                    velocity=max(before.velocity, note.velocity),
                )
                continue
            room = note.start - before.start
            if before.duration > room:
                notes[index] = before._replace(duration=room)
        latest[part] = len(notes)
        notes.append(note)
    return replace(score, notes=tuple(notes))
