"""Shards: the tokens of a few hundred pieces and what is known of every bar, as one file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.score.measures import Measures
from engine.score.model import Score
from engine.score.theory import METERS
from engine.tokens import vocab
from engine.tokens.control import Controls, bar_plan
from engine.tokens.encode import encode
from engine.tokens.spec import GENRES

SPLITS = ("train", "validation", "test")
NO_GENRE = len(GENRES)
_NO_MOOD = -128
_LEVEL_SCALE = 16.0
"""Bar densities and polyphonies are kept in sixteenths, up to 15.9."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Pieces end to end. ``N`` pieces, ``M`` bars, ``T`` tokens.

    Tokens are bodies with the whole plan and no prefix: prefix, excerpt and dropout are the
    trainer's. Every bar's meter and tempo are kept beside it, so an excerpt can begin anywhere.
    """

    tokens: NDArray[np.uint16]
    """(T,)"""
    bar_start: NDArray[np.int64]
    """Where each bar begins in tokens. (M + 1,)"""
    piece_start: NDArray[np.int64]
    """Where each piece begins in bars. (N + 1,)"""
    bar_meter: NDArray[np.uint8]
    """Index into METERS. (M,)"""
    bar_tempo: NDArray[np.uint8]
    """Tempo step at the bar line. (M,)"""
    bar_density: NDArray[np.uint8]
    """Sixteenths of onsets a quarter. (M,)"""
    bar_polyphony: NDArray[np.uint8]
    """Sixteenths of notes at once. (M,)"""
    bar_classes: NDArray[np.uint8]
    """Pitch-class weights, the largest of a bar 255. (M, 12)"""
    bar_ticks: NDArray[np.uint16]
    """The weight that 255 stands for, in ticks. (M,)"""
    genre: NDArray[np.uint8]
    """Index into GENRES, or NO_GENRE. (N,)"""
    mood: NDArray[np.int8]
    """Valence and arousal in 127ths; -128 where drums play alone. (N, 2)"""
    split: NDArray[np.uint8]
    """Index into SPLITS. (N,)"""
    arranged: NDArray[np.bool_]
    """Arranged by a program rather than by people. (N,)"""

    def __len__(self) -> int:
        return len(self.piece_start) - 1

    def save(self, path: Path) -> None:
        """Write the shard to ``path``, whole or not at all."""
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez_compressed(file, **{f.name: getattr(self, f.name) for f in fields(self)})
        os.replace(part, path)

    @staticmethod
    def load(path: Path) -> Shard:
        """Read a shard; raises OSError or ValueError if it is missing or damaged."""
        with np.load(path) as arrays:
            return Shard(**{f.name: arrays[f.name] for f in fields(Shard)})


@dataclass(frozen=True, slots=True)
class LabelledPiece:
    """A clean score with chords, its measures and what it answers to."""

    score: Score
    measures: Measures
    controls: Controls
    split: str
    arranged: bool


def pack(pieces: Sequence[LabelledPiece]) -> Shard:
    """Return the pieces as one shard, in their order."""
    bars = [encode(p.score, plan=bar_plan(p.measures)) for p in pieces]
    flat = [bar for piece in bars for bar in piece]
    densities = _joined([p.measures.density for p in pieces])
    polyphonies = _joined([p.measures.polyphony for p in pieces])
    classes = (
        np.concatenate([p.measures.pitch_class_ticks for p in pieces])
        if pieces
        else np.zeros((0, 12))
    )
    top = classes.max(axis=1, initial=0)
    return Shard(
        tokens=np.array([token for bar in flat for token in bar], dtype=np.uint16),
        bar_start=np.cumsum([0, *map(len, flat)]),
        piece_start=np.cumsum([0, *map(len, bars)]),
        bar_meter=np.array([m for p in pieces for m in _meters(p.score)], dtype=np.uint8),
        bar_tempo=np.array([t for p in pieces for t in _tempos(p.score)], dtype=np.uint8),
        bar_density=_sixteenths(densities),
        bar_polyphony=_sixteenths(polyphonies),
        bar_classes=np.round(classes * 255 / np.maximum(top, 1)[:, None]).astype(np.uint8),
        bar_ticks=np.minimum(top, 65535).astype(np.uint16),
        genre=np.array(
            [NO_GENRE if (g := p.controls.genre) is None else GENRES.index(g) for p in pieces],
            dtype=np.uint8,
        ),
        mood=np.array([_mood(p.controls) for p in pieces], dtype=np.int8).reshape(-1, 2),
        split=np.array([SPLITS.index(p.split) for p in pieces], dtype=np.uint8),
        arranged=np.array([p.arranged for p in pieces], dtype=np.bool_),
    )


def _joined(arrays: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _sixteenths(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.minimum(np.round(values * _LEVEL_SCALE), 255).astype(np.uint8)


def level_values(sixteenths: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return bar densities or polyphonies as they were measured, to a sixteenth."""
    return sixteenths / _LEVEL_SCALE


def _mood(controls: Controls) -> tuple[int, int]:
    if controls.valence is None or controls.arousal is None:
        return _NO_MOOD, _NO_MOOD
    return round(controls.valence * 127), round(controls.arousal * 127)


def mood_value(kept: int) -> float | None:
    """Return a kept valence or arousal in [-1, 1], None where there is none."""
    return None if kept == _NO_MOOD else kept / 127


def _meters(score: Score) -> list[int]:
    return [METERS.index((bar.meter.numerator, bar.meter.denominator)) for bar in score.iter_bars()]


def _tempos(score: Score) -> list[int]:
    steps = []
    changes = [(tempo.tick, vocab.tempo_step(tempo.bpm)) for tempo in score.tempos]
    step, following = changes[0][1], 1
    for bar in score.iter_bars():
        while following < len(changes) and changes[following][0] <= bar.start:
            step = changes[following][1]
            following += 1
        steps.append(step)
    return steps
