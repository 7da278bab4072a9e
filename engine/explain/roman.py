"""Roman numerals: what a chord is in its key, and names spelt as that key spells them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.key import strangeness
from engine.score.model import Chord
from engine.score.theory import CHORD_QUALITIES, PITCH_NAMES, Key

_DEGREES = {
    "major": ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"),
    "minor": ("I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "#VII"),
}
"""By semitones above the tonic; in minor the natural scale needs no sign."""

_STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)
"""Letters above the tonic's, by semitones, as the accidentals of ``_DEGREES`` say."""

_SUFFIX = {
    "": "", "m": "", "7": "7", "M7": "maj7", "m7": "7", "m7b5": "ø7", "dim": "°", "aug": "+",
    "sus4": "sus4", "5": "5",
}  # fmt: skip

_LETTERS = "CDEFGAB"
_NATURAL = (0, 2, 4, 5, 7, 9, 11)
_SIGNS = {0: "", 1: "#", -1: "b"}


def numerals(chords: Sequence[Chord], key: Key) -> list[str]:
    """Return the numeral of each of a row of different chords in the order of the music.

    Capitals for chords with a major third, small letters for a minor one. A chord that is
    strange to the key, yet the dominant of the one that follows, is told as such: ``V7/ii``.
    """
    following: list[Chord | None] = [*chords[1:], None]
    return [_numeral(chord, then, key) for chord, then in zip(chords, following, strict=True)]


def spell(pitch_class: int, key: Key) -> str:
    """Return the name of a tone in a key, as ``Bb`` in F and ``A#`` in B.

    Where that would need a double sign or a name like ``Fb``, the canonical one.
    """
    tonic = PITCH_NAMES[key.tonic]
    steps = _STEPS[(pitch_class - key.tonic) % 12]
    letter = (_LETTERS.index(tonic[0]) + steps) % 7
    sign = (pitch_class - _NATURAL[letter] + 6) % 12 - 6
    name = _LETTERS[letter] + _SIGNS.get(sign, "?")
    return PITCH_NAMES[pitch_class] if "?" in name or name in ("Cb", "Fb", "B#", "E#") else name


def chord_label(chord: Chord, key: Key | None) -> str:
    """Return a chord as on a lead sheet, spelt in its key."""
    root = spell(chord.root, key) if key else PITCH_NAMES[chord.root]
    return root + chord.quality


def _numeral(chord: Chord, then: Chord | None, key: Key) -> str:
    applied = _applied(chord, then, key) if then else ""
    return applied or _degree(chord, key) + _SUFFIX[chord.quality]


def _degree(chord: Chord, key: Key) -> str:
    """Return the numeral without a suffix: small where the chord's third is, large else."""
    above = (chord.root - key.tonic) % 12
    minor = 3 in CHORD_QUALITIES[chord.quality]
    if key.mode == "minor" and above == 11 and chord.quality in ("dim", "m7b5"):
        return "vii"  # The leading tone is at home in minor.
    degree = _DEGREES[key.mode][above]
    return degree.lower() if minor else degree


def _applied(chord: Chord, then: Chord, key: Key) -> str:
    """Return ``V/x`` or ``vii°/x`` where a chord leads to the next one's root; else nothing."""
    up = (then.root - chord.root) % 12
    dominant = up == 5 and chord.quality in ("", "7")
    leading = up == 1 and chord.quality in ("dim", "m7b5")
    # In minor the seventh on VII is of the key, and leads to III all the same.
    to_relative = key.mode == "minor" and (chord.root - key.tonic) % 12 == 10
    strange = strangeness(chord, key) > 0 or (to_relative and chord.quality == "7")
    home = then.root == key.tonic
    lasting = strangeness(then, key) == 0 or then.quality == "7"
    if not (dominant or leading) or not strange or home or not lasting:
        return ""
    # A triad or a seventh chord on the target's degree; its own suffix is not repeated.
    target = _degree(Chord(0, then.root, "" if then.quality == "7" else then.quality), key)
    return f"{'V' if dominant else 'vii'}{_SUFFIX[chord.quality]}/{target}"
