"""The picture: the same for the same piece, small, and showing what is played."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageColor

from engine.picture.layout import WIDTH
from engine.picture.palette import DARK, LIGHT, THEMES, Theme
from engine.picture.pianoroll import draw_pianoroll
from engine.score.model import DRUMS, Note, Score
from tests.engine.picture.scores import ODD, band, chords, dense, piece, scale

both = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def draw(score: Score, title: str = "a piece", facts: str = "", theme: Theme = DARK) -> Image.Image:
    image = Image.open(io.BytesIO(draw_pianoroll(score, title, facts, theme)))
    image.load()
    assert image.format == "PNG"
    return image.convert("RGB")


def share_of(image: Image.Image, colour: str, tolerance: int = 8) -> float:
    """How much of the picture has the colour, up to the palette's rounding."""
    wanted = ImageColor.getrgb(colour)
    found = sum(
        count
        for count, pixel in image.getcolors(1 << 24) or []
        if isinstance(pixel, tuple)
        and max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) <= tolerance
    )
    return found / (image.width * image.height)


def test_the_same_piece_gives_the_same_bytes() -> None:
    assert draw_pianoroll(band(), "x", "y") == draw_pianoroll(band(), "x", "y")


def test_a_long_dense_piece_stays_small() -> None:
    assert len(draw_pianoroll(dense(), "long and dense", "a line")) < 300_000


@pytest.mark.parametrize("score", ODD.values(), ids=ODD)
def test_anything_a_score_can_hold_can_be_drawn(score: Score) -> None:
    image = draw(score)
    assert image.width == WIDTH
    assert 900 <= image.height <= WIDTH


@pytest.mark.parametrize("bars", [1, 21, 90, 300])
def test_a_chat_shows_it_large(bars: int) -> None:
    """Discord fits a picture into a box; a tall one comes out narrow."""
    assert draw(scale(0, bars)).height <= WIDTH


@both
def test_grounds_and_panels_keep_their_colours(theme: Theme) -> None:
    image = draw(band(40), theme=theme)
    assert image.getpixel((0, 0)) == pytest.approx(ImageColor.getrgb(theme.ground), abs=4)
    assert share_of(image, theme.ground, tolerance=4) > 0.2
    assert share_of(image, theme.panel, tolerance=4) > 0.2


@both
def test_every_instrument_is_seen_in_its_familys_colour(theme: Theme) -> None:
    image = draw(band(12), theme=theme)
    for program in (0, 32, DRUMS):
        assert share_of(image, theme.colour_of(program)) > 0.0005
    assert share_of(image, theme.colour_of(73)) == 0


def test_a_lone_note_at_either_end_of_the_keyboard_is_seen() -> None:
    middle = [Note(i * 4, 0, 60 + i % 12, 4, 90) for i in range(400)]
    for pitch in (0, 127):
        image = draw(piece([*middle, Note(0, 73, pitch, 48, 40)], bars=34))
        ink = DARK.shaded(DARK.colour_of(73), 40, leads=pitch == 127)
        assert share_of(image, ink, tolerance=12) * image.width * image.height > 100


def test_a_note_that_is_held_across_a_line_goes_on_in_the_next() -> None:
    (held, cut) = (
        draw(piece([Note(0, 0, 60, length, 100)], bars=40)) for length in (40 * 48, 20 * 48)
    )
    colour = DARK.colour_of(0)
    assert share_of(held, colour) > 1.5 * share_of(cut, colour)


@both
def test_soft_notes_are_fainter_than_loud_ones(theme: Theme) -> None:
    score = scale(0)
    loud, soft = (
        piece([note._replace(velocity=velocity) for note in score.notes]) for velocity in (110, 20)
    )
    colour = theme.colour_of(0)
    assert share_of(draw(loud, theme=theme), colour) > 2 * share_of(draw(soft, theme=theme), colour)


def test_the_themes_differ() -> None:
    assert draw_pianoroll(band(), "x", "", DARK) != draw_pianoroll(band(), "x", "", LIGHT)


def test_chord_names_are_written() -> None:
    score = scale(0, bars=8)
    assert share_of(draw(score), DARK.chord_text) == 0
    assert share_of(draw(replace(score, chords=chords(["7"] * 8, 48))), DARK.chord_text) > 0


def test_words_of_any_length_and_script_fit() -> None:
    short, long = (
        draw(band(), "x"),
        draw(band(), "jazz " * 100 + "\n\u97f3\u697d \U0001f3b7", "y" * 100_000),
    )
    assert short.size == long.size
    margin = (WIDTH - 20, 0, WIDTH, 190)
    assert long.crop(margin).getcolors() == [(20 * 190, long.getpixel((0, 0)))]
