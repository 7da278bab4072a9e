"""Colours can be told from their ground and from each other."""

from __future__ import annotations

from itertools import combinations

import pytest

from engine.picture.palette import THEMES, Theme, note_colours
from engine.picture.vision import contrast, difference
from engine.score.model import DRUMS

both = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
USUAL = (0, 24, 33, 40, 48, 56, 64, 73)
"""Piano, guitar, bass, violin, strings, trumpet, saxophone, flute."""


@both
def test_text_is_readable(theme: Theme) -> None:
    for colour in (theme.text, theme.soft_text, theme.chord_text):
        assert contrast(colour, theme.ground) >= 4.5  # WCAG 2.2, 1.4.3


@both
def test_even_the_softest_note_stands_out_from_its_ground(theme: Theme) -> None:
    for family in theme.families:
        for ground in (theme.panel, theme.black_key):
            assert contrast(theme.shaded(family, 1, leads=False), ground) >= 3  # WCAG 2.2, 1.4.11
            assert contrast(family, ground) > 4


@both
def test_legends_swatches_stand_out(theme: Theme) -> None:
    assert min(contrast(family, theme.ground) for family in theme.families) >= 4


@both
def test_louder_is_brighter_and_a_lead_is_brightest(theme: Theme) -> None:
    def strength(velocity: int, *, leads: bool) -> float:
        return contrast(theme.shaded(theme.families[0], velocity, leads=leads), theme.panel)

    assert strength(30, leads=False) < strength(90, leads=False) < strength(90, leads=True)
    assert theme.shaded(theme.families[0], 127, leads=True) == theme.families[0]


@both
def test_flat_colours_survive_the_pictures_palette(theme: Theme) -> None:
    flat = (
        theme.ground,
        theme.panel,
        theme.black_key,
        theme.beat_line,
        theme.octave_line,
        theme.bar_line,
    )
    assert len({colour[1::2] for colour in flat}) == len(flat)


@both
def test_there_is_a_colour_for_each_family_and_the_drums(theme: Theme) -> None:
    assert len(set(theme.families)) == len(theme.families) == 17
    assert theme.colour_of(DRUMS) == theme.families[-1]
    assert theme.colour_of(127) == theme.families[-2]


@both
def test_what_usually_plays_together_keeps_its_familys_colours(theme: Theme) -> None:
    """Also to eyes without red or green, which take many colours for one."""
    colours = note_colours((*USUAL, DRUMS), theme)
    assert colours == {program: theme.colour_of(program) for program in (*USUAL, DRUMS)}
    assert min(difference(*pair) for pair in combinations(list(colours.values())[:-1], 2)) >= 0.06


@both
def test_any_four_instruments_are_told_apart(theme: Theme) -> None:
    for one, other in combinations(range(0, 128, 8), 2):
        colours = note_colours((one, other, one + 1, other + 1), theme)
        assert min(difference(*pair) for pair in combinations(colours.values(), 2)) >= 0.06


@both
def test_two_of_a_family_differ_and_the_first_keeps_its_colour(theme: Theme) -> None:
    colours = note_colours((25, 24), theme)
    assert colours[25] == theme.colour_of(25)
    assert difference(colours[24], colours[25]) >= 0.06


@both
def test_sixteen_instruments_wear_sixteen_colours_and_more_wear_them_again(theme: Theme) -> None:
    assert len(set(note_colours(range(40, 56), theme).values())) == 16
    assert set(note_colours(range(129), theme).values()) == set(theme.families)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # known from WCAG's FAQ
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_red_and_green_of_one_lightness_are_one_colour_to_some() -> None:
    assert difference("#ffffff", "#000000") == pytest.approx(1, abs=0.01)
    red, green, blue = "#c05a3c", "#7a7d1e", "#2f6fd0"
    assert difference(red, green) < difference(red, blue) / 3
