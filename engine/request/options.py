"""Typed options beside the text; what is set here wins over what the text said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.errors import RequestError
from engine.request.lexicon.instruments import INSTRUMENT_OF
from engine.request.model import ComposeRequest
from engine.request.parse import parse

OPTIONS = (
    "genre",
    "mood",
    "tempo",
    "key",
    "meter",
    "instruments",
    "exclude",
    "length",
    "bars",
    "seconds",
    "density",
    "polyphony",
    "seed",
)
"""The options that ``apply_options`` knows."""


def apply_options(request: ComposeRequest, **options: object) -> ComposeRequest:
    """Return the request with the options in place of what the text said.

    genre, mood, key, meter and length ("16 bars", "a minute") are text, understood as in a
    prompt; tempo is text or quarter notes a minute; instruments and exclude are text or names;
    bars, density (0-7), polyphony (0-7) and seed are whole numbers, seconds a number. None
    changes nothing. An option wins over the text wherever the two contradict each other.
    Raises RequestError for an unknown option, and for a value that is not understood or
    outside its range.
    """
    for name in options:
        if name not in OPTIONS:
            raise RequestError(f"there is no option {name!r:.40}; there are {', '.join(OPTIONS)}")
    for name in OPTIONS:
        if (value := options.get(name)) is not None:
            request = replace(request, **_changes(request, name, value))
    return request


def _changes(request: ComposeRequest, name: str, value: object) -> dict[str, Any]:
    if name in ("bars", "density", "polyphony", "seed"):
        changes: dict[str, Any] = {name: _whole(name, value)}
        return changes | ({"seconds": None} if name == "bars" else {})
    if name == "seconds":
        return {"seconds": _number(name, value), "bars": None}
    if name == "tempo" and not isinstance(value, str):
        return {"tempo_bpm": _number(name, value)}
    if name in ("instruments", "exclude"):
        return _instruments(request, name, value)
    if not isinstance(value, str):
        raise RequestError(f"the option {name} must be text, got {value!r:.40}")
    return _text(name, value)


def _text(name: str, value: str) -> dict[str, Any]:
    said = parse(value)
    if name == "tempo":
        said = said if said.tempo_bpm is not None else parse(f"tempo {value}")
        found: dict[str, Any] = {"tempo_bpm": said.tempo_bpm}
    elif name == "genre":
        found = {"genre": said.genre, "style": said.style}
    elif name == "mood":
        found = {"mood": said.mood, "moods": said.moods}
    elif name == "key":
        if said.key is None and said.mode is None:
            said = parse(f"in the key of {value}")
        found = {"key": said.key, "mode": said.mode}
    elif name == "meter":
        found = {"meter": said.meter}
    else:
        found = {"bars": said.bars, "seconds": said.seconds}
    if said.unknown or all(item in (None, ()) for item in found.values()):
        raise RequestError(f'the {name} "{value[:40]}" is not understood')
    return found


def _instruments(request: ComposeRequest, name: str, value: object) -> dict[str, Any]:
    if isinstance(value, str):
        text = value
    elif isinstance(value, Iterable):
        text = ", ".join(str(item) for item in value)
    else:
        raise RequestError(f"the option {name} must be text or names, got {value!r:.40}")
    genre = f" {request.genre}" if request.genre and name == "instruments" else ""
    refused = "without " + text.replace(",", " or ")
    said = parse(f"{text}.{genre}" if name == "instruments" else refused)
    names = said.instruments if name == "instruments" else said.exclude
    if said.unknown or not names:
        raise RequestError(f'the {name} "{text[:40]}" are not understood')
    if name == "instruments":
        exclude = tuple(n for n in request.exclude if n not in names) + said.exclude
        return {
            "instruments": names,
            "programs": said.programs,
            "only": said.only,
            "exclude": tuple(dict.fromkeys(exclude)),
        }
    kept = [i for i in request.instruments if i not in names]
    return {
        "exclude": names,
        "instruments": tuple(kept),
        "programs": tuple(p for p in request.programs if INSTRUMENT_OF[p] in kept),
        "only": request.only and bool(kept),
    }


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise RequestError(f"the option {name} must be a number, got {value!r:.40}")
    return float(value) if abs(value) < 1e15 else 1e15


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError(f"the option {name} must be a whole number, got {value!r:.40}")
    return value
