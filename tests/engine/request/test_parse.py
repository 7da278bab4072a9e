"""Free text is understood as a listener means it."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest

from engine.errors import RequestError
from engine.request import ComposeRequest, parse
from engine.request.lexicon.figures import METERS
from engine.request.lexicon.genres import GENRES
from engine.request.lexicon.instruments import INSTRUMENTS, default_program
from engine.request.lexicon.moods import MOODS
from tests.engine.request.prompts import PROMPTS


@pytest.mark.parametrize(("prompt", "expected"), PROMPTS, ids=[p or "empty" for p, _ in PROMPTS])
def test_prompt_means(prompt: str, expected: dict[str, Any]) -> None:
    request = parse(prompt)
    found = {name: getattr(request, name) for name in expected}
    assert found == expected
    if "unknown" not in expected:
        assert request.unknown == ()


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_is_understood_by_its_canonical_name(genre: str) -> None:
    assert parse(genre).genre == genre
    assert parse(f"a {genre} piece").genre == genre


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_is_understood_by_its_canonical_name(mood: str) -> None:
    assert parse(mood).moods == (mood,)
    assert parse(f"not {mood}").avoid_moods == (mood,)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("template", ["{}", "jazz with {}", "pop with {}s and harp", "FOR {}"])
def test_every_instrument_is_understood_by_its_canonical_name(
    instrument: str, template: str
) -> None:
    for name in (instrument, instrument.replace("_", " ")):
        request = parse(template.format(name))
        assert request.instruments[0] == instrument
        assert request.programs[0] == default_program(instrument)
        assert request.unknown == ()


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_instrument_can_be_refused(instrument: str) -> None:
    request = parse(f"rock without {instrument.replace('_', ' ')}")
    assert request.exclude[0] == instrument
    assert request.instruments == ()


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("template", ["{}", "in {}", "jazz {} time", "meter={}", "a {} piece"])
def test_every_meter_is_understood(meter: str, template: str) -> None:
    assert parse(template.format(meter)).meter == meter


NAMES = "two four,three four,four four,five four,six eight,seven eight,nine eight,twelve eight"


@pytest.mark.parametrize(("words", "meter"), list(zip(NAMES.split(","), METERS, strict=True)))
def test_every_meter_is_understood_in_words(words: str, meter: str) -> None:
    assert parse(f"in {words}").meter == meter


REFUSALS = [
    ("tempo 9999", "tempo must be between 20 and 300 BPM, you asked for 9999"),
    ("0 bpm", "tempo must be between 20 and 300 BPM, you asked for 0"),
    ("-5 bpm", "tempo must be between 20 and 300 BPM, you asked for -5"),
    ("300 bars", "bars must be between 1 and 256, you asked for 300"),
    ("0 bars", "bars must be between 1 and 256, you asked for 0"),
    ("2.5 bars", "bars must be a whole number, you asked for 2.5"),
    ("2 hours", "length must be between 1 and 600 seconds, you asked for 2 hours"),
    ("0 seconds", "length must be between 1 and 600 seconds, you asked for 0 seconds"),
    ("seed 4294967296", "seed must be between 0 and 4294967295, you asked for 4294967296"),
    ("seed -1", "seed must be between 0 and 4294967295, you asked for -1"),
    ("density 8", "density must be between 0 and 7, you asked for 8"),
    (
        "5/8",
        "meter must be one of 2/4, 3/4, 4/4, 5/4, 6/8, 7/8, 9/8, 12/8, you asked for 5/8; try 5/4",
    ),
    ("piano but no piano", "piano was both asked for and ruled out, say which you mean"),
    (
        "no guitar but electric guitar",
        "electric guitar was both asked for and ruled out, say which you mean",
    ),
    (
        "no " + ", no ".join(name.replace("_", " ") for name in INSTRUMENTS),
        "every instrument was ruled out, leave at least one to play",
    ),
    ("x" * 2001, "a request may have 2,000 characters at most, this one has 2,001"),
]


@pytest.mark.parametrize(("prompt", "sentence"), REFUSALS, ids=[p[:24] for p, _ in REFUSALS])
def test_the_impossible_is_refused_in_one_sentence(prompt: str, sentence: str) -> None:
    with pytest.raises(RequestError) as refusal:
        parse(prompt)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("prompt", ["9" * 400 + " bpm", "seed " + "9" * 1500, "9/" + "9" * 50])
def test_a_huge_number_is_refused_or_unknown_but_never_crashes(prompt: str) -> None:
    with contextlib.suppress(RequestError):
        assert parse(prompt).unknown


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(RequestError, match="text"):
        parse(None)  # type: ignore[arg-type]


def test_approximations_are_told_to_the_listener() -> None:
    assert "cut time" in parse("cut time").remarks[0]
    assert "ukulele" in parse("ukulele").remarks[0]
    assert "blues rock" in parse("blues rock").remarks[0]
    assert "rock" in parse("jazz, then rock").remarks[0]
    assert parse("gutiar").remarks == ('"gutiar" was read as guitar',)
    assert parse("jazz calm 90bpm, D minor, piano").remarks == ()


def test_json_has_the_keys_that_scripts_rely_on_and_null_where_nothing_was_said() -> None:
    data = parse("").to_json()
    for key in ("genre", "mood", "tempo_bpm", "key", "meter", "bars", "seconds", "seed"):
        assert data[key] is None
    for key in ("instruments", "exclude", "unknown"):
        assert data[key] == []
    assert parse("no drums, frob").to_json()["exclude"] == ["drums"]


def test_a_request_is_valid_from_birth() -> None:
    with pytest.raises(RequestError):
        ComposeRequest(tempo_bpm=1000)
    with pytest.raises(RequestError):
        ComposeRequest(genre="polka")
    with pytest.raises(RequestError):
        ComposeRequest(instruments=("piano",), programs=(40,))


def test_parsing_is_quick() -> None:
    parse("warm the tables up")
    start = time.perf_counter()
    for _ in range(10):
        parse("a sad waltz in D minor for gutiar and strings, 30 seconds, no drums please")
    assert (time.perf_counter() - start) / 10 < 0.025  # usually below 1 ms; CI machines are slow
