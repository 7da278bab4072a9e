"""The picture: the same for the same piece, small, and showing what is played."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import pytest
from PIL import Image, ImageColor

from engine.audio.pianoroll import WIDTH_PX, draw_pianoroll
from engine.audio.stage import FAMILIES
from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from tests.engine.audio.pieces import QUARTER, band, piece, scale


def draw(score: Score, title: str = "a piece", subtitle: str = "") -> Image.Image:
    image = Image.open(io.BytesIO(draw_pianoroll(score, title, subtitle)))
    image.load()
    return image


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in image.convert("RGB").getcolors(1 << 20) or []}


def near(image: Image.Image, colour: str) -> bool:
    """Whether the picture has the colour, up to the palette's rounding."""
    wanted = ImageColor.getrgb(colour)
    return any(
        max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 12
        for found in colours(image)
    )


def test_the_same_piece_gives_the_same_bytes() -> None:
    assert draw_pianoroll(band(), "x", "y") == draw_pianoroll(band(), "x", "y")


def test_a_long_dense_piece_stays_small_and_quick() -> None:
    notes = [
        Note(i * 2, (i * 7 % 16) * 8 if i % 5 else DRUMS, 30 + i * 11 % 70, 2 + i % 9, 60 + i % 60)
        for i in range(12_000)
    ]
    score = replace(
        piece(notes, bars=500), chords=tuple(Chord(i * 48, i % 12, "m7b5") for i in range(500))
    )
    started = time.perf_counter()
    png = draw_pianoroll(score, "long and dense", "a line")
    assert time.perf_counter() - started < 5.0  # 0.2 s on two idle cores
    assert len(png) < 300_000


def test_every_instrument_is_seen_in_its_familys_colour() -> None:
    image = draw(band())
    assert image.width == WIDTH_PX
    assert near(image, FAMILIES[0].colour)
    assert near(image, FAMILIES[4].colour)
    assert not near(image, FAMILIES[8].colour)


def test_two_of_a_family_have_different_colours() -> None:
    alone, together = draw(scale(0)), draw(piece([*scale(0).notes, Note(0, 1, 72, 24, 90)]))
    assert len(colours(together)) > len(colours(alone))
    assert near(together, FAMILIES[1].colour)  # free, as no bells play


def test_drums_have_a_lane_below_and_only_then() -> None:
    assert draw(band()).height > draw(scale(0)).height


@pytest.mark.parametrize(
    "score",
    [
        piece([]),
        Score(480, 0, (), (Tempo(0, 120.0),), (Meter(0, 4, 4),)),
        piece([Note(0, DRUMS, 38, 1, 100)]),
        piece([Note(0, DRUMS, key, 1, 100) for key in range(128)]),
        piece([Note(0, 0, pitch, 400, 127) for pitch in range(128)]),
        piece([Note(i, program, 60, QUARTER, 1) for i, program in enumerate(range(128))]),
        replace(scale(0, bars=7), meters=(Meter(0, 7, 8), Meter(42, 12, 8))),
    ],
    ids=["silent", "no bars", "one hit", "every drum", "every pitch", "every program", "meters"],
)
def test_anything_a_score_can_hold_can_be_drawn(score: Score) -> None:
    assert draw(score).width == WIDTH_PX


def test_words_of_any_length_fit() -> None:
    short, long = (
        draw(band(), "x"),
        draw(band(), "jazz " * 100 + "\n\u97f3\u697d \U0001f3b7", "y" * 900),
    )
    assert short.size == long.size
