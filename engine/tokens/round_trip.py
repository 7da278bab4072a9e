"""What a piece costs in tokens, and that nothing is lost on the way there and back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engine.score.harmony import with_chords
from engine.score.measures import measure, piano_roll
from engine.score.model import Note, Score
from engine.tokens.control import bar_plan, hear, with_prefix
from engine.tokens.decode import decode
from engine.tokens.encode import encode
from engine.tokens.quantise import Rounding, quantise


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A piece through the tokens and back. Notes are counted on the grid, exact duplicates once."""

    notes: int
    tokens: int
    """All of them: control prefix, plan (chords, densities, polyphonies) and End counted."""
    lost: int
    """Notes that came back nowhere."""
    moved: int
    """Notes that came back at another place, length or loudness."""
    merged: int
    """Notes that came back as one with another."""
    rounding: Rounding
    """What the grid had rounded before."""

    @property
    def tokens_per_note(self) -> float:
        """Tokens a note, everything counted."""
        return self.tokens / max(1, self.notes)


def round_trip(score: Score) -> RoundTrip:
    """Return what becomes of a score of any resolution when it is written as tokens and read."""
    grid, rounding = quantise(score)
    roll = piano_roll(grid)
    measures = measure(grid, roll)
    bars = encode(with_chords(grid, roll), plan=bar_plan(measures))
    stream = with_prefix(hear(grid, measures=measures), bars, ends=True)
    lost, moved, merged = compare(grid.notes, decode(stream).notes)
    return RoundTrip(len(grid.notes), len(stream), lost, moved, merged, rounding)


def compare(before: tuple[Note, ...], after: tuple[Note, ...]) -> tuple[int, int, int]:
    """Return how many notes were lost, moved and merged between two versions of a piece."""
    gone = Counter(before) - Counter(after)
    new = Counter((note.program, note.pitch) for note in (Counter(after) - Counter(before)))
    standing = {(note.start, note.program, note.pitch) for note in after}
    lost = moved = merged = 0
    for note in gone.elements():
        if new[note.program, note.pitch] > 0:
            new[note.program, note.pitch] -= 1
            moved += 1
        elif (note.start, note.program, note.pitch) in standing:
            merged += 1
        else:
            lost += 1
    return lost, moved, merged
