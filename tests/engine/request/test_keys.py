"""Every key in every spelling, and never where none was meant."""

from __future__ import annotations

import pytest

from engine.request import parse
from engine.request.lexicon.figures import TONICS

SPELLINGS = {
    "C": ["C", "B#", "B sharp"],
    "C#": ["C#", "Db", "C sharp", "D flat", "C♯", "D♭", "c-sharp"],
    "D": ["D"],
    "Eb": ["Eb", "D#", "E flat", "D sharp", "E♭", "e-flat"],
    "E": ["E", "Fb"],
    "F": ["F", "E#"],
    "F#": ["F#", "Gb", "F sharp", "G flat", "F♯"],
    "G": ["G"],
    "Ab": ["Ab", "G#", "A flat", "G sharp", "A♭"],
    "A": ["A"],
    "Bb": ["Bb", "A#", "B flat", "A sharp", "B♭"],
    "B": ["B", "Cb"],
}

CASES = [(tonic, spelling) for tonic in TONICS for spelling in SPELLINGS[tonic]]


@pytest.mark.parametrize(("tonic", "spelling"), CASES)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_tonic_and_mode_in_every_spelling(tonic: str, spelling: str, mode: str) -> None:
    short = {"major": "maj", "minor": "min"}[mode]
    for said in (
        f"in {spelling} {mode}",
        f"in {spelling.lower()} {mode}",
        f"in the key of {spelling} {mode}",
        f"key: {spelling} {short}",
        f"jazz, {spelling} {mode}, 90 bpm",
        f"{spelling} {mode}",
    ):
        request = parse(said)
        assert request.key == f"{tonic} {mode}", said
        assert request.unknown == (), said
        assert request.seed is None, said


@pytest.mark.parametrize(("tonic", "spelling"), CASES)
def test_a_tonic_alone_is_major(tonic: str, spelling: str) -> None:
    assert parse(f"a waltz in {spelling}").key == f"{tonic} major"
    assert parse(f"key of {spelling}").key == f"{tonic} major"


@pytest.mark.parametrize("tonic", TONICS)
def test_the_short_form_with_m_is_minor(tonic: str) -> None:
    assert parse(f"{tonic}m").key == f"{tonic} minor"
    assert parse(f"piano {tonic}m 90bpm").key == f"{tonic} minor"


def test_a_mode_said_apart_joins_the_tonic() -> None:
    assert parse("in E, minor").key == "E minor"


@pytest.mark.parametrize(
    "prompt",
    ["a piece", "a b c d", "I am sad", "in a happy mood", "a sad song", "c", "e piano", "plan b"],
)
def test_no_key_where_none_was_meant(prompt: str) -> None:
    assert parse(prompt).key is None
