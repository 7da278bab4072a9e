"""A ComposeRequest survives the way through JSON, without what somebody typed if need be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.errors import RequestError
from engine.request import ComposeRequest, parse
from tests.engine.request.prompts import PROMPTS

STORED = parse("busy jazz in D minor at 90 for piano, no drums, 16 bars, seed 3, blarg").to_json()


@pytest.mark.parametrize("text", [prompt for prompt, _ in PROMPTS])
def test_json_round_trip_is_exact(text: str) -> None:
    request = parse(text)
    stored = json.loads(json.dumps(request.to_json()))
    assert ComposeRequest.from_json(stored) == request
    del stored["unknown"]
    assert ComposeRequest.from_json(stored) == replace(request, unknown=())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("genre", 3),
        ("genre", "polkacore"),
        ("moods", "calm"),
        ("moods", [["calm"]]),
        ("tempo_bpm", "90"),
        ("tempo_bpm", True),
        ("tempo_bpm", 10**400),
        ("key", "H major"),
        ("bars", 16.0),
        ("bars", True),
        ("seconds", [30]),
        ("programs", [0.0]),
        ("programs", [True]),
        ("programs", None),
        ("only", None),
        ("only", 1),
        ("remarks", [1]),
        ("exclude", ["piano"]),
    ],
)
def test_a_stored_request_that_is_damaged_is_refused(field: str, value: object) -> None:
    with pytest.raises(RequestError):
        ComposeRequest.from_json({**STORED, field: value})


@pytest.mark.parametrize("field", [name for name in STORED if name != "unknown"])
def test_what_lacks_is_named(field: str) -> None:
    stored = {name: value for name, value in STORED.items() if name != field}
    with pytest.raises(RequestError, match=f"the request lacks '{field}'"):
        ComposeRequest.from_json(stored)


def test_no_object_and_no_foreign_field_is_taken() -> None:
    with pytest.raises(RequestError, match="a request must be a JSON object"):
        ComposeRequest.from_json([STORED])
    with pytest.raises(RequestError, match="a request has no field 'colour'"):
        ComposeRequest.from_json({**STORED, "colour": "blue"})
