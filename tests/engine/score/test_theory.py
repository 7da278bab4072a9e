"""Keys, chords and their names, over all twelve pitch classes."""

from __future__ import annotations

import numpy as np
import pytest

from engine.score.measures import measure
from engine.score.model import DRUMS
from engine.score.programs import PROGRAM_NAMES, program_name
from engine.score.theory import (
    CHORD_QUALITIES,
    KEYS,
    PITCH_NAMES,
    SCALES,
    Key,
    chord_name,
    find_key,
    key_fits,
    key_named,
)
from tests.engine.score.pieces import chord, melody, piece


def scale_and_tonic(key: Key) -> list[int]:
    """The scale up from the tonic, then the notes of the tonic triad once more."""
    tonic = 60 + key.tonic
    steps = SCALES[key.mode]
    return [*(tonic + step for step in steps), tonic + 12, tonic, tonic + steps[2], tonic + 7]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_scale_that_closes_on_its_triad_is_heard_in_its_key(key: Key) -> None:
    pitches = scale_and_tonic(key)
    found, fit = measure(piece(melody(pitches), bars=3)).key
    assert found == key
    assert fit > 0.8


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_cadence_is_heard_in_its_key(key: Key) -> None:
    third = 4 if key.mode == "major" else 3
    tonic = 48 + key.tonic
    triads = [(0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7)]
    notes = [
        note
        for index, triad in enumerate(triads)
        for note in chord(index * 12, [tonic + step for step in triad], 12)
    ]
    assert measure(piece(notes)).key[0] == key


def test_all_twelve_notes_alike_have_no_key() -> None:
    _, fit = find_key(np.ones(12))
    assert fit == 0.0
    assert not key_fits(np.zeros(12)).any()


def test_a_key_transposes_with_its_music() -> None:
    weights = np.array([9.0, 1, 4, 1, 6, 4, 1, 8, 1, 4, 1, 3])
    fits = key_fits(weights)
    for step in range(12):
        assert key_fits(np.roll(weights, step))[step] == pytest.approx(fits[0])
        assert find_key(np.roll(weights, step))[0] == Key(step, "major")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_names_of_keys_lead_back_to_them(key: Key) -> None:
    assert key_named(key.name) == key


@pytest.mark.parametrize(
    "name", ["", "H major", "C", "C dorian", "c major", "Db major", "C  major"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        key_named(name)


def test_there_are_24_keys_and_twelve_pitch_names() -> None:
    assert len(set(KEYS)) == 24
    assert len(set(PITCH_NAMES)) == 12


def test_chords_are_named_as_on_a_lead_sheet() -> None:
    assert chord_name(6, "m7") == "F#m7"
    assert chord_name(0, "") == "C"
    assert len({chord_name(r, q) for r in range(12) for q in CHORD_QUALITIES}) == 120


def test_no_two_chord_qualities_are_the_same_notes() -> None:
    assert len(set(CHORD_QUALITIES.values())) == len(CHORD_QUALITIES)


def test_general_midi_has_128_names() -> None:
    assert len(PROGRAM_NAMES) == len(set(PROGRAM_NAMES)) == 128
    assert program_name(0) == "Acoustic Grand Piano"
    assert program_name(127) == "Gunshot"
    assert program_name(DRUMS) == "Drums"
