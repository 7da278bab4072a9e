"""MusicXML as pages: engraved by Verovio, painted by cairo. The only importer of both.

Both are loaded when they are first needed, so that writing MusicXML works without them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from engine.errors import ToolError
from engine.sheet.painter import Painter

OnPage = Callable[[int, int], None]
"""Called with the pages done and all of them; may raise CancelledError."""

PNG_WIDTH = 1654
"""Pixels: A4 at 200 dots an inch, at which the thinnest line still has more than one."""

_A4_MM = (210, 297)
_A4_PT = (595.276, 841.89)
_MARGIN_MM = 12
_GREYS = 16

# Staff heights of the trade: 7 mm for one player, less the more share a page.
_STAFF_MM = ((3, 6.8), (6, 5.6), (12, 4.8))
_LEAST_STAFF_MM = 1.2
_FULL_STAFF_MM = 7.2
"""Of Verovio at 100 %."""
_PITCH_MM = 18.0
"""From one staff to the next at 100 %, with room for ledger lines."""


def _none(done: int, total: int) -> None:
    """Report nothing."""


class Engraving:
    """The pages of one piece, A4, as SVG that only ``Painter`` has to understand."""

    def __init__(self, musicxml: bytes, staves: int, title: str = "") -> None:
        """Lay out all pages; ``staves``: how many a system has, which decides their size.

        Raises ToolError if Verovio is missing or does not understand the file.
        """
        toolkit = _toolkit()
        toolkit.setOptions(_options(staves))
        # Verovio says yes to anything; what it did not understand has no measures.
        toolkit.loadData(musicxml.decode())
        if 'class="measure"' not in toolkit.renderToSVG(1):
            raise ToolError("Verovio could not engrave the piece; use its MusicXML file instead")
        self._toolkit = toolkit
        self._title = title
        self._painter = Painter(Path(toolkit.getResourcePath()))
        self.pages = int(toolkit.getPageCount())

    def pdf(self, on_page: OnPage = _none) -> bytes:
        """Return all pages as one PDF, the same bytes for the same piece."""
        cairo = _cairo()
        out = io.BytesIO()
        surface = cairo.PDFSurface(out, *_A4_PT)
        surface.set_metadata(cairo.PDF_METADATA_TITLE, self._title)
        # A date would make each file another; the piece has none.
        surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
        for page in range(1, self.pages + 1):
            context = cairo.Context(surface)
            self._painter.paint(self._toolkit.renderToSVG(page), context, _A4_PT[0])
            surface.show_page()
            on_page(page, self.pages)
        surface.finish()
        return out.getvalue()

    def pngs(self, on_page: OnPage = _none) -> list[bytes]:
        """Return each page as a PNG, PNG_WIDTH wide, black on white."""
        cairo = _cairo()
        height = round(PNG_WIDTH * _A4_MM[1] / _A4_MM[0])
        pages = []
        for page in range(1, self.pages + 1):
            surface = cairo.ImageSurface(cairo.FORMAT_RGB24, PNG_WIDTH, height)
            context = cairo.Context(surface)
            context.set_source_rgb(1, 1, 1)
            context.paint()
            self._painter.paint(self._toolkit.renderToSVG(page), context, PNG_WIDTH)
            surface.flush()
            pages.append(_png(bytes(surface.get_data()), PNG_WIDTH, height))
            on_page(page, self.pages)
        return pages


def _options(staves: int) -> dict[str, Any]:
    """Return Verovio's options for a page of so many staves a system."""
    staff_mm = next((mm for most, mm in _STAFF_MM if staves <= most), _STAFF_MM[-1][1])
    room_mm = _A4_MM[1] - 2 * _MARGIN_MM - 30  # 30 for the title
    staff_mm = min(staff_mm, _FULL_STAFF_MM * room_mm / (staves * _PITCH_MM))
    return {
        "inputFrom": "xml",
        "pageWidth": 10 * _A4_MM[0],
        "pageHeight": 10 * _A4_MM[1],
        "scale": round(100 * max(staff_mm, _LEAST_STAFF_MM) / _FULL_STAFF_MM),
        "scaleToPageSize": True,
        "pageMarginTop": 10 * _MARGIN_MM,
        "pageMarginBottom": 10 * _MARGIN_MM,
        "pageMarginLeft": 10 * _MARGIN_MM,
        "pageMarginRight": 10 * _MARGIN_MM,
        "svgViewBox": True,
        "xmlIdSeed": 1,
        "footer": "none",
        "condense": "none",
        "font": "Leland",
        "smuflTextFont": "none",
        "spacingStaff": 9,
        "spacingSystem": 10,
        "spacingLinear": 0.27,
        "bottomMarginHeader": 5.0,
    }


def _png(pixels: bytes, width: int, height: int) -> bytes:
    """Return grey pixels in few shades, which is a fifth of the size."""
    image = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", 0, 1).convert("L")
    step = 255 // (_GREYS - 1)
    few = image.point([round(level / step) for level in range(256)])
    few = few.convert("P")
    few.putpalette([shade * step for shade in range(_GREYS) for _ in range(3)])
    out = io.BytesIO()
    few.save(out, "PNG", bits=4)
    return out.getvalue()


def _toolkit() -> Any:
    try:
        import verovio
    except ImportError as error:
        raise ToolError("Verovio, which engraves, is missing; run: pip install verovio") from error
    verovio.enableLog(verovio.LOG_OFF)
    return verovio.toolkit()


def _cairo() -> Any:
    try:
        import cairocffi
    except (ImportError, OSError) as error:
        # cairocffi raises OSError where the system's library is not found.
        raise ToolError(
            "cairo, which paints the pages, is missing; "
            "run: pip install cairocffi, and install libcairo2 (Debian)"
        ) from error
    return cairocffi
