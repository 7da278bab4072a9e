"""Pages: what they hold, that they are the same every time, and what is said without a renderer."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image

from engine.errors import CancelledError, ToolError
from engine.sheet.engrave import PNG_WIDTH, Engraving
from engine.sheet.layout import lay_out
from engine.sheet.musicxml import write_musicxml
from tests.engine.sheet import pieces

PIECE = pieces.merged(pieces.METER_CHANGE, pieces.BEAT, pieces.PIANO_HANDS)


def engraved(score=PIECE, title: str = "A piece") -> Engraving:  # type: ignore[no-untyped-def]
    sheet = lay_out(score, title=title)
    return Engraving(write_musicxml(sheet), sheet.staves, title)


def ink(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L")


def test_a_page_is_a4_black_on_white_and_its_edge_is_empty() -> None:
    (page,) = engraved().pngs()
    image = ink(page)
    assert image.size == (PNG_WIDTH, round(PNG_WIDTH * 297 / 210))
    assert image.getextrema() == (0, 255)
    edge = PNG_WIDTH // 40
    for box in ((0, 0, edge, image.height), (image.width - edge, 0, image.width, image.height)):
        assert image.crop(box).getextrema() == (255, 255)


def test_pages_are_the_same_bytes_every_time() -> None:
    assert engraved().pngs() == engraved().pngs()
    assert engraved().pdf() == engraved().pdf()
    assert b"20000101" in engraved().pdf()  # not the day on which it was made


def test_the_title_is_drawn_and_no_font_of_the_machine_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import cairocffi

    monkeypatch.setattr(cairocffi.Context, "show_text", None)
    monkeypatch.setattr(cairocffi.Context, "select_font_face", None)
    titled, nameless = (ink(engraved(title=title).pngs()[0]) for title in ("Waltz é ♭", ""))
    top = (0, 0, PNG_WIDTH, 180)
    assert titled.crop(top).getextrema() == (0, 255)
    assert nameless.crop(top).getextrema()[0] > 0 or titled.tobytes() != nameless.tobytes()
    assert b"/Font" not in engraved().pdf()


def test_a_long_title_stays_on_the_page() -> None:
    image = ink(engraved(title="A very long title " * 12).pngs()[0])
    assert image.crop((0, 0, PNG_WIDTH // 60, image.height)).getextrema() == (255, 255)


def test_sixty_four_parts_fit_on_one_page() -> None:
    assert engraved(pieces.SIXTY_FOUR_PARTS).pages == 1


@pytest.mark.parametrize("name", pieces.CUT_32NDS)
def test_a_piece_with_a_cut_bar_of_32nds_is_engraved(name: str) -> None:
    assert engraved(pieces.CUT_32NDS[name]).pages == 1


def test_a_long_piece_has_several_pages_in_one_pdf() -> None:
    long = pieces.score([(at, 60 + at % 11, 6) for at in range(0, 48 * 60, 6)], bars=60)
    done: list[tuple[int, int]] = []
    piece = engraved(long)
    pdf = piece.pdf(lambda page, pages: done.append((page, pages)))
    assert piece.pages > 1
    assert done == [(page, piece.pages) for page in range(1, piece.pages + 1)]
    assert pdf.startswith(b"%PDF")


def test_progress_may_cancel() -> None:
    def stop(done: int, total: int) -> None:
        raise CancelledError("enough")

    with pytest.raises(CancelledError):
        engraved().pdf(stop)


@pytest.mark.parametrize("library", ["verovio", "cairocffi"])
def test_without_a_renderer_the_reader_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ToolError, match=f"pip install {library}"):
        engraved().pdf()


def test_what_is_no_music_is_refused() -> None:
    with pytest.raises(ToolError, match="could not engrave"):
        Engraving(b"<nothing/>", 1)
