"""Tokens to Score: reads any stream, legal or not, and never raises on what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from engine.score.harmony import NO_CHORD
from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from engine.score.theory import METERS
from engine.score.units import GRID, bar_ticks
from engine.tokens import vocab
from engine.tokens.quantise import DRUM_TICKS
from engine.tokens.spec import DURATIONS, Family, tempo_bpm

_DEFAULT_BPM = 120.0
_DEFAULT_METER = (4, 4)
_DEFAULT_VELOCITY = vocab.velocity_of(10)
_DEFAULT_TICKS = GRID


def decode(tokens: Iterable[int]) -> Score:
    """Return the music of a stream, on the grid; a prefix and separators are passed over.

    Where an illegal stream leaves something out (the first meter, a velocity), a default
    stands in; what makes no sense where it stands is passed over. A Chord_none ends a chord.
    """
    notes: list[Note] = []
    tempos: list[tuple[int, float]] = []
    meters: list[Meter] = []
    chords: list[Chord] = []
    bars = 0
    start = end = position = 0
    meter = _DEFAULT_METER
    program: int | None = None
    open_note: list[int] | None = None
    velocities: dict[int, int] = {}
    durations: dict[int, int] = {}

    def close() -> None:
        nonlocal open_note
        if open_note is not None:
            part, pitch = open_note
            notes.append(
                Note(
                    start + position,
                    part,
                    pitch,
                    DRUM_TICKS if part == DRUMS else durations.get(part, _DEFAULT_TICKS),
                    velocities.get(part, _DEFAULT_VELOCITY),
                )
            )
            open_note = None

    for token in tokens:
        family = vocab.FAMILY[token]
        value = vocab.value_index(token)
        if family is Family.BAR:
            close()
            start, position, program = end, 0, None
            end = start + bar_ticks(*meter, GRID)
            bars += 1
            velocities, durations = {}, {}
            if bars == 1:
                meters.append(Meter(0, *meter))
        elif not bars:
            continue
        elif family is Family.METER and value < len(METERS):
            meter = METERS[value]
            end = start + bar_ticks(*meter, GRID)
            if meters and meters[-1].tick == start:
                meters.pop()
            meters.append(Meter(start, *meter))
        elif family is Family.TEMPO and token != vocab.any_id(Family.TEMPO):
            close()
            tempos.append((start + position, tempo_bpm(value)))
        elif family is Family.POSITION:
            close()
            position = value
        elif family is Family.CHORD:
            root, quality = (0, NO_CHORD) if token == vocab.CHORD_NONE else vocab.chord_of(token)
            chords.append(Chord(start + position, root, quality))
        elif family is Family.PROGRAM and value <= DRUMS:
            close()
            program = value
        elif family in (Family.PITCH, Family.DRUM) and program is not None:
            close()
            if (program == DRUMS) == (family is Family.DRUM):
                open_note = [program, value]
        elif family is Family.VELOCITY and program is not None:
            velocities[program] = vocab.velocity_of(value)
        elif family is Family.DURATION and program is not None:
            durations[program] = DURATIONS[value]
    close()
    if not meters:
        meters.append(Meter(0, *_DEFAULT_METER))
    return Score(
        resolution=GRID,
        bars=bars,
        notes=tuple(sorted(notes)),
        tempos=_ordered(tempos),
        meters=tuple(b for a, b in pairwise([None, *meters]) if b is not None and _new(a, b)),
        chords=tuple({c.tick: c for c in sorted(chords, key=lambda c: c.tick)}.values()),
    )


def _new(before: Meter | None, meter: Meter) -> bool:
    return before is None or before[1:] != meter[1:]


def _ordered(tempos: list[tuple[int, float]]) -> tuple[Tempo, ...]:
    latest = {0: _DEFAULT_BPM, **dict(sorted(tempos, key=lambda tempo: tempo[0]))}
    if tempos and not any(tick == 0 for tick, _ in tempos):
        latest[0] = latest[min(tick for tick, _ in tempos)]
    items = sorted(latest.items())
    return tuple(
        Tempo(tick, bpm) for i, (tick, bpm) in enumerate(items) if not i or items[i - 1][1] != bpm
    )
