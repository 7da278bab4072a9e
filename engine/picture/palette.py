"""The two themes of a picture, and which colour each instrument wears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.picture.vision import difference, mixed
from engine.score.model import DRUMS

_DISTINCT = 0.06
"""Closer than this (``vision.difference``) two instruments of one piece are taken for each other:
three times what is just noticed side by side, as notes are small and lie apart."""

_SOFTEST = 0.75
"""How much of its colour is left to a silent note that does not lead."""

_LOUD = 100
"""From this velocity on a note is as bright as it gets; 127 is rare."""

_LEAD = 0.5
"""How much of a note's brightness is that it leads; the rest is velocity."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of a picture, as ``#rrggbb``.

    The six flat ones below differ in the first hexadecimal digit of red, green or blue: the PNG's
    palette is an octree of these digits and would make one colour of two that agree.
    """

    name: str
    ground: str
    panel: str
    """Under the notes."""
    black_key: str
    """The panel where a piano's black keys run."""
    beat_line: str
    bar_line: str
    octave_line: str
    text: str
    soft_text: str
    """Of facts, bar numbers and octaves."""
    chord_text: str
    families: tuple[str, ...]
    """Of notes: one a family of eight General MIDI programs, the drum kit's behind them."""

    def colour_of(self, program: int) -> str:
        """Return the colour of a program's family; ``program``: 0-127 or DRUMS."""
        return self.families[program // 8]

    def shaded(self, colour: str, velocity: int, *, leads: bool) -> str:
        """Mix a note's colour with the panel: the softer, the nearer; full for a loud lead."""
        weight = (1 - _LEAD) * min(velocity / _LOUD, 1.0) + _LEAD * leads
        return mixed(colour, self.panel, _SOFTEST + (1 - _SOFTEST) * weight)


DARK = Theme(
    name="dark",
    ground="#0f1117",
    panel="#1a1d27",
    black_key="#14161e",
    beat_line="#272b38",
    bar_line="#4a5268",
    octave_line="#363d50",
    text="#f1f3f8",
    soft_text="#a9b1c3",
    chord_text="#ffd58a",
    families=(
        "#64b1ff",  # piano
        "#fff3b0",  # bells
        "#c1936a",  # organ
        "#ff9a3c",  # guitar
        "#9b72ff",  # bass
        "#ff5c74",  # strings
        "#ffbfe4",  # ensemble
        "#ffdb3d",  # brass
        "#14a890",  # reed
        "#a8f08a",  # pipe
        "#2fe0f5",  # synth lead
        "#b3b8ff",  # synth pad
        "#d98bff",  # synth effects
        "#e3c09a",  # world
        "#8fae4f",  # percussion
        "#97a3b8",  # sound effects
        "#b4bccd",  # drums
    ),
)

LIGHT = Theme(
    name="light",
    ground="#ffffff",
    panel="#eff1f6",
    black_key="#e6e9ef",
    beat_line="#d6dae4",
    bar_line="#a3acbf",
    octave_line="#c5cbd8",
    text="#171a22",
    soft_text="#565f73",
    chord_text="#8a4b00",
    families=(
        "#1759c6",  # piano
        "#735300",  # bells
        "#3f2308",  # organ
        "#b04600",  # guitar
        "#43178a",  # bass
        "#c40f53",  # strings
        "#b02a86",  # ensemble
        "#524000",  # brass
        "#006878",  # reed
        "#00694a",  # pipe
        "#08628b",  # synth lead
        "#5253c4",  # synth pad
        "#8436b4",  # synth effects
        "#7a4d20",  # world
        "#4c5a15",  # percussion
        "#4b586e",  # sound effects
        "#4a5366",  # drums
    ),
)

THEMES: dict[str, Theme] = {theme.name: theme for theme in (DARK, LIGHT)}
"""By the name that a person chooses."""


def note_colours(programs: Sequence[int], theme: Theme) -> dict[int, str]:
    """Return a colour for each program, the most important program first.

    A program wears its family's colour unless one before it wears that or one that a
    colour-blind eye takes for it; then the free colour that differs most from all that are worn.
    The drums keep their grey whoever plays, as they have lanes of their own. From the seventeenth
    pitched program on colours come again.
    """
    pitched = [program for program in programs if program != DRUMS]
    worn: dict[int, str] = {}
    for program in pitched:
        own = theme.colour_of(program)
        if _nearest(own, worn) >= _DISTINCT:
            worn[program] = own
    for program in pitched:
        if program not in worn:
            free = set(theme.families[:-1]).difference(worn.values())
            spare = max(sorted(free), key=lambda colour: _nearest(colour, worn), default=None)
            worn[program] = spare or theme.colour_of(program)
    return worn | {program: theme.colour_of(DRUMS) for program in programs if program == DRUMS}


def _nearest(colour: str, worn: dict[int, str]) -> float:
    return min((difference(colour, other) for other in worn.values()), default=1.0)
