"""A sheet to draw on, in pixels of the finished picture, that may fall between the whole ones."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from engine.picture.lettering import FINER, font


class Canvas:
    """An empty sheet of one colour, and what has been drawn on it since.

    Pillow draws shapes without antialiasing; drawn FINER times larger and scaled down they are
    smooth.
    """

    def __init__(self, width: int, height: int, ground: str) -> None:
        self._image = Image.new("RGB", (width * FINER, height * FINER), ground)
        self._draw = ImageDraw.Draw(self._image)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str,
        radius: float = 0.0,
    ) -> None:
        """Fill a rectangle, at least half a pixel wide and high."""
        x, y = round(left * FINER), round(top * FINER)
        edges = (x, y, max(x, round(right * FINER) - 1), max(y, round(bottom * FINER) - 1))
        round_by = min(radius * FINER, (edges[2] - x) / 2, (edges[3] - y) / 2)
        # Below a pixel nothing of the roundness is seen, and a plain rectangle is ten times faster.
        if round_by < 1:
            self._draw.rectangle(edges, colour)
        else:
            self._draw.rounded_rectangle(edges, round_by, colour)

    def text(
        self,
        x: float,
        y: float,
        line: str,
        size: int,
        colour: str,
        anchor: str = "ls",
        weight: float = 0.0,
    ) -> None:
        """Write a printable line at a point of it (Pillow's anchors), thickened by ``weight``."""
        self._draw.text(
            (x * FINER, y * FINER),
            line,
            colour,
            font(size),
            anchor=anchor,
            stroke_width=weight * FINER,
            stroke_fill=colour,
        )

    def png(self) -> bytes:
        """Return the picture as PNG, with a palette: of few colours it is a third of the size."""
        small = self._image.reduce(FINER)
        out = io.BytesIO()
        small.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        return out.getvalue()
