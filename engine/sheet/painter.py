"""Paints an engraved page (the few kinds of SVG element that the engraver emits) with cairo."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from engine.sheet.lettering import MUSIC_FONT, Glyph, Outline, letter, outline_of, sign

if TYPE_CHECKING:
    from cairocffi import Context

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TRANSFORM = re.compile(r"(translate|scale)\(([^)]*)\)")

# The engraver's own style sheet, by the class of the group.
_BOLD = frozenset({"ending", "fing", "reh", "tempo"})
_ITALIC = frozenset({"dir", "dynam", "mNum"})

_CHORD_GAP_EM = 0.35
"""Between chord symbols, which the engraver would print over one another in narrow bars."""
_WIDEST = 0.92
"""Share of the page's width that a centred line, such as a title, may take."""


class _Run(NamedTuple):
    """Letters of one kind."""

    glyphs: tuple[Glyph, ...]
    size: float

    @property
    def width(self) -> float:
        return self.size * sum(glyph.advance for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class _Style:
    """How text looks, as it is handed down from element to element."""

    size: float = 0.0
    family: str = ""
    bold: bool = False
    italic: bool = False
    chord: bool = False


class Painter:
    """Paints the pages of one piece onto cairo contexts whose user space is the page."""

    def __init__(self, resources: Path) -> None:
        """``resources``: the engraver's folder of music fonts."""
        self._resources = resources
        self._outlines: dict[str, Outline] = {}

    def paint(self, svg: str, context: Context, width: float) -> None:
        """Paint a page, ``width`` units of the context wide, in black on what is there."""
        page = ElementTree.fromstring(svg)
        inner = page.find(f"{_SVG}svg")
        if inner is None:
            raise ValueError("not a page of the engraver: no inner svg element")
        page_width = float(inner.get("viewBox", "").split()[2])
        defs = {
            group.get("id", ""): path.get("d", "")
            for group in page.iter(f"{_SVG}g")
            for path in group.findall(f"{_SVG}path")
            if path.get("transform") == "scale(1,-1)"
        }
        context.save()
        context.scale(width / page_width, width / page_width)
        context.set_source_rgb(0, 0, 0)
        _Page(context, self, defs, page_width).draw(inner, _Style())
        context.restore()

    def outline(self, path: str) -> Outline:
        """Return an SVG path as steps of a pen; each is parsed once."""
        if path not in self._outlines:
            self._outlines[path] = outline_of(path)
        return self._outlines[path]

    def glyphs(self, text: str, style: _Style) -> tuple[Glyph, ...]:
        """Return the glyphs of a text; private-use characters are musical signs."""
        return tuple(
            sign(character, self._resources)
            if style.family == MUSIC_FONT or "\ue000" <= character <= "\uf8ff"
            else letter(character, bold=style.bold, italic=style.italic)
            for character in text
        )


class _Page:
    """One page while it is painted."""

    def __init__(
        self, context: Context, painter: Painter, defs: dict[str, str], width: float
    ) -> None:
        self._context = context
        self._painter = painter
        self._defs = defs
        self._width = width
        self._chord_ends: dict[int, float] = {}
        """Height of a row of chord symbols to where the last of it ends."""

    def draw(self, element: Element, style: _Style) -> None:
        """Paint an element and what is in it."""
        kind = element.tag.removeprefix(_SVG)
        if kind in ("svg", "g"):
            classes = frozenset(element.get("class", "").split())
            if "placeholder" in classes:  # marks of the engraver that its style sheet hides
                return
            style = replace(
                style,
                bold=style.bold or bool(classes & _BOLD),
                italic=style.italic or bool(classes & _ITALIC),
                chord=style.chord or "harm" in classes,
            )
            self._context.save()
            self._transform(element.get("transform", ""))
            for child in element:
                self.draw(child, style)
            self._context.restore()
        elif kind == "use":
            self._use(element)
        elif kind == "text":
            self._text(element, style)
        elif kind in ("path", "polygon", "polyline", "ellipse", "rect"):
            self._shape(element, kind)
        elif kind not in ("title", "desc", "defs", "style"):
            raise ValueError(f"an engraved page holds an unknown element: {kind}")

    def _transform(self, text: str) -> None:
        for name, values in _TRANSFORM.findall(text):
            numbers = [float(number) for number in _NUMBER.findall(values)]
            x, y = numbers[0], numbers[-1] if name == "scale" or len(numbers) > 1 else 0.0
            (self._context.translate if name == "translate" else self._context.scale)(x, y)

    def _use(self, element: Element) -> None:
        """Paint a musical sign that the page defines."""
        path = self._defs[element.get(_HREF, "").removeprefix("#")]
        self._context.save()
        self._transform(element.get("transform", ""))
        self._context.scale(1, -1)
        self._trace(self._painter.outline(path))
        self._context.fill()
        self._context.restore()

    def _shape(self, element: Element, kind: str) -> None:
        context = self._context
        context.new_path()
        if kind == "path":
            self._trace(self._painter.outline(element.get("d", "")))
        elif kind == "ellipse":
            self._ellipse(*(float(element.get(name, 0)) for name in ("cx", "cy", "rx", "ry")))
        elif kind == "rect":
            context.rectangle(*(float(element.get(n, 0)) for n in ("x", "y", "width", "height")))
        else:
            numbers = [float(number) for number in _NUMBER.findall(element.get("points", ""))]
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                context.line_to(x, y)
            if kind == "polygon":
                context.close_path()
        if element.get("fill") != "none":
            context.fill_preserve()
        if "stroke-width" in element.attrib:
            context.set_line_width(float(element.get("stroke-width", 0)))
            context.stroke()
        context.new_path()

    def _ellipse(self, x: float, y: float, radius_x: float, radius_y: float) -> None:
        if radius_x <= 0 or radius_y <= 0:
            return
        self._context.save()
        self._context.translate(x, y)
        self._context.scale(radius_x, radius_y)
        self._context.arc(0, 0, 1, 0, 2 * math.pi)
        self._context.restore()

    def _trace(self, outline: Outline) -> None:
        context = self._context
        for verb, points in outline:
            if verb == "moveTo":
                context.move_to(*points[0])
            elif verb == "lineTo":
                context.line_to(*points[0])
            elif verb == "curveTo":
                context.curve_to(*points[0], *points[1], *points[2])
            elif verb == "qCurveTo":
                self._quadratic(points)
            elif verb == "closePath":
                context.close_path()

    def _quadratic(self, points: tuple[tuple[float, float], ...]) -> None:
        """Trace TrueType's curves: the ends between two control points lie half way."""
        for index, (cx, cy) in enumerate(points[:-1]):
            x, y = points[index + 1]
            if index + 2 < len(points):
                x, y = (cx + x) / 2, (cy + y) / 2
            x0, y0 = self._context.get_current_point()
            self._context.curve_to(
                x0 + (cx - x0) * 2 / 3, y0 + (cy - y0) * 2 / 3,
                x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, x, y,
            )  # fmt: skip

    def _text(self, element: Element, style: _Style) -> None:
        """Set each line of a text element, from, around or up to its place."""
        for anchor, x, y, runs in self._lines(element, style):
            width = sum(run.width for run in runs)
            shrink = 1.0
            if anchor == "middle" and width > _WIDEST * self._width:
                shrink = _WIDEST * self._width / width
            x -= {"middle": width * shrink / 2, "end": width}.get(anchor, 0.0)
            if style.chord and runs:
                x = max(x, self._chord_ends.get(round(y), 0.0))
                self._chord_ends[round(y)] = x + width + _CHORD_GAP_EM * runs[0].size
            for run in runs:
                for glyph in run.glyphs:
                    size = run.size * shrink
                    self._context.save()
                    self._context.translate(x, y)
                    self._context.scale(size, -size)
                    self._trace(glyph.outline)
                    self._context.fill()
                    self._context.restore()
                    x += glyph.advance * size

    def _lines(
        self, element: Element, style: _Style
    ) -> Iterator[tuple[str, float, float, list[_Run]]]:
        """Yield anchor, place and runs of every line in a text element."""
        anchor, x, y = element.get("text-anchor", ""), element.get("x", "0"), element.get("y", "0")
        runs: list[_Run] = []
        for part, handed in _leaves(element, style):
            if "x" in part.attrib or "y" in part.attrib:
                if runs:
                    yield anchor, float(x), float(y), runs
                    runs = []
                x, y = part.get("x", x), part.get("y", y)
                anchor = part.get("text-anchor", anchor)
            text = part.text or ""
            if handed.size and (text.strip() or "\n" not in text):
                runs.append(_Run(self._painter.glyphs(text, handed), handed.size))
        if runs:
            yield anchor, float(x), float(y), runs


def _leaves(element: Element, style: _Style) -> Iterator[tuple[Element, _Style]]:
    """Yield a text element and all spans in it with their styles, in the order of reading."""
    size = element.get("font-size", "").removesuffix("px")
    style = replace(
        style,
        size=float(size) if size else style.size,
        family=element.get("font-family", style.family),
        bold=style.bold if "font-weight" not in element.attrib
        else element.get("font-weight") == "bold",
        italic=style.italic if "font-style" not in element.attrib
        else element.get("font-style") == "italic",
    )  # fmt: skip
    yield element, style
    for child in element:
        yield from _leaves(child, style)
