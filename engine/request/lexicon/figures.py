"""Keys, meters, numbers and units: what the readers of figures need to know."""

from __future__ import annotations

from engine.request.lexicon.phrases import words

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""Tonics by pitch class, in the one spelling that is used everywhere."""

MODES = ("major", "minor")

KEYS = tuple(f"{tonic} {mode}" for mode in MODES for tonic in TONICS)
"""The 24 keys."""

METERS: dict[str, tuple[int, int]] = {
    "2/4": (2, 4),
    "3/4": (3, 4),
    "4/4": (4, 4),
    "5/4": (5, 4),
    "6/8": (6, 8),
    "7/8": (7, 8),
    "9/8": (9, 8),
    "12/8": (12, 8),
}
"""The eight meters: numerator and denominator."""

LETTERS: dict[str, int] = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}

ACCIDENTALS: dict[str, int] = {"#": 1, "♯": 1, "sharp": 1, "♭": -1, "flat": -1}

GERMAN_NOTES: dict[str, int] = {
    **{"c": 0, "cis": 1, "des": 1, "d": 2, "dis": 3, "es": 3, "e": 4, "f": 5, "fis": 6},
    **{"ges": 6, "g": 7, "gis": 8, "as": 8, "a": 9, "ais": 10, "b": 10, "h": 11},
}
"""Tonics before "moll" and "dur", where B is our B flat and H our B."""

MODE_WORDS: dict[str, str] = {
    **{"major": "major", "maj": "major", "majeur": "major", "maggiore": "major"},
    **{"minor": "minor", "min": "minor", "mineur": "minor", "minore": "minor"},
}

CHURCH_MODES: dict[str, str] = {
    **{"ionian": "major", "lydian": "major", "mixolydian": "major"},
    **{"dorian": "minor", "phrygian": "minor", "aeolian": "minor", "locrian": "minor"},
}
"""Modes that are approximated by major or minor."""

MODE_COLOURS = frozenset({"harmonic", "melodic", "natural", "pentatonic"})
"""Words between a tonic and its mode that the key names do not distinguish."""

UNITS: dict[str, int] = {
    name: value
    for value, name in enumerate(
        words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen"
        )
    )
}

TENS: dict[str, int] = {
    name: 10 * value
    for value, name in enumerate(
        words("twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
}

BAR_WORDS = frozenset({"bar", "bars", "measure", "measures", "takte", "takt"})

SECOND_WORDS = frozenset({"s", "sec", "secs", "second", "seconds", "sekunden"})

MINUTE_WORDS = frozenset({"m", "min", "mins", "minute", "minutes"})

HOUR_WORDS = frozenset({"h", "hour", "hours", "hr", "hrs"})

BPM_WORDS = frozenset({"bpm", "bpms"})

NEAR_WORDS = frozenset(
    {"about", "around", "approximately", "approx", "circa", "roughly", "ca", "~", "exactly"}
)

COUNTED = frozenset(
    words(
        "parts part voices voice keys hands hand instruments instrument sections section movements "
        "movement variations players player people notes chords pieces versions times verses "
        "styles days weeks years hours layers"
    )
)
"""After "in three" these make it a count, not a meter."""
