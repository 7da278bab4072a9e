"""Chord names above the bars, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.picture.canvas import Canvas
from engine.picture.layout import MARGIN, WIDTH, Layout, System
from engine.picture.lettering import width
from engine.picture.palette import Theme
from engine.score.harmony import NO_CHORD
from engine.score.model import Chord
from engine.score.theory import chord_name

_SIZE = 32
_BETWEEN = 14


def draw_chords(canvas: Canvas, theme: Theme, layout: Layout, chords: tuple[Chord, ...]) -> None:
    """Write the names above every system, none touching another."""
    for system in layout.systems:
        for name, x in placed(system, layout, chords):
            canvas.text(x, system.panel - 10, name, _SIZE, theme.chord_text)


def placed(system: System, layout: Layout, chords: Iterable[Chord]) -> list[tuple[str, float]]:
    """Return the names that fit above a system and where each begins, from left to right.

    Changes only, and the first bar's chord again on every system. Where not all fit, those on the
    system's first bar line come before those on every fourth, second, single one, and these before
    those inside a bar.
    """
    taken: list[tuple[float, float, str]] = []
    nth = {bar.start: nth for nth, bar in enumerate(system.bars)}
    ranked = sorted(
        _heard(system, chords), key=lambda chord: _rank(nth.get(chord.tick), chord.tick)
    )
    for chord in ranked:
        name = label(chord)
        left = layout.x(system, chord.tick)
        right = left + width(name, _SIZE) + _BETWEEN
        if right > WIDTH - MARGIN / 2 + _BETWEEN:
            continue
        if all(right <= begin or left >= end for begin, end, _ in taken):
            taken.append((left, right, name))
    return [(name, left) for left, _, name in sorted(taken)]


def label(chord: Chord) -> str:
    """Return a chord as on a lead sheet; ``N.C.`` where no harmony sounds."""
    return "N.C." if chord.quality == NO_CHORD else chord_name(chord.root, chord.quality)


def _heard(system: System, chords: Iterable[Chord]) -> Iterator[Chord]:
    """Yield the chord that lasts into the system, at its start, and the changes inside."""
    sounding: Chord | None = None
    for chord in chords:
        if chord.tick <= system.start:
            sounding = chord._replace(tick=system.start)
        elif chord.tick < system.end:
            if sounding:
                yield sounding
                sounding = None
            yield chord
    if sounding:
        yield sounding


def _rank(bar: int | None, tick: int) -> tuple[int, int]:
    """Return what sorts the more important place first; ``bar``: counted from the system's."""
    if bar is None:
        return 4, tick
    return (0 if bar == 0 else 1 if bar % 4 == 0 else 2 if bar % 2 == 0 else 3), tick
