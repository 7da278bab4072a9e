"""Tempo in words, all in quarter notes a minute, and the small words of level and length.

The Italian figures lie inside both the older metronome tables (adagio 66-76, andante 76-108,
allegro 120-168, presto 168-200) and the present-day ones (adagio 44-66, andante 56-108,
allegro 120-156, vivace 156-176, presto 168-200).
"""

from __future__ import annotations

from engine.request.lexicon.meanings import Extent, Level, Pace
from engine.request.lexicon.phrases import words

ITALIAN: dict[str, float] = {
    "larghissimo": 24,
    "adagissimo": 36,
    "grave": 40,
    "largo": 50,
    "lento": 54,
    "larghetto": 62,
    "adagio": 66,
    "adagietto": 70,
    "tranquillamente": 72,
    "andante": 84,
    "andantino": 90,
    "andante moderato": 92,
    "marcia moderato": 84,
    "moderato": 112,
    "allegretto": 116,
    "allegro moderato": 118,
    "allegro": 132,
    "allegro vivace": 148,
    "molto allegro": 148,
    "allegro molto": 148,
    "allegro assai": 148,
    "vivo": 156,
    "vivace": 160,
    "vivacissimo": 174,
    "allegrissimo": 174,
    "presto": 180,
    "prestissimo": 208,
}

_SLOW = Pace(70, very=54, a_bit=82, negated=104)
_FAST = Pace(140, very=170, a_bit=124, negated=100)
_MEDIUM = Pace(104)

PACES: dict[str, Pace] = {
    **{name: Pace(bpm) for name, bpm in ITALIAN.items()},
    **dict.fromkeys(
        ("slow", "slowly", "slower", "slow tempo", "slow paced", "low tempo", "slow moving"), _SLOW
    ),
    **dict.fromkeys(("sluggish", "crawling", "glacial"), Pace(54, very=46, negated=80)),
    **dict.fromkeys(
        words(
            "fast quick rapid rapidly quickly faster quicker speedy swift hurried racing "
            "fast-tempo fast-paced high-tempo quick-tempo rapid-tempo"
        ),
        _FAST,
    ),
    **dict.fromkeys(("breakneck", "blazing", "lightning fast"), Pace(176, very=190, negated=120)),
    **dict.fromkeys(
        ("uptempo", "up tempo", "upbeat tempo", "brisk", "briskly"),
        Pace(132, very=150, a_bit=122, negated=96),
    ),
    **dict.fromkeys(
        (
            "medium tempo",
            "mid tempo",
            "midtempo",
            "medium",
            "moderate",
            "moderately",
            "moderate tempo",
            "medium paced",
            "medium speed",
            "walking pace",
            "normal tempo",
            "middling",
            "mid paced",
            "medium fast",
            "medium slow",
            "moderately fast",
            "moderately slow",
        ),
        _MEDIUM,
    ),
    "medium fast": Pace(120),
    "moderately fast": Pace(120),
    "medium slow": Pace(88),
    "moderately slow": Pace(88),
}
"""Tempo words; a hyphen here stands for a space in the phrase."""

_BUSY = Level(density=6, negated=2)
_SPARSE = Level(density=1, negated=4)

LEVELS: dict[str, Level] = {
    **dict.fromkeys(
        ("busy", "busier", "dense", "denser", "complex", "intricate", "virtuosic", "virtuoso"),
        _BUSY,
    ),
    **dict.fromkeys(
        ("notey", "crowded", "many notes", "lots of notes", "ornate", "elaborate", "fiddly"), _BUSY
    ),
    **dict.fromkeys(
        ("sparse", "sparser", "minimal", "minimalist", "minimalistic", "bare", "spacious"), _SPARSE
    ),
    **dict.fromkeys(("few notes", "empty", "stripped down", "stripped back", "sparsely"), _SPARSE),
    **dict.fromkeys(("simple", "simpler", "basic", "uncluttered", "plain"), Level(density=2)),
    **dict.fromkeys(
        ("lush", "rich", "full sound", "full texture", "thick", "layered", "massive"),
        Level(polyphony=6),
    ),
    **dict.fromkeys(("polyphonic", "contrapuntal", "counterpoint", "chordal"), Level(polyphony=5)),
    **dict.fromkeys(("thin", "thinner", "thin texture"), Level(polyphony=1, negated=4)),
    **dict.fromkeys(
        (
            "monophonic",
            "single line",
            "single notes",
            "single note",
            "unison",
            "melody only",
            "one note at a time",
        ),
        Level(polyphony=0, negated=4),
    ),
}
"""Words for how much goes on at once, as levels 0-7."""

EXTENTS: dict[str, Extent] = {
    **dict.fromkeys(("short", "shorter", "brief", "quick little"), Extent(15.0, very=8.0)),
    **dict.fromkeys(("long", "longer", "lengthy", "extended"), Extent(60.0, very=120.0)),
    "medium length": Extent(30.0, very=30.0),
    "medium long": Extent(45.0, very=45.0),
}
"""Lengths in words, in seconds."""

NOT_EXTENT_BEFORE = frozenset(
    {"note", "notes", "chord", "chords", "tone", "tones", "phrases", "ago", "time", "melody"}
)
"""After "long" or "short" these make it a trait of the notes, not a length of the piece."""
