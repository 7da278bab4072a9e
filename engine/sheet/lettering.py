"""Text as outlines, so that pages look the same on a machine without any fonts.

Words are set in STIX, whose letters are as wide as those of Times that the engraver reckons
with; it comes with matplotlib. Musical signs come from the engraver's own music font.
fontTools, which reads both, is loaded when the first page is painted.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from engine.errors import ToolError

if TYPE_CHECKING:
    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.ttLib import TTFont

MUSIC_FONT = "Leland"
_MUSIC_FALLBACK = "Bravura"

_FACES = {
    (False, False): "STIXGeneral.ttf",
    (True, False): "STIXGeneralBol.ttf",
    (False, True): "STIXGeneralItalic.ttf",
    (True, True): "STIXGeneralBolIta.ttf",
}
_FURTHER = "DejaVuSans.ttf"
"""For letters that STIX lacks, such as Arabic ones."""

Outline = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
"""Steps of a pen: its verb and the points, in em, y upwards."""


class Glyph(NamedTuple):
    """A letter or sign of size 1."""

    outline: Outline
    advance: float


def outline_of(path: str) -> Outline:
    """Return an SVG path as steps of a pen, in its own units."""
    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.svgLib.path import parse_path

    pen = RecordingPen()
    parse_path(path, pen)
    return _steps(pen)


def _steps(pen: RecordingPen) -> Outline:
    return tuple((verb, tuple(points)) for verb, points in pen.value)


@cache
def letter(character: str, *, bold: bool, italic: bool) -> Glyph:
    """Return a character's outline; letters that no font has become a question mark."""
    for face in (_FACES[bold, italic], _FURTHER):
        font = _font(face)
        name = font.getBestCmap().get(ord(character))
        if name is not None:
            return _glyph(font, name)
    plain = unicodedata.normalize("NFKD", character)[0]
    return letter(plain if plain != character else "?", bold=bold, italic=italic)


def _glyph(font: TTFont, name: str) -> Glyph:
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(pen)
    em = font["head"].unitsPerEm
    scaled = tuple(
        (verb, tuple((x / em, y / em) for x, y in points)) for verb, points in _steps(pen)
    )
    return Glyph(scaled, font["hmtx"][name][0] / em)


@cache
def _font(face: str) -> TTFont:
    from fontTools.ttLib import TTFont

    spec = find_spec("matplotlib")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / face
        if path.exists():
            return TTFont(path)
    raise ToolError(f"the font {face} of matplotlib is missing; run: pip install matplotlib")


@cache
def sign(character: str, resources: Path) -> Glyph:
    """Return a sign of the music font (SMuFL) that lies in the engraver's ``resources``."""
    code = f"{ord(character):04X}"
    for font in (MUSIC_FONT, _MUSIC_FALLBACK):
        path = resources / font / f"{code}.xml"
        if path.exists():
            drawn = ElementTree.parse(path).getroot().find("path")
            outline = outline_of(drawn.get("d", "")) if drawn is not None else ()
            em, advance = _metrics(font, resources)
            scaled = tuple(
                (verb, tuple((x / em, y / em) for x, y in points)) for verb, points in outline
            )
            return Glyph(scaled, advance.get(code, 0.0) / em)
    return letter("?", bold=False, italic=False)


@cache
def _metrics(font: str, resources: Path) -> tuple[float, dict[str, float]]:
    """Return a music font's units to the em and the advance of each of its signs."""
    boxes = ElementTree.parse(resources / f"{font}.xml").getroot()
    advances = {box.get("c", ""): float(box.get("h-a-x", 0)) for box in boxes.iter("g")}
    return float(boxes.get("units-per-em", 1000)), advances
