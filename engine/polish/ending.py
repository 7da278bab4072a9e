"""The last bar closes the piece: final notes ring to its end and nothing sounds beyond."""

from __future__ import annotations

from dataclasses import replace

from engine.score.model import DRUMS, Note, Score


def with_ending(score: Score) -> Score:
    """Return the score with its last notes held to the last bar line and none beyond it.

    Held are the notes of each instrument's last onset in the last bar; drums ring as they are.
    """
    bars = list(score.iter_bars())
    if not bars:
        return score
    last = bars[-1]
    final: dict[int, int] = {}
    for note in score.notes:
        if last.start <= note.start < last.end:
            final[note.program] = note.start

    def closed(note: Note) -> Note:
        room = last.end - note.start
        held = note.program != DRUMS and final.get(note.program) == note.start
        return note._replace(duration=room if held else min(note.duration, room))

    return replace(
        score,
        notes=tuple(sorted(closed(note) for note in score.notes if note.start < last.end)),
    )
