"""The drum kit on five lines: where each piece stands, with which notehead, and for which limb.

Source of places and heads: Weinberg, Guide to Standardized Drumset Notation (1998).
"""

from __future__ import annotations

from typing import NamedTuple


class Drum(NamedTuple):
    """A key of General MIDI percussion on the staff, which is read like a treble staff."""

    step: str
    octave: int
    head: str
    """MusicXML's notehead; ``normal`` for skins."""
    name: str
    feet: bool = False
    """Played by a foot: stems down, in the lower voice."""


_KIT: dict[int, Drum] = {
    35: Drum("F", 4, "normal", "Bass Drum 2", True),
    36: Drum("F", 4, "normal", "Bass Drum", True),
    37: Drum("C", 5, "x", "Side Stick"),
    38: Drum("C", 5, "normal", "Snare"),
    39: Drum("C", 5, "triangle", "Hand Clap"),
    40: Drum("C", 5, "normal", "Electric Snare"),
    41: Drum("A", 4, "normal", "Low Floor Tom"),
    42: Drum("G", 5, "x", "Closed Hi-hat"),
    43: Drum("A", 4, "normal", "High Floor Tom"),
    44: Drum("D", 4, "x", "Pedal Hi-hat", True),
    45: Drum("B", 4, "normal", "Low Tom"),
    46: Drum("G", 5, "circle-x", "Open Hi-hat"),
    47: Drum("D", 5, "normal", "Low-mid Tom"),
    48: Drum("D", 5, "normal", "High-mid Tom"),
    49: Drum("A", 5, "x", "Crash Cymbal"),
    50: Drum("E", 5, "normal", "High Tom"),
    51: Drum("F", 5, "x", "Ride Cymbal"),
    52: Drum("A", 5, "circle-x", "China Cymbal"),
    53: Drum("F", 5, "diamond", "Ride Bell"),
    54: Drum("B", 5, "x", "Tambourine"),
    55: Drum("B", 5, "diamond", "Splash Cymbal"),
    56: Drum("E", 5, "triangle", "Cowbell"),
    57: Drum("A", 5, "diamond", "Crash Cymbal 2"),
    59: Drum("F", 5, "circle-x", "Ride Cymbal 2"),
}
_OTHERS = ("E", 5), ("D", 5), ("B", 4), ("A", 4)


def drum(key: int) -> Drum:
    """Return how a percussion key 0-127 is written; hand percussion has slashed heads."""
    if key in _KIT:
        return _KIT[key]
    step, octave = _OTHERS[key % len(_OTHERS)]
    return Drum(step, octave, "slash", f"Percussion {key}")
