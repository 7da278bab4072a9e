"""The notes, what is long and soft behind, the melody in front, and the hits of the drums."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import groupby

from engine.picture.canvas import Canvas
from engine.picture.layout import Layout, System
from engine.picture.palette import Theme
from engine.score.model import DRUMS, Note, Score
from engine.score.units import GRID

_LEAST_HEIGHT, _MOST_HEIGHT = 4.5, 16.0
_LEAST_WIDTH = 2.0
_ROUNDNESS = 3.0
_HIT_WIDTH = 7.0


def draw_notes(
    canvas: Canvas, theme: Theme, layout: Layout, score: Score, colours: dict[int, str]
) -> None:
    """Draw every note in each system that it sounds in."""
    pitched = [note for note in score.notes if note.program != DRUMS]
    melody = top_line(pitched, score.resolution)
    starts = [system.start for system in layout.systems]
    # Long and soft ones first, so that nothing is hidden behind them; the melody last.
    for note in sorted(pitched, key=lambda n: (n in melody, -n.duration, n.velocity, n)):
        colour = theme.shaded(colours[note.program], note.velocity, leads=note in melody)
        first = bisect_right(starts, note.start) - 1
        for system in layout.systems[first:]:
            if note.start + note.duration > system.start:
                _draw_note(canvas, layout, system, note, colour)
    drum_colour = colours.get(DRUMS, theme.text)
    for note in score.notes:
        if note.program == DRUMS:
            system = layout.systems[bisect_right(starts, note.start) - 1]
            colour = theme.shaded(drum_colour, note.velocity, leads=True)
            _draw_hit(canvas, layout, system, note, colour, score.resolution)


def top_line(notes: Sequence[Note], resolution: int) -> set[Note]:
    """Return the notes above which nothing sounds when they start.

    What an ear takes for the melody. Source: the skyline of Uitdenbogerd and Zobel, Manipulation
    of Music for Melody Matching, 1998. ``notes`` are sorted by start and compared on the tokens'
    grid, since a chord that is played by a person begins with any of its notes.
    """
    top: set[Note] = set()
    sounding: list[tuple[int, int]] = []  # (-pitch, slot of its end), the highest first
    for slot, group in groupby(notes, key=lambda note: _slot(note.start, resolution)):
        beginning = list(group)
        for note in beginning:
            end = _slot(note.start + note.duration, resolution)
            heappush(sounding, (-note.pitch, max(end, slot + 1)))
        while sounding[0][1] <= slot:
            heappop(sounding)
        top.update(note for note in beginning if note.pitch == -sounding[0][0])
    return top


def _slot(tick: int, resolution: int) -> int:
    return round(tick * GRID / resolution)


def _draw_note(canvas: Canvas, layout: Layout, system: System, note: Note, colour: str) -> None:
    x = layout.x(system, note.start)
    # A hair of ground after each note keeps repeated ones apart.
    end = max(layout.x(system, note.start + note.duration) - 1, x + _LEAST_WIDTH)
    row = layout.pitch_height(system)
    height = max(min(row * 0.9, _MOST_HEIGHT), _LEAST_HEIGHT)
    y = layout.y(system, note.pitch) + (row - height) / 2
    canvas.box(x, y, end, y + height, colour, min(height / 2.5, _ROUNDNESS))


def _draw_hit(
    canvas: Canvas, layout: Layout, system: System, note: Note, colour: str, resolution: int
) -> None:
    (row,) = (row for row, lane in enumerate(layout.lanes) if note.pitch in lane.keys)
    # A sixteenth wide at most, so that a fast hi-hat in a long piece is no solid bar.
    wide = min(max(0.7 * layout.tick_width * resolution / 4, 1.0), _HIT_WIDTH)
    x, y = layout.x(system, note.start), layout.drum_top(system) + layout.lane_height * row
    air = layout.lane_height * 0.15
    canvas.box(x, y + air, x + wide, y + layout.lane_height - air, colour, wide / 2.5)
