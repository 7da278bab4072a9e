"""Tunes long enough for a corpus, and folders of them as files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from engine.score.midi import write_midi
from engine.score.model import Meter, Note, Score
from tests.engine.score.pieces import BASS, KICK, PIANO, chord, hits, piece

ROOTS = (36, 41, 43, 36)
"""Of four chords: C, F, G, C."""


def march(bars: int = 16, *, lift: int = 0) -> Score:
    """Two-beat oom-pah in 4/4 with a tune: in need of no repair. ``lift`` transposes."""
    notes: list[Note] = []
    for bar in range(bars):
        at, root = bar * 48, ROOTS[bar % 4] + lift
        notes += [Note(at, BASS, root, 12, 100), Note(at + 24, BASS, root + 7, 12, 84)]
        notes += [n for beat in (12, 36) for n in chord(at + beat, (root + 24, root + 28), 6)]
        notes += [Note(at + 12 * i, PIANO, root + 36 + i, 12, 84) for i in range(4)]
        notes += hits((at, at + 24), KICK)
    return piece(notes, bars=bars)


def waltz_in_four(quarters: int = 96) -> Score:
    """A waltz whose file says 4/4, because that is what files say by default."""
    notes: list[Note] = []
    for bar in range(quarters // 3):
        at, root = bar * 36, ROOTS[bar % 4]
        notes.append(Note(at, BASS, root, 30, 100))
        notes += [n for beat in (12, 24) for n in chord(at + beat, (root + 24, root + 28), 6)]
        notes += hits([at], KICK)
    return piece(notes, bars=quarters // 4)


def in_three(score: Score) -> Score:
    """The same notes in 3/4."""
    return replace(score, meters=(Meter(0, 3, 4),), bars=-(-score.bars_end // 36))


def save(folder: Path, names: Iterable[str]) -> None:
    """A different march for each name, in subfolders where the name has some."""
    for lift, name in enumerate(names):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(write_midi(march(lift=lift % 12, bars=8 + lift // 12)))
