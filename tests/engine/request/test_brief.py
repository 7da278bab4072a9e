"""A Brief is valid from birth and survives the way through JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.errors import RequestError
from engine.request import Brief, parse, resolve

BRIEF = Brief(
    genre="jazz",
    mood="calm",
    valence=0.4,
    arousal=-0.7,
    tempo_bpm=90.0,
    key="D minor",
    meter="6/8",
    bars=16,
    programs=(0, 32, 128),
    seed=42,
)


def test_what_can_be_read_off() -> None:
    assert (BRIEF.tonic, BRIEF.mode) == (2, "minor")
    assert (BRIEF.numerator, BRIEF.denominator) == (6, 8)
    assert BRIEF.seconds == pytest.approx(16 * 3 * 60 / 90)
    assert BRIEF.title == "Calm jazz in D minor"
    assert BRIEF.instruments == ("piano", "upright_bass", "drums")


def test_json_round_trip_is_exact() -> None:
    for seed in range(100):
        brief = resolve(parse("90.1 bpm" if seed % 2 else ""), seed=seed)
        assert Brief.from_json(json.loads(json.dumps(brief.to_json()))) == brief


@pytest.mark.parametrize(
    "change",
    [
        {"genre": "polka"},
        {"genre": None},
        {"mood": "meh"},
        {"valence": 1.5},
        {"valence": float("nan")},
        {"arousal": "high"},
        {"tempo_bpm": 19.9},
        {"tempo_bpm": float("inf")},
        {"tempo_bpm": True},
        {"key": "D"},
        {"key": "Db major"},
        {"meter": "5/8"},
        {"bars": 0},
        {"bars": 257},
        {"bars": 8.0},
        {"programs": ()},
        {"programs": (32, 0)},
        {"programs": (0, 0)},
        {"programs": (129,)},
        {"programs": (-1,)},
        {"programs": tuple(range(17))},
        {"programs": [0]},
        {"density": 8},
        {"polyphony": -1},
        {"seed": 2**32},
        {"seed": None},
    ],
)
def test_nothing_impossible_is_born(change: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        replace(BRIEF, **change)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "brief",
        {},
        {**BRIEF.to_json(), "extra": 1},
        {**BRIEF.to_json(), "programs": "0"},
        {**BRIEF.to_json(), "programs": [0.5]},
        {**BRIEF.to_json(), "tempo_bpm": 10**400},
        {name: value for name, value in BRIEF.to_json().items() if name != "seed"},
    ],
)
def test_bad_json_is_refused(data: object) -> None:
    with pytest.raises(RequestError):
        Brief.from_json(data)


def test_a_whole_number_of_bpm_is_taken_from_json() -> None:
    assert Brief.from_json({**BRIEF.to_json(), "tempo_bpm": 90}) == BRIEF
