from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.about import compares, speaks_of_a_piece


@pytest.mark.parametrize(
    "text",
    [
        "slower", "a bit faster please", "darker", "add strings", "no drums", "in A minor",
        "as a waltz", "longer", "again", "undo", "the first one again", "like this but sad",
        "more strings", "only piano", "can you make it happier?", "I want it slower",
        "play it on violin", "make it sad", "another one", "surprise me",
    ],
)  # fmt: skip
def test_words_about_a_piece_that_is_there(text: str) -> None:
    assert speaks_of_a_piece(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "jazz calm 90bpm", "a sad waltz for piano", "something epic with choir", "rock",
        "with piano, calm jazz", "fast metal", "please make a jazz piece", "make me a jazz tune",
        "make a calm piano piece", "give me jazz", "a slow ballad in D minor",
    ],
)  # fmt: skip
def test_words_that_ask_for_a_new_piece(text: str) -> None:
    assert not speaks_of_a_piece(text)


@pytest.mark.parametrize(
    ("text", "alone"),
    [("undo", True), ("a bit slower", True), ("again", True), ("in A minor", False),
     ("without drums", False), ("jazz calm", False), ("", False)],
)  # fmt: skip
def test_some_words_mean_nothing_without_a_piece(text: str, alone: bool) -> None:
    assert compares(text) is alone


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    assert speaks_of_a_piece(text) in (True, False)
