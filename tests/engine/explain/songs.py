"""Songs in which key, chords and form are known because they were put there."""

from __future__ import annotations

from collections.abc import Sequence

from engine.score.model import Note, Score
from engine.score.units import GRID
from tests.engine.score.pieces import BASS, PIANO, chord, piece

BAR = 4 * GRID
FLUTE = 73

# Root above C and the notes of a tune over it, in eighths.
VERSE = (
    ("C", (72, 74, 76, 79, 76, 74, 72, 67)),
    ("Am", (69, 72, 76, 76, 74, 72, 71, 69)),
    ("F", (77, 76, 74, 72, 69, 72, 74, 77)),
    ("G7", (79, 77, 74, 71, 74, 71, 67, 71)),
    ("C", (72, 72, 76, 76, 79, 79, 76, 76)),
    ("Dm", (74, 77, 81, 77, 74, 77, 74, 69)),
    ("G7", (71, 74, 77, 79, 77, 74, 71, 67)),
    ("C", (72, 76, 72, 67, 72, 72, 72, 72)),
)
BRIDGE = (
    ("F", (81, 81, 81, 79, 77, 77, 77, 76)),
    ("F", (77, 77, 77, 79, 81, 81, 81, 84)),
    ("Em", (79, 79, 79, 76, 71, 71, 71, 76)),
    ("Am", (76, 76, 76, 74, 72, 72, 72, 69)),
    ("Dm", (74, 74, 74, 77, 81, 81, 81, 77)),
    ("D7", (78, 78, 78, 81, 84, 84, 84, 81)),
    ("G", (79, 79, 79, 74, 71, 71, 71, 74)),
    ("G7", (77, 77, 77, 74, 71, 71, 67, 65)),
)
TONES = {
    "C": (0, 4, 7), "Am": (9, 12, 16), "F": (5, 9, 12), "G": (7, 11, 14), "G7": (7, 11, 14, 17),
    "Dm": (2, 5, 9), "Em": (4, 7, 11), "D7": (2, 6, 9, 12), "Fm": (5, 8, 12), "Cm": (0, 3, 7),
    "Abmaj": (8, 12, 15), "Bb": (10, 14, 17), "D5": (2, 9), "G5": (7, 14), "A5": (9, 16),
}  # fmt: skip

Bars = Sequence[tuple[str, tuple[int, ...]]]


def band(bars: Bars, *, up: int = 0, tune: bool = True) -> Score:
    """A flute over piano chords and a bass; ``up``: semitones it is moved."""
    notes: list[Note] = []
    for number, (name, pitches) in enumerate(bars):
        start = number * BAR
        tones = [tone + up for tone in TONES[name]]
        notes += chord(start, [48 + tone for tone in tones], BAR // 2, PIANO)
        notes += chord(start + BAR // 2, [48 + tone for tone in tones], BAR // 2, PIANO)
        notes += [Note(start, BASS, 36 + tones[0] % 12, BAR, 90)]
        if tune:
            notes += [
                Note(start + 6 * i, FLUTE, pitch + up, 6, 90) for i, pitch in enumerate(pitches)
            ]
    return piece(notes, bars=len(bars))


def joined(*scores: Score) -> Score:
    """One piece after the other, in the meter and tempo of the first."""
    notes: list[Note] = []
    bars = 0
    for score in scores:
        notes += [note._replace(start=note.start + bars * BAR) for note in score.notes]
        bars += score.bars
    return piece(notes, bars=bars)


def cadence(*names: str) -> list[tuple[str, tuple[int, ...]]]:
    """Bars of these chords, for a band without a tune."""
    return [(name, ()) for name in names]
