"""A Score as a piano roll: what one sees of a piece in a chat, on a desk or on a phone."""

from __future__ import annotations

from engine.picture.canvas import Canvas
from engine.picture.draw_chords import draw_chords
from engine.picture.draw_grid import draw_grid
from engine.picture.draw_header import draw_header, legend_of, prominent
from engine.picture.draw_notes import draw_notes
from engine.picture.layout import WIDTH, lay_out
from engine.picture.palette import DARK, Theme, note_colours
from engine.score.model import Score


def draw_pianoroll(score: Score, title: str, facts: str = "", theme: Theme = DARK) -> bytes:
    """Return a PNG of the piece, WIDTH pixels wide; the same arguments give the same bytes.

    ``facts`` is the line under the title (key, meter, tempo). Both lines are shortened where they
    are too long. Without notes the grid of the bars is drawn alone.
    """
    programs = prominent(score)
    colours = note_colours(programs, theme)
    legend = legend_of(programs)
    layout = lay_out(score, legend.height)
    canvas = Canvas(WIDTH, layout.height, theme.ground)
    draw_header(canvas, theme, title, facts, legend, colours)
    draw_grid(canvas, theme, layout)
    draw_chords(canvas, theme, layout, score.chords)
    draw_notes(canvas, theme, layout, score, colours)
    return canvas.png()
