"""Where the instruments of General MIDI sit, how loud they play and which colour they wear.

One row a family of eight programs. What is heard (``synth``) and what is seen
(``pianoroll``) both read this table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.score.model import DRUMS


class Family(NamedTuple):
    """Eight General MIDI programs that sit together on the stage; 0-127 are MIDI values."""

    name: str
    pan: int
    """Left -64 ... right 63, as an audience sees a band or an orchestra."""
    volume: int
    """Controller 7. Measured with FluidR3_GM: quarter notes at velocity 90 of the median program
    come out near -28 LUFS in families that lead and near -30 in those that carpet."""
    reverb: int
    """Controller 91: how much of it goes to the hall."""
    chorus: int
    """Controller 93."""
    colour: str
    """Of its notes in the picture; readable on the dark ground."""


FAMILIES: tuple[Family, ...] = (
    Family("piano", -8, 104, 40, 0, "#5aa9ff"),
    Family("bells", 26, 102, 52, 0, "#ffe066"),
    Family("organ", -20, 84, 44, 16, "#b08968"),
    Family("guitar", 28, 88, 30, 8, "#ff9f43"),
    Family("bass", 0, 102, 8, 0, "#9b7bff"),
    Family("strings", -30, 100, 56, 0, "#ff6b81"),
    Family("ensemble", -22, 80, 60, 10, "#e879b9"),
    Family("brass", 22, 76, 46, 0, "#f6c344"),
    Family("reed", -14, 88, 40, 0, "#2ec4b6"),
    Family("pipe", 14, 80, 52, 0, "#7bed9f"),
    Family("synth lead", 8, 64, 36, 20, "#00d2ff"),
    Family("synth pad", -6, 60, 60, 28, "#8e9bff"),
    Family("synth effects", 18, 66, 60, 24, "#c0a6ff"),
    Family("world", 30, 102, 40, 0, "#d4a373"),
    Family("percussion", -26, 100, 40, 0, "#a3b18a"),
    Family("sound effects", 20, 70, 40, 0, "#8d99ae"),
)
"""In the order of General MIDI: program p belongs to row p // 8."""

DRUM_KIT = Family("drums", 0, 108, 22, 0, "#c8ccd8")
"""The drum kit's own row; the soundfont pans its pieces itself."""


def family_of(program: int) -> Family:
    """Return the family of a General MIDI program (0-127) or of DRUMS."""
    return DRUM_KIT if program == DRUMS else FAMILIES[program // 8]


def pans_of(programs: Sequence[int]) -> dict[int, int]:
    """Place each program: a lone one in the middle, two of a family on opposite sides."""
    if sum(program != DRUMS for program in programs) == 1:
        return dict.fromkeys(programs, 0)
    seen: dict[str, int] = {}
    pans: dict[int, int] = {}
    for program in programs:
        family = family_of(program)
        nth = seen.get(family.name, 0)
        seen[family.name] = nth + 1
        pans[program] = family.pan if nth % 2 == 0 else -family.pan
    return pans
