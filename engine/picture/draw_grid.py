"""Under the notes: bars, beats, octaves and the lanes of the drums, with their names."""

from __future__ import annotations

from math import ceil, log2

from engine.picture.canvas import Canvas
from engine.picture.layout import GUTTER, Layout, System
from engine.picture.palette import Theme
from engine.score.theory import PITCH_NAMES

_SIZE, _LANE_SIZE = 28, 26
"""Of letters: bar numbers and octaves; lanes of drums."""
_BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
_LEAST_KEY = 4.0
"""Thinner than this, stripes of black keys only make the panel grey."""
_LEAST_BEAT, _LEAST_BAR, _LEAST_NUMBER = 12.0, 9.0, 76.0
"""Pixels from one line or number to the next."""
_LEAST_NAME = 44.0


def draw_grid(canvas: Canvas, theme: Theme, layout: Layout) -> None:
    """Draw the panel of every system, its lines and their names."""
    for system in layout.systems:
        right = layout.right(system)
        canvas.box(GUTTER, system.panel, right, system.bottom, theme.panel)
        _draw_octaves(canvas, theme, layout, system)
        _draw_lanes(canvas, theme, layout, system)
        _draw_beats(canvas, theme, layout, system)
        _draw_bars(canvas, theme, layout, system)
        canvas.box(
            GUTTER - 1, layout.floor(system), right + 1, layout.drum_top(system), theme.ground
        )


def _draw_octaves(canvas: Canvas, theme: Theme, layout: Layout, system: System) -> None:
    right, height = layout.right(system), layout.pitch_height(system)
    every = _step(_LEAST_NAME / (12 * height))
    for pitch in range(layout.low, layout.high + 1):
        y = layout.y(system, pitch)
        if pitch % 12 in _BLACK_KEYS and height >= _LEAST_KEY:
            canvas.box(GUTTER, y, right, y + height, theme.black_key)
        if pitch % 12 == 0:
            canvas.box(GUTTER, y + height - 1, right, y + height + 1, theme.octave_line)
            octave = pitch // 12 - 1  # middle C, 60, is C4
            if octave % every == 0:
                name = f"{PITCH_NAMES[0]}{octave}"
                at = (GUTTER - 12, y + height / 2)
                canvas.text(*at, name, _SIZE, theme.soft_text, anchor="rm")


def _draw_lanes(canvas: Canvas, theme: Theme, layout: Layout, system: System) -> None:
    """Part the drums from the pitches, and name the lanes where letters fit."""
    top, right = layout.drum_top(system), layout.right(system)
    for row, lane in enumerate(layout.lanes):
        y = top + layout.lane_height * row
        if row % 2:
            canvas.box(GUTTER, y, right, y + layout.lane_height, theme.black_key)
        if layout.lane_height >= _LANE_SIZE:
            at = (GUTTER - 12, y + layout.lane_height / 2)
            canvas.text(*at, lane.name, _LANE_SIZE, theme.soft_text, anchor="rm")


def _draw_beats(canvas: Canvas, theme: Theme, layout: Layout, system: System) -> None:
    for bar in system.bars:
        beat = (bar.end - bar.start) / bar.meter.numerator
        if beat * layout.tick_width < _LEAST_BEAT:
            continue
        for number in range(1, bar.meter.numerator):
            x = layout.x(system, bar.start) + number * beat * layout.tick_width
            canvas.box(x, system.panel, x + 1, system.bottom, theme.beat_line)


def _draw_bars(canvas: Canvas, theme: Theme, layout: Layout, system: System) -> None:
    """Draw bar lines, every second, fourth ... where they would stand too close."""
    if not layout.numbered:
        at, number = (GUTTER - 12, system.panel - 10), str(system.bars[0].number + 1)
        canvas.text(*at, number, _SIZE, theme.soft_text, anchor="rs")
    bar_width = (layout.right(system) - GUTTER) / len(system.bars)
    every, number_every = _step(_LEAST_BAR / bar_width), _step(_LEAST_NUMBER / bar_width)
    for nth, bar in enumerate(system.bars):
        x = layout.x(system, bar.start)
        if nth % every == 0:
            canvas.box(x - 0.5, system.panel, x + 1, system.bottom, theme.bar_line)
        if layout.numbered and nth % number_every == 0:
            number = str(bar.number + 1)
            canvas.text(x, system.bottom + 30, number, _SIZE, theme.soft_text, anchor="ms")
    end = layout.right(system)
    canvas.box(end - 1, system.panel, end + 0.5, system.bottom, theme.bar_line)


def _step(least: float) -> int:
    """Return the smallest power of two that is at least so much, and at least 1."""
    return 1 << max(0, ceil(log2(max(least, 1.0))))
