"""What is wrong with MIDI files from everywhere, put right before a model learns from them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np

from engine.corpus.triple import sounds_triple
from engine.errors import BadInputError
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.rebar import rebar
from engine.score.units import GRID
from engine.tokens.spec import DURATIONS, tempo_bpm
from engine.tokens.vocab import tempo_step

LONGEST_TICKS = 16 * GRID
"""A note held beyond sixteen quarters is taken to be stuck and is let go there."""

SILENT_BARS = 1
"""A longer run of silent bars is cut down to this."""

TEMPO_STEPS_HEARD = 2
"""A tempo change under this many steps (6 %) is expression, not a new tempo."""

MIN_NOTES, MIN_BARS = 16, 4
"""A piece below either teaches nothing about form."""

MAX_NOTES_A_BAR = 300
"""A piece above this, on average, is an experiment or damaged."""


class UnusablePieceError(BadInputError):
    """A piece that is left out of the corpus, with the reason as its message."""


def clean(score: Score) -> tuple[Score, Counter[str]]:
    """Return the music without its defects, and how many of each were mended.

    ``score`` is on the grid. Counted: ``doubled`` notes (two at one place are one), ``stuck``
    notes (held past their own repetition or too long), ``silent bars`` cut out, ``tempo
    events`` smoothed to at most one a bar, ``wrong meter`` (a default 4/4 that sounds triple).
    Raises UnusablePieceError with the reason.
    """
    if len(score.notes) < MIN_NOTES:
        raise UnusablePieceError(f"fewer than {MIN_NOTES} notes")
    mended: Counter[str] = Counter()
    score = _single(score, mended)
    score = _triple(score, mended)
    score = _steady(score, mended)
    score = _without_silence(score, mended)
    if score.bars < MIN_BARS:
        raise UnusablePieceError(f"fewer than {MIN_BARS} bars")
    if len(score.notes) > MAX_NOTES_A_BAR * score.bars:
        raise UnusablePieceError(f"more than {MAX_NOTES_A_BAR} notes a bar")
    return score, mended


def _single(score: Score, mended: Counter[str]) -> Score:
    """Two notes of one program and pitch never sound at once."""
    notes: list[Note] = []
    sounding: dict[int, int] = {}
    for note in score.notes:
        start, program, pitch, duration, velocity = note
        part = program * 128 + pitch
        index = sounding.get(part)
        if index is not None:
            before = notes[index]
            if before.start == start:
                notes[index] = before._replace(
                    duration=max(before.duration, duration),
                    velocity=max(before.velocity, velocity),
                )
                mended["doubled"] += 1
                continue
            if program != DRUMS and before.start + before.duration > start:
                notes[index] = before._replace(duration=_at_most(start - before.start))
                mended["stuck"] += before.duration > LONGEST_TICKS
        sounding[part] = len(notes)
        notes.append(note)
    for index, note in enumerate(notes):
        if note.duration > LONGEST_TICKS:
            notes[index] = note._replace(duration=LONGEST_TICKS)
            mended["stuck"] += 1
    return replace(score, notes=tuple(notes))


def _at_most(ticks: int) -> int:
    """Return the longest duration that tokens can say within so many ticks."""
    fitting: int = DURATIONS[bisect_right(DURATIONS, ticks) - 1]
    return fitting


def _triple(score: Score, mended: Counter[str]) -> Score:
    """A file that has 4/4 throughout because that is the default, yet waltzes, is in 3/4."""
    if len(score.meters) > 1 or score.meters[0][1:] != (4, 4) or not sounds_triple(score):
        return score
    mended["wrong meter"] += 1
    meters, bars = rebar((Meter(0, 3, 4),), score.bars_end)
    return replace(score, meters=meters, bars=bars)


def _steady(score: Score, mended: Counter[str]) -> Score:
    """Tempo changes stand on bar lines and are large enough to be heard as such."""
    tempos: list[Tempo] = []
    step = -TEMPO_STEPS_HEARD
    seconds = 0.0
    changes = list(score.tempos)
    for bar in score.iter_bars():
        while len(changes) > 1 and changes[1].tick <= bar.start:
            changes.pop(0)
        seconds = _span_seconds(changes, bar.start, bar.end)
        mean = tempo_step((bar.end - bar.start) * 60.0 / GRID / seconds)
        if abs(mean - step) >= TEMPO_STEPS_HEARD:
            step = mean
            tempos.append(Tempo(bar.start, tempo_bpm(step)))
    mended["tempo events"] += max(0, len(score.tempos) - len(tempos))
    return replace(score, tempos=tuple(tempos))


def _span_seconds(changes: list[Tempo], start: int, end: int) -> float:
    seconds = 0.0
    for index, tempo in enumerate(changes):
        until = changes[index + 1].tick if index + 1 < len(changes) else end
        span = min(until, end) - max(tempo.tick, start)
        if span > 0:
            seconds += span * 60.0 / (tempo.bpm * GRID)
        if until >= end:
            break
    return seconds


def _without_silence(score: Score, mended: Counter[str]) -> Score:
    """No silent bars at either end, and no long silence between."""
    bars = list(score.iter_bars())
    sound = np.zeros(len(bars) + 1, dtype=np.int64)
    lines = np.array([bar.start for bar in bars] + [score.bars_end])
    starts = np.array([note.start for note in score.notes])
    ends = np.array([note.start + note.duration for note in score.notes])
    np.add.at(sound, np.searchsorted(lines, starts, side="right") - 1, 1)
    last = np.minimum(np.searchsorted(lines, ends, side="left") - 1, len(bars) - 1)
    np.add.at(sound, last + 1, -1)
    sounding = np.cumsum(sound)[:-1] > 0
    first, final = int(sounding.argmax()), len(bars) - 1 - int(sounding[::-1].argmax())
    keep = [False] * len(bars)
    run = 0
    for index in range(first, final + 1):
        run = 0 if sounding[index] else run + 1
        keep[index] = run <= SILENT_BARS
    if all(keep):
        return score
    mended["silent bars"] += keep.count(False)
    moved_by = np.zeros(len(bars) + 1, dtype=np.int64)
    shift = 0
    meters: list[Meter] = []
    for bar, kept in zip(bars, keep, strict=True):
        if kept:
            meters.append(Meter(bar.start - shift, *bar.meter[1:]))
        else:
            shift += bar.end - bar.start
        moved_by[bar.number] = shift
    note_bars = (np.searchsorted(lines, starts, side="right") - 1).tolist()
    tempo_bars = [int(np.searchsorted(lines, t.tick, side="right")) - 1 for t in score.tempos]
    at = {
        max(0, t.tick - int(moved_by[bar])): t.bpm
        for t, bar in zip(score.tempos, tempo_bars, strict=True)
    }
    end = score.bars_end - shift
    return replace(
        score,
        bars=sum(keep),
        notes=tuple(
            note._replace(start=note.start - int(moved_by[bar]))
            for note, bar in zip(score.notes, note_bars, strict=True)
        ),
        tempos=tuple(Tempo(tick, bpm) for tick, bpm in sorted(at.items()) if tick < end),
        meters=(
            meters[0],
            *(b for a, b in pairwise(meters) if a[1:] != b[1:]),
        ),
    )
