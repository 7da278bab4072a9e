"""Typed options win over the text."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import RequestError
from engine.request import apply_options, parse


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("jazz", {"genre": "bebop"}, {"genre": "jazz", "style": "bebop"}),
        ("jazz", {"genre": "lo-fi"}, {"genre": "lofi"}),
        ("sad", {"mood": "joyful"}, {"mood": "happy", "moods": ("happy",)}),
        ("slow", {"tempo": 128}, {"tempo_bpm": 128.0}),
        ("slow", {"tempo": "allegro"}, {"tempo_bpm": 132.0}),
        ("slow", {"tempo": "96"}, {"tempo_bpm": 96.0}),
        ("in D", {"key": "Bbm"}, {"key": "Bb minor"}),
        ("in D", {"key": "a"}, {"key": "A major"}),
        ("in D", {"key": "minor"}, {"key": None, "mode": "minor"}),
        ("3/4", {"meter": "six eight"}, {"meter": "6/8"}),
        ("16 bars", {"length": "a minute"}, {"bars": None, "seconds": 60.0}),
        ("30 seconds", {"bars": 8}, {"bars": 8, "seconds": None}),
        ("8 bars", {"seconds": 20}, {"bars": None, "seconds": 20.0}),
        ("piano", {"instruments": "violin, cello"}, {"instruments": ("violin", "cello")}),
        ("jazz", {"instruments": ["alto sax"]}, {"programs": (65,), "genre": "jazz"}),
        ("metal", {"instruments": "guitar"}, {"instruments": ("distorted_guitar",)}),
        ("no drums", {"instruments": "drums"}, {"instruments": ("drums",), "exclude": ()}),
        ("with drums", {"exclude": "drums"}, {"instruments": (), "exclude": ("drums",)}),
        ("piano", {"exclude": ["drums", "bass"]}, {"exclude": ("drums", "bass")}),
        ("", {"density": 5, "polyphony": 0, "seed": 3}, {"density": 5, "polyphony": 0, "seed": 3}),
        ("jazz seed 4", {"seed": None, "genre": None}, {"genre": "jazz", "seed": 4}),
    ],
)
def test_options_replace_what_the_text_said(
    text: str, options: dict[str, Any], expected: dict[str, Any]
) -> None:
    request = apply_options(parse(text), **options)
    assert {name: getattr(request, name) for name in expected} == expected


@pytest.mark.parametrize(
    "options",
    [
        {"tempo": 9999},
        {"tempo": "frob"},
        {"tempo": True},
        {"genre": "frobcore"},
        {"genre": 3},
        {"key": "H"},
        {"meter": "5/8"},
        {"length": "purple"},
        {"bars": 0},
        {"bars": 1.5},
        {"seconds": float("nan")},
        {"seconds": 10**400},
        {"seed": -1},
        {"density": 9},
        {"instruments": "frob"},
        {"instruments": 7},
        {"frob": 1},
    ],
)
def test_a_bad_option_is_refused_in_one_sentence(options: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as refusal:
        apply_options(parse("jazz"), **options)
    assert "\n" not in str(refusal.value)
