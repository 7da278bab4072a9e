"""Names of the notes in a key: F sharp or G flat, as a musician would write it.

Spellings are places on the line of fifths: ... Bb -2, F -1, C 0, G 1 ... B 5, F# 6, C# 7 ...
"""

from __future__ import annotations

from typing import NamedTuple

from engine.score.theory import CHORD_QUALITIES, Key

_LETTERS = "FCGDAEB"  # in the order of the line of fifths, from -1
_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}

# A chromatic tone without a better reason: from the flat second to the sharp fourth of the key.
_LOWEST = -5
# Minor and diminished chords lean to the sharp side: their roots are mostly sharp degrees
# that lead upwards, such as C# diminished before D minor in C major.
_LOWEST_ROOT = {"m": -2, "m7": -2, "m7b5": -2, "dim": -2}

_FIFTHS_OF_INTERVAL = {0: 0, 3: -3, 4: 4, 5: -1, 6: -6, 7: 1, 8: 8, 10: -2, 11: 5}
"""Semitones above a chord's root to fifths above it, for all intervals of CHORD_QUALITIES."""


class Spelled(NamedTuple):
    """A note as written: letter, alteration in semitones, and octave (middle C is C4)."""

    step: str
    alter: int
    octave: int

    @property
    def name(self) -> str:
        """As in ``F#``."""
        return self.step + _SIGNS[self.alter]


def _class_of(fifths: int) -> int:
    return fifths * 7 % 12


def _nearest(pitch_class: int, lowest: int) -> int:
    """Return the first place of a pitch class on the line of fifths from ``lowest`` on."""
    return lowest + (pitch_class * 7 - lowest) % 12


def tonic_fifths(key: Key) -> int:
    """Return the spelling of the tonic whose signature needs the fewest signs.

    Where both need six it is F# major and Eb minor.
    """
    return _nearest(key.tonic, -5 if key.mode == "major" else -3)


def key_fifths(key: Key) -> int:
    """Return the key signature: sharps, or flats if negative, -6 to 6."""
    return tonic_fifths(key) - (3 if key.mode == "minor" else 0)


def spelled_at(fifths: int, pitch: int) -> Spelled:
    """Return a MIDI pitch under the spelling at this place on the line of fifths."""
    step = _LETTERS[(fifths + 1) % 7]
    alter = (fifths + 1) // 7
    return Spelled(step, alter, (pitch - alter - _NATURALS[step]) // 12 - 1)


def key_name(key: Key) -> str:
    """Return the key as its signature spells it: ``Db major`` for what is stored as C# major."""
    return f"{spelled_at(tonic_fifths(key), 60).name} {key.mode}"


def root_fifths(key: Key, root: int, quality: str) -> int:
    """Return the spelling of a chord's root in a key."""
    return _nearest(root, tonic_fifths(key) + _LOWEST_ROOT.get(quality, _LOWEST))


def note_fifths(
    key: Key, pitch: int, chord: tuple[int, str] | None = None, following: int | None = None
) -> int:
    """Return the spelling of a pitch: of the key, else of the chord, else by where it leads.

    ``chord``: root and quality that sound; ``following``: the next pitch of the line. At most
    one sharp or flat is written, whatever the key.
    """
    tonic = tonic_fifths(key)
    place = _known(key, pitch, chord)
    if place is None and following is not None and abs(following - pitch) == 1:
        target = _known(key, following, chord)
        if target is not None:
            place = target + 5 if following > pitch else target - 5
    if place is None:
        place = _nearest(pitch % 12, tonic + _LOWEST)
    if not -8 <= place <= 12:
        place = _nearest(pitch % 12, max(-8, min(1, tonic + _LOWEST)))
    return place


def _known(key: Key, pitch: int, chord: tuple[int, str] | None) -> int | None:
    """Return the spelling that key or chord give a pitch, None if it belongs to neither."""
    tonic = tonic_fifths(key)
    # Degrees as fifths above the tonic; minor with the raised sixth and seventh.
    degrees = (-4, -3, -2, -1, 0, 1, 2, 3, 5) if key.mode == "minor" else range(-1, 6)
    for degree in degrees:
        if _class_of(tonic + degree) == pitch % 12:
            return tonic + degree
    if chord is not None and chord[1] in CHORD_QUALITIES:
        root, quality = chord
        interval = (pitch - root) % 12
        if interval in CHORD_QUALITIES[quality]:
            return root_fifths(key, root, quality) + _FIFTHS_OF_INTERVAL[interval]
    return None
