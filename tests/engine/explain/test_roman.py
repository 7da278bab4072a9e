from __future__ import annotations

import pytest

from engine.explain.roman import chord_label, numerals, spell
from engine.score.model import Chord
from engine.score.theory import KEYS, PITCH_NAMES, Key, key_named


def parse(name: str) -> Chord:
    root = name[:2] if name[1:2] in ("#", "b") else name[:1]
    letters = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    return Chord(
        0, (letters[root[0]] + root.count("#") - root[1:].count("b")) % 12, name[len(root) :]
    )


@pytest.mark.parametrize(
    ("key", "chords", "told"),
    [
        ("C major", "C Dm Em F G Am Bdim", "I ii iii IV V vi vii°"),
        ("C major", "CM7 Dm7 G7 Bm7b5 C", "Imaj7 ii7 V7 viiø7 I"),
        ("A minor", "Am Bdim C Dm Em F G", "i ii° III iv v VI VII"),
        ("A minor", "Am E7 G#dim Am Bm7b5 E", "i V7 vii° i iiø7 V"),
        ("C major", "C Bb F Ab Eb Db Fm C", "I bVII IV bVI bIII bII iv I"),
        ("D major", "D E7 A7 D", "I V7/V V7 I"),
        ("C major", "C7 F A7 Dm E7 Am D G", "V7/IV IV V7/ii ii V7/vi vi V/V V"),
        ("C major", "E7 A7 D7 G7 C", "V7/VI V7/II V7/V V7 I"),
        ("C major", "D7 F E7 F", "II7 IV III7 IV"),
        ("C major", "C#dim Dm F#m7b5 G", "vii°/ii ii viiø7/V V"),
        ("A minor", "G7 C A7 Dm G C", "V7/III III V7/iv iv VII III"),
        ("A minor", "G#m7b5 Am Dm", "viiø7 i iv"),
        ("C major", "Csus4 C Caug F", "Isus4 I I+ IV"),
        ("E minor", "E5 G5 A5 B5", "I5 III5 IV5 V5"),
    ],
)
def test_chords_are_told_as_a_teacher_would(key: str, chords: str, told: str) -> None:
    assert " ".join(numerals([parse(name) for name in chords.split()], key_named(key))) == told


def test_a_numeral_is_the_same_in_every_key() -> None:
    row = [parse(name) for name in "C A7 Dm7 G7 Bb F#m7b5 G Ab C".split()]
    told = numerals(row, Key(0, "major"))
    for up in range(12):
        moved = [chord._replace(root=(chord.root + up) % 12) for chord in row]
        assert numerals(moved, Key(up, "major")) == told


def test_tones_are_spelt_as_their_key_spells_them() -> None:
    assert [spell(10, key_named(name)) for name in ("F major", "B major")] == ["Bb", "A#"]
    assert [spell(8, key_named(name)) for name in ("A minor", "C minor")] == ["G#", "Ab"]
    assert chord_label(Chord(0, 10, "m7"), key_named("C# major")) == "A#m7"
    assert chord_label(Chord(0, 10, ""), None) == "Bb"


def test_every_tone_has_a_name_in_every_key() -> None:
    letters = {name: number for number, name in enumerate(PITCH_NAMES)}
    other = {"Db": 1, "D#": 3, "Gb": 6, "G#": 8, "A#": 10}
    for key in KEYS:
        for pitch_class in range(12):
            assert (letters | other)[spell(pitch_class, key)] == pitch_class
