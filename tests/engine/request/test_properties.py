"""Truths about any text whatever."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import RequestError
from engine.request import ComposeRequest, parse, resolve
from engine.request.lexicon import entries

WORDS = sorted({" ".join(phrase) for phrase, _ in entries()})
SIGNS = [",", ".", "no", "not", "and", "or", "with", "only", "for", "in", "a", "#", "=", "/"]
NUMBERS = st.one_of(st.integers(-10, 400).map(str), st.sampled_from(["3/4", "1:30", "90bpm"]))
SENTENCES = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from(SIGNS), NUMBERS), max_size=16
).map(" ".join)


def _parse(text: str) -> ComposeRequest | None:
    """Anything but a RequestError escapes and fails the test."""
    try:
        return parse(text)
    except RequestError:
        return None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_a_request_or_a_request_error(text: str) -> None:
    request = _parse(text)
    if request is not None:
        json.dumps(request.to_json())
        assert all(word in text for word in request.unknown)


@settings(max_examples=300, deadline=None)
@given(SENTENCES, st.integers(0, 2**32 - 1))
def test_any_words_of_ours_give_a_brief_or_a_request_error(text: str, seed: int) -> None:
    request = _parse(text)
    if request is None:
        return
    try:
        brief = resolve(request, seed=seed)
    except RequestError:
        return
    assert set(request.programs) <= set(brief.programs)
    assert not set(request.exclude) & set(brief.instruments)
    if request.only:
        assert set(request.programs) == set(brief.programs)


PARTS = [
    "jazz",
    "calm",
    "90bpm",
    "in D minor",
    "3/4",
    "16 bars",
    "with piano",
    "no drums",
    "seed 7",
    "very busy",
]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_wishes_does_not_matter(rng: random.Random) -> None:
    shuffled = rng.sample(PARTS, len(PARTS))
    assert parse(", ".join(shuffled)) == parse(", ".join(PARTS))


@pytest.mark.parametrize(
    "prompt",
    [
        "jazz calm 90bpm",
        "a sad waltz in D minor for piano and strings, 30 seconds, no drums",
        "Lo-Fi Hip-Hop with Rhodes, Bb major, slow",
        "drum & bass at 174, F# minor",
    ],
)
def test_upper_and_lower_case_mean_the_same(prompt: str) -> None:
    assert parse(prompt.upper()) == parse(prompt.lower()) == parse(prompt)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["!", "...", "  ", "\n", " please", " thanks!", " 🙏"]), st.integers(0, 2))
def test_courtesy_and_punctuation_change_nothing(tail: str, times: int) -> None:
    assert parse("calm jazz with piano" + tail * times) == parse("calm jazz with piano")
