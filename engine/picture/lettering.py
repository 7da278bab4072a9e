"""Letters that look the same on every machine: Pillow's own font, laid out by its own rules."""

from __future__ import annotations

import unicodedata
from functools import cache

from PIL import ImageFont

from engine.errors import ToolError

FINER = 2
"""Letters are measured, as they are drawn, so much larger than they are seen."""

_LONGEST = 400
"""Characters; more than any line holds at the smallest size used."""

_NEVER_A_GLYPH = "\uffff"
"""Not a character of Unicode, so every font shows it as what it lacks."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return Pillow's own font (Aileron), FINER times a size in pixels.

    Laid out by Pillow itself: Raqm kerns better, but is there only where a system library is.
    """
    found = ImageFont.load_default(size=size * FINER)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise ToolError("Pillow was built without FreeType; install Pillow from its wheels")
    return found.font_variant(layout_engine=ImageFont.Layout.BASIC)


def width(text: str, size: int) -> float:
    """Return the width of a printable line in pixels."""
    return font(size).getlength(text) / FINER


def printable(text: str) -> str:
    """Return a line of what the font can show.

    White space becomes one blank; an accented letter that the font lacks loses its accent, and a
    run of anything else that it lacks, blanks between, becomes one ``?``.
    """
    shown = ""
    for character in " ".join(text.split()):
        for part in character if _has(character) else unicodedata.normalize("NFKD", character):
            if _has(part):
                shown += part
            elif unicodedata.category(part)[0] not in "MC" and not shown.rstrip().endswith("?"):
                shown += "?"
    return " ".join(shown.split())


def shortened(text: str, size: int, room: float) -> str:
    """Return the printable line, cut with an ellipsis where it is wider than the room."""
    line = printable(text[:_LONGEST])
    if width(line, size) <= room:
        return line
    while line and width(line + "…", size) > room:
        line = line[:-1]
    return line.rstrip() + "…"


@cache
def _has(character: str) -> bool:
    """Whether the font has a glyph of its own for the character."""
    return character == " " or _shape(character) != _shape(_NEVER_A_GLYPH)


def _shape(character: str) -> bytes:
    mask = font(20).getmask(character)
    return bytes(mask) + bytes(str(mask.size), "ascii")
