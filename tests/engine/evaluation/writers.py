"""Writers that need no model: one does as it is told, one does not listen."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.corpus.shard import Shard, pack
from engine.generate.order import Order
from engine.score.harmony import with_chords
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.theory import Key
from engine.score.units import GRID, bar_ticks
from engine.tokens import vocab
from engine.tokens.encode import encode
from engine.tokens.quantise import quantise
from tests.engine.training.shards import labelled, scale_piece

_STEPS = ((24,), (12,), (8,), (6,), (5,), (4,), (3, 4), (3,))
"""Ticks between onsets that make each level of density."""

_VOICES = ((1,), (1, 2), (2,), (3,), (4,), (5,), (7,), (9,))
"""Notes of one onset after the other that make each level of polyphony."""


@dataclass(frozen=True)
class Piece:
    tokens: list[int]
    score: Score


def obedient(orders: Sequence[Order]) -> list[Piece]:
    """Broken triads of the asked key, as dense and as full as asked."""
    return [_piece(one, one.demand.density or 0, one.demand.polyphony or 0) for one in orders]


def heedless(orders: Sequence[Order]) -> list[Piece]:
    """The same, but the seed alone decides how dense and how full."""
    levels = [random.Random(one.seed) for one in orders]
    return [
        _piece(one, rng.randrange(8), rng.randrange(8))
        for one, rng in zip(orders, levels, strict=True)
    ]


def _piece(order: Order, density: int, polyphony: int) -> Piece:
    demand = order.demand
    key = demand.key or Key(0, "major")
    triad = (0, 4, 7) if key.mode == "major" else (0, 3, 7)
    pitched = [program for program in demand.programs if program != DRUMS]
    length = bar_ticks(*demand.meter, GRID)
    notes: list[Note] = []
    turn = 0
    for bar in range(demand.bars):
        ticks, steps = [0], _STEPS[density]
        while ticks[-1] < length:
            ticks.append(ticks[-1] + steps[len(ticks) % len(steps)])
        ends = [*ticks[1:-1], length]
        for onset, (tick, end) in enumerate(zip(ticks[:-1], ends, strict=True)):
            start = bar * length + tick
            if DRUMS in demand.programs:
                notes.append(Note(start, DRUMS, 36, 3, 84))
            for voice in range(_VOICES[polyphony][onset % len(_VOICES[polyphony])]):
                if pitched:
                    step = onset % 3 + voice
                    pitch = 36 + key.tonic + triad[step % 3] + 12 * (step // 3)
                    part = pitched[turn % len(pitched)]
                    notes.append(Note(start, part, pitch, end - tick, 84))
                    turn += 1
    score = Score(
        GRID,
        demand.bars,
        tuple(sorted(notes)),
        (Tempo(0, demand.tempo_bpm),),
        (Meter(0, *demand.meter),),
    )
    score = replace(quantise(score)[0], tempos=score.tempos)
    tokens = [token for bar in encode(score, chords=False) for token in bar]
    return Piece([*tokens, vocab.END], with_chords(score))


def held_out_shard(count: int = 12) -> Shard:
    """Scales of two genres in the validation and test splits, beside what is never drawn."""
    pieces = [
        labelled(scale_piece(seed, bars=20), split, genre)
        for seed in range(count)
        for split, genre in [(("validation", "folk"), ("test", "jazz"))[seed % 2]]
    ]
    pieces += [
        labelled(scale_piece(90), "train", "rock"),
        labelled(scale_piece(91), "test", "metal", arranged=True),
    ]
    return pack(pieces)
