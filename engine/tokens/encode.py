"""Score to tokens: one list of ids for every bar, each readable by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.score.harmony import NO_CHORD
from engine.score.model import DRUMS, Chord, Score
from engine.score.units import GRID
from engine.tokens import vocab
from engine.tokens.spec import DURATIONS, Family

_BAR_DENSITY = vocab.FIRST[Family.BAR_DENSITY]
_BAR_POLYPHONY = vocab.FIRST[Family.BAR_POLYPHONY]

_DRUM = vocab.FIRST[Family.DRUM]
_PITCH = vocab.FIRST[Family.PITCH]
_POSITION = vocab.FIRST[Family.POSITION]
_PROGRAM = vocab.FIRST[Family.PROGRAM]
_VELOCITY_ID = tuple(
    vocab.FIRST[Family.VELOCITY] + vocab.velocity_step(velocity) for velocity in range(128)
)
_DURATION_ID = (0, *(vocab.duration_id(ticks) for ticks in range(1, DURATIONS[-1] + 1)))


@dataclass(frozen=True, slots=True)
class BarPlan:
    """What each bar is meant to be: levels 0 to 7, one a bar."""

    density: Sequence[int]
    polyphony: Sequence[int]


def encode(
    score: Score, *, plan: BarPlan | None = None, chords: bool = True, counted: bool = True
) -> list[list[int]]:
    """Return the tokens of every bar of a score that is on the grid; no prefix, no End.

    ``plan``: write these bar-level levels; ``chords``: write the score's chords; ``counted``:
    count the last bars down. Raises ValueError for a score off the grid (see ``quantise``) and
    for one with notes behind its last bar.
    The music survives ``decode`` exactly, as do chords where they are written.
    """
    if score.resolution != GRID:
        raise ValueError(f"encode needs {GRID} ticks to the quarter, got {score.resolution}")
    notes = score.notes
    tempos = score.tempos
    harmony: tuple[Chord, ...] = score.chords if chords else ()
    note = tempo = chord = 0
    meter_before = None
    bars: list[list[int]] = []
    for bar in score.iter_bars():
        remaining = score.bars - 1 - bar.number
        ids = [vocab.bar_id(remaining) if counted else vocab.BAR_OPEN]
        if bar.meter != meter_before:
            ids.append(vocab.meter_id(bar.meter.numerator, bar.meter.denominator))
            meter_before = bar.meter
        if tempo < len(tempos) and tempos[tempo].tick == bar.start:
            ids.append(vocab.tempo_id(tempos[tempo].bpm))
            tempo += 1
        if plan is not None:
            ids.append(_BAR_DENSITY + plan.density[bar.number])
            ids.append(_BAR_POLYPHONY + plan.polyphony[bar.number])
        program = -1
        velocities: dict[int, int] = {}
        durations: dict[int, int] = {}
        while True:
            tick = min(
                notes[note].start if note < len(notes) else bar.end,
                harmony[chord].tick if chord < len(harmony) else bar.end,
                tempos[tempo].tick if tempo < len(tempos) else bar.end,
            )
            if tick >= bar.end:
                break
            ids.append(_POSITION + tick - bar.start)
            if tempo < len(tempos) and tempos[tempo].tick == tick:
                ids.append(vocab.tempo_id(tempos[tempo].bpm))
                tempo += 1
            if chord < len(harmony) and harmony[chord].tick == tick:
                ids.append(_chord_token(harmony[chord]))
                chord += 1
            while note < len(notes) and notes[note][0] == tick:
                _, part, pitch, duration, velocity = notes[note]
                note += 1
                if part != program:
                    ids.append(_PROGRAM + part)
                    program = part
                ids.append((_DRUM if part == DRUMS else _PITCH) + pitch)
                loudness = _VELOCITY_ID[velocity]
                if velocities.get(part) != loudness:
                    ids.append(loudness)
                    velocities[part] = loudness
                if part != DRUMS:
                    length = _DURATION_ID[duration]
                    if durations.get(part) != length:
                        ids.append(length)
                        durations[part] = length
        bars.append(ids)
    if note < len(notes):
        raise ValueError(f"{len(notes) - note} notes stand behind the last bar")
    return bars


def _chord_token(chord: Chord) -> int:
    if chord.quality == NO_CHORD:
        return vocab.CHORD_NONE
    return vocab.chord_id(chord.root, chord.quality)
