"""A small corpus made of scales, to train on in seconds."""

from __future__ import annotations

import random

from engine.corpus.shard import LabelledPiece, Shard, pack
from engine.score.harmony import with_chords
from engine.score.measures import measure
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.tokens.control import hear
from engine.tokens.quantise import quantise


def scale_piece(seed: int, bars: int = 8) -> Score:
    """Return a piano that walks up and down a major scale over a drum on every quarter."""
    rng = random.Random(seed)
    tonic = rng.randrange(55, 65)
    steps = [0, 2, 4, 5, 7, 9, 11, 12]
    notes = []
    for quarter in range(bars * 4):
        pitch = tonic + steps[quarter % 8 if (quarter // 8) % 2 == 0 else 7 - quarter % 8]
        notes.append(Note(quarter * 12, 0, pitch, 12, 84))
        notes.append(Note(quarter * 12, DRUMS, 36 if quarter % 2 == 0 else 38, 3, 100))
    score = Score(12, bars, tuple(sorted(notes)), (Tempo(0, 100.0),), (Meter(0, 4, 4),))
    return quantise(score)[0]


def labelled(
    score: Score, split: str, genre: str = "folk", arranged: bool = False
) -> LabelledPiece:
    """Return the piece with what it answers to."""
    measures = measure(score)
    return LabelledPiece(
        with_chords(score), measures, hear(score, genre=genre, measures=measures), split, arranged
    )


def scale_shard() -> Shard:
    """Return twenty pieces to train on, two to validate, one of them arranged by a program."""
    pieces = [labelled(scale_piece(seed), "train", arranged=seed == 0) for seed in range(20)]
    pieces += [labelled(scale_piece(seed), "validation") for seed in (40, 41)]
    return pack(pieces)
