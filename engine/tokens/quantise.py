"""A Score put on the grid of the tokens, and what that rounded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from engine.score.rebar import rebar
from engine.score.units import GRID
from engine.tokens.spec import DURATIONS, tempo_bpm
from engine.tokens.vocab import nearest, tempo_step, velocity_of, velocity_step

DRUM_TICKS = 3
"""Every drum hit lasts a sixteenth on the grid: drums ring as long as they ring."""

_LONGEST = DURATIONS[-1]
_DURATION_OF = (0, *(DURATIONS[nearest(DURATIONS, ticks)] for ticks in range(1, _LONGEST + 1)))
_VELOCITY_OF = tuple(velocity_of(velocity_step(velocity)) for velocity in range(128))


@dataclass(frozen=True, slots=True)
class Rounding:
    """What the grid itself changed, in quarters; apart from this the tokens lose nothing."""

    onset_max_quarters: float
    onset_mean_quarters: float
    duration_mean_quarters: float
    duplicates: int
    """Notes that fell on an equal one: same start, program, pitch, duration and velocity."""


def quantise(score: Score) -> tuple[Score, Rounding]:
    """Return the score on the grid of GRID ticks, and what was rounded on the way.

    Afterwards starts are grid ticks, durations and velocities values that tokens can say,
    meters of the eight, tempi steps of the table; ``quantise`` of the result changes nothing.
    """
    scale = GRID / score.resolution
    notes: set[Note] = set()
    onset_sum = onset_max = duration_sum = 0.0
    for start, program, pitch, duration, velocity in score.notes:
        place = start * scale
        tick = int(place + 0.5)
        if program == DRUMS:
            ticks = DRUM_TICKS
        else:
            length = duration * scale
            ticks = _DURATION_OF[min(max(1, int(length + 0.5)), _LONGEST)]
            duration_sum += abs(ticks - length)
        error = abs(tick - place)
        onset_sum += error
        onset_max = max(onset_max, error)
        notes.add(Note(tick, program, pitch, ticks, _VELOCITY_OF[velocity]))
    ordered = tuple(sorted(notes))
    last = ordered[-1].start + 1 if ordered else 1
    raw_meters = [Meter(round(m.tick * scale), m.numerator, m.denominator) for m in score.meters]
    meters, bars = rebar(raw_meters, max(last, _silent_end(score, scale)))
    count = max(1, len(score.notes))
    rounding = Rounding(
        onset_max / GRID,
        onset_sum / GRID / count,
        duration_sum / GRID / count,
        len(score.notes) - len(ordered),
    )
    quantised = Score(GRID, bars, ordered, _tempos(score, scale), meters)
    end = quantised.bars_end
    chords = {round(c.tick * scale): c for c in score.chords}
    return (
        replace(
            quantised,
            tempos=tuple(t for t in quantised.tempos if t.tick < end),
            chords=tuple(
                Chord(tick, c.root, c.quality) for tick, c in sorted(chords.items()) if tick < end
            ),
        ),
        rounding,
    )


def _silent_end(score: Score, scale: float) -> int:
    """Return where the last bar that the score counts ends, so that silent bars stay."""
    return round(score.bars_end * scale)


def _tempos(score: Score, scale: float) -> tuple[Tempo, ...]:
    """Return the tempo changes that a token can say; the last at a tick wins."""
    at = {int(tempo.tick * scale + 0.5): tempo_step(tempo.bpm) for tempo in score.tempos}
    tempos: list[Tempo] = []
    before = -1
    for tick, step in sorted(at.items()):
        if step != before:
            tempos.append(Tempo(tick, tempo_bpm(step)))
            before = step
    return tuple(tempos)
