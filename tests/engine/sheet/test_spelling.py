"""Names of notes, as musicians write them."""

from __future__ import annotations

import pytest

from engine.score.theory import CHORD_QUALITIES, KEYS, key_named
from engine.sheet.spelling import key_fifths, key_name, note_fifths, root_fifths, spelled_at


def name(key: str, pitch: int, **context: object) -> str:
    return spelled_at(note_fifths(key_named(key), pitch, **context), pitch).name  # type: ignore[arg-type]


def test_every_spelling_sounds_as_its_pitch_in_every_key() -> None:
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    for key in KEYS:
        for pitch in range(128):
            for chord in (None, *((pitch % 12, quality) for quality in CHORD_QUALITIES)):
                for following in (None, pitch + 1, pitch - 1):
                    spelled = spelled_at(note_fifths(key, pitch, chord, following), pitch)
                    assert abs(spelled.alter) <= 1
                    sounds = 12 * (spelled.octave + 1) + natural[spelled.step] + spelled.alter
                    assert sounds == pitch


@pytest.mark.parametrize(
    ("key", "fifths", "written"),
    [
        ("C major", 0, "C major"), ("F# major", 6, "F# major"), ("C# major", -5, "Db major"),
        ("Ab minor", 5, "G# minor"), ("Eb minor", -6, "Eb minor"), ("D minor", -1, "D minor"),
        ("Bb minor", -5, "Bb minor"), ("C# minor", 4, "C# minor"),
    ],
)  # fmt: skip
def test_signatures_take_the_fewest_signs(key: str, fifths: int, written: str) -> None:
    assert key_fifths(key_named(key)) == fifths
    assert key_name(key_named(key)) == written


def test_leading_notes_of_minor_are_sharp() -> None:
    assert name("A minor", 68) == "G#"
    assert name("D minor", 61) == "C#"
    assert name("F minor", 64) == "E"


def test_a_chord_spells_its_notes() -> None:
    assert name("C major", 61, chord=(9, "7")) == "C#"
    assert name("C major", 68, chord=(4, "7")) == "G#"
    assert name("C major", 68, chord=(5, "m")) == "Ab"


def test_a_chromatic_note_is_spelled_by_where_it_leads() -> None:
    assert name("C major", 61, following=62) == "C#"
    assert name("C major", 61, following=60) == "Db"


def test_roots_of_diminished_chords_lead_upwards() -> None:
    root = root_fifths(key_named("C major"), 1, "dim")
    assert spelled_at(root, 61).name == "C#"
    assert spelled_at(root_fifths(key_named("C major"), 1, "7"), 61).name == "Db"
