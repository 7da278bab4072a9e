"""What is usual in each style, where it differs from its genre."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StyleProfile:
    """Where a style departs from its genre; None keeps what the genre does."""

    tempo: tuple[int, int] | None = None
    meter: str | None = None
    programs: tuple[int, ...] | None = None
    genres: tuple[str, ...] = ()
    """Where a style without a genre feels at home."""
    major: float | None = None


STYLES: dict[str, StyleProfile] = {
    "baroque": StyleProfile((66, 112), None, (6, 40, 42, 68)),
    "minuet": StyleProfile((104, 132), "3/4"),
    "symphony": StyleProfile(None, None, (43, 47, 48, 56, 60, 68, 71, 73)),
    "swing": StyleProfile((120, 200), "4/4"),
    "bebop": StyleProfile((180, 250), "4/4", (0, 32, 56, 65, 128)),
    "smooth jazz": StyleProfile((76, 104), "4/4", (4, 27, 33, 64, 128)),
    "gypsy jazz": StyleProfile((160, 220), "4/4", (25, 26, 32, 40)),
    "boogie": StyleProfile((130, 170), "4/4", (0, 27, 32, 128)),
    "shuffle": StyleProfile((100, 136), "4/4"),
    "surf": StyleProfile((140, 172), "4/4", (26, 27, 33, 128)),
    "soft rock": StyleProfile((80, 108), "4/4", (0, 25, 27, 33, 128)),
    "thrash": StyleProfile((160, 210), "4/4", (29, 30, 33, 128), major=0.15),
    "doom": StyleProfile((56, 76), "4/4", (30, 33, 128), major=0.15),
    "christmas": StyleProfile((84, 130), None, (0, 9, 14, 33, 48, 128), major=0.95),
    "bluegrass": StyleProfile((130, 160), "4/4", (25, 32, 105, 110), major=0.95),
    "reel": StyleProfile((104, 124), "4/4", (25, 78, 110)),
    "jig": StyleProfile((160, 186), "6/8", (25, 78, 110)),
    "shanty": StyleProfile((96, 126), None, (21, 25, 32, 110)),
    "polka": StyleProfile((110, 128), "2/4", (21, 58, 71, 128), major=0.95),
    "funk": StyleProfile((96, 116), "4/4", (7, 28, 36, 61, 128), major=0.5),
    "motown": StyleProfile((100, 130), "4/4", (0, 27, 33, 48, 61, 128)),
    "disco": StyleProfile((112, 126), "4/4", (4, 28, 33, 48, 61, 128)),
    "boom bap": StyleProfile((84, 96), "4/4", (4, 32, 128)),
    "trap": StyleProfile((130, 150), "4/4", (10, 38, 89, 128), major=0.1),
    "techno": StyleProfile((124, 138), "4/4", (38, 81, 90, 128), major=0.25),
    "trance": StyleProfile((132, 142), "4/4", (38, 81, 89, 90, 128), major=0.3),
    "house": StyleProfile((118, 128), "4/4", (0, 38, 89, 128)),
    "synthwave": StyleProfile((84, 116), "4/4", (38, 62, 81, 89, 128), major=0.3),
    "drum and bass": StyleProfile((168, 178), "4/4", (38, 81, 89, 128), major=0.25),
    "dubstep": StyleProfile((138, 142), "4/4", (38, 81, 90, 128), major=0.15),
    "downtempo": StyleProfile((76, 100), "4/4", (4, 38, 89, 128)),
    "ska": StyleProfile((120, 150), "4/4", (16, 27, 33, 56, 57, 66, 128)),
    "dub": StyleProfile((66, 80), "4/4", (16, 28, 33, 128)),
    "salsa": StyleProfile((160, 200), "4/4", (0, 32, 56, 57, 128)),
    "bossa nova": StyleProfile((110, 140), "4/4", (0, 24, 32, 73, 128)),
    "samba": StyleProfile((96, 112), "2/4", (0, 24, 32, 73, 128)),
    "tango": StyleProfile((110, 130), "4/4", (0, 23, 32, 40), major=0.2),
    "bolero": StyleProfile((84, 116), "4/4", (24, 32, 56, 128)),
    "cumbia": StyleProfile((88, 104), "4/4", (0, 21, 33, 128)),
    "chiptune": StyleProfile((120, 165), "4/4", (38, 80, 81, 128)),
    "waltz": StyleProfile((84, 160), "3/4", genres=("classical", "folk", "jazz")),
    "ballad": StyleProfile((60, 82), None, genres=("pop",)),
    "march": StyleProfile((104, 124), None, (56, 58, 61, 71, 73, 128), ("classical",), 0.9),
    "lullaby": StyleProfile((54, 72), None, genres=("classical",), major=0.85),
    "anthem": StyleProfile((72, 108), "4/4", genres=("rock", "pop", "cinematic"), major=0.85),
}
"""Every style that the lexicon can name."""
