"""Above the notes: title, facts, and which colour is which instrument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from engine.picture.canvas import Canvas
from engine.picture.layout import MARGIN, WIDTH
from engine.picture.lettering import shortened, width
from engine.picture.palette import Theme
from engine.request.lexicon.instruments import INSTRUMENT_OF
from engine.score.model import Score
from engine.score.programs import program_name

_ROOM = WIDTH - 2 * MARGIN
_TITLE, _FACTS, _LEGEND = 56, 34, 32
"""Sizes of letters; at a third of it, as a phone shows the picture, 32 is still read."""
_TITLE_LINE, _FACTS_LINE = 72, 120
_LEGEND_ROW = 46
_SWATCH = 26
_BEFORE_NAME, _BETWEEN = 12, 34
_LEGEND_ROWS = 2


class Legend(NamedTuple):
    """What each colour stands for, in rows."""

    rows: tuple[tuple[int, ...], ...]
    """Programs, the drums last."""
    names: dict[int, str]
    more: str
    """Says how many programs found no room; empty where all did."""

    @property
    def height(self) -> int:
        """Of the whole header in pixels."""
        return _FACTS_LINE + 20 + _LEGEND_ROW * len(self.rows)


def prominent(score: Score) -> tuple[int, ...]:
    """Return the programs, those with most notes first."""
    counted = Counter(note.program for note in score.notes)
    return tuple(sorted(counted, key=lambda program: (-counted[program], program)))


def legend_of(programs: Sequence[int]) -> Legend:
    """Return a legend of as many of the programs, from the first on, as two rows hold."""
    names = _names(programs)
    for shown in range(len(programs), 0, -1):
        more = f"+ {len(programs) - shown} more" if shown < len(programs) else ""
        rows = _rows(sorted(programs[:shown]), names, more)
        if len(rows) <= _LEGEND_ROWS:
            return Legend(rows, names, more)
    return Legend((), names, "")


def draw_header(
    canvas: Canvas,
    theme: Theme,
    title: str,
    facts: str,
    legend: Legend,
    colours: dict[int, str],
) -> None:
    """Write the title, the line of facts and the legend."""
    line = shortened(title, _TITLE, _ROOM)
    canvas.text(MARGIN, _TITLE_LINE, line, _TITLE, theme.text, weight=0.5)
    canvas.text(MARGIN, _FACTS_LINE, shortened(facts, _FACTS, _ROOM), _FACTS, theme.soft_text)
    for row, programs in enumerate(legend.rows):
        x = float(MARGIN)
        y = _FACTS_LINE + _LEGEND_ROW * (row + 1)
        for program in programs:
            canvas.box(x, y - _SWATCH + 2, x + _SWATCH, y + 2, colours[program], radius=7)
            at = x + _SWATCH + _BEFORE_NAME
            canvas.text(at, y, legend.names[program], _LEGEND, theme.text)
            x += _item_width(legend.names[program])
        if row == len(legend.rows) - 1:
            canvas.text(x, y, legend.more, _LEGEND, theme.soft_text)


def _names(programs: Sequence[int]) -> dict[int, str]:
    """Return the everyday name of each program, General MIDI's where two would share one."""
    everyday = {program: INSTRUMENT_OF[program].replace("_", " ") for program in programs}
    shared = Counter(everyday.values())
    return {
        program: name.capitalize() if shared[name] == 1 else program_name(program)
        for program, name in everyday.items()
    }


def _rows(programs: Sequence[int], names: dict[int, str], more: str) -> tuple[tuple[int, ...], ...]:
    """Break the programs into rows; a lone last one holds nothing where ``more`` needs it."""
    rows: list[list[int]] = []
    used = float("inf")
    for program in programs:
        room = _item_width(names[program])
        if used + room - _BETWEEN > _ROOM:
            rows.append([])
            used = 0.0
        rows[-1].append(program)
        used += room
    if more and used + width(more, _LEGEND) > _ROOM:
        rows.append([])
    return tuple(tuple(row) for row in rows)


def _item_width(name: str) -> float:
    return _SWATCH + _BEFORE_NAME + width(name, _LEGEND) + _BETWEEN
