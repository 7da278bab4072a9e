"""Holds requests and answers against Discord's own description of its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    FormatChecker,
    ValidationError,
)
from jsonschema.validators import extend  # type: ignore[import-untyped]

DESCRIPTION = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
"""Discord's description, MIT: https://github.com/discord/discord-api-spec"""

FORMATS = FormatChecker(formats=())
Schema = dict[str, Any]


@FORMATS.checks("date-time", raises=ValueError)  # type: ignore[untyped-decorator]
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@FORMATS.checks("uri", raises=ValueError)  # type: ignore[untyped-decorator]
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


class Checker:
    """Says what is wrong with a body; each validator is made when it is first needed."""

    def __init__(self, description: dict[str, Any]) -> None:
        description = with_enums(description)
        self._paths = description["paths"]
        self._answers = description["components"]["responses"]
        schemas = description["components"]["schemas"]
        # As ids Discord takes numbers too, and discord.py sends them so.
        loose = {"anyOf": [schemas["SnowflakeType"], {"type": "integer", "minimum": 0}]}
        self._of_answers = dialect(schemas)
        self._of_requests = dialect(schemas | {"SnowflakeType": loose})
        self._validators: dict[object, Any] = {}

    def knows(self, method: str, template: str) -> bool:
        return method.lower() in self._paths.get(template, {})

    def request_fault(self, method: str, template: str, body: object) -> str | None:
        """What is wrong with a request's JSON, or None; no body is wrong where one is asked."""
        asked = self._paths[template][method.lower()].get("requestBody")
        if asked is None:
            return None if body is None else "a body where none is described"
        if body is None:
            return "no body where one is required" if asked.get("required") else None
        schema = asked["content"]["application/json"]["schema"]
        return self._fault((method, template, "request"), self._of_requests, schema, body)

    def answer_fault(self, method: str, template: str, status: int, body: object) -> str | None:
        """What is wrong with an answer, or None; 5xx is described nowhere."""
        answers = self._paths[template][method.lower()]["responses"]
        answer = answers.get(str(status)) or answers.get(f"{status // 100}XX")
        if answer is None:
            return None if status >= 500 else f"status {status} is not described"
        if "$ref" in answer:
            answer = self._answers[name_of(answer["$ref"])]
        content = answer.get("content")
        if content is None:
            return None if body is None else f"a body with status {status}"
        if body is None:
            return f"no body with status {status}"
        schema = content["application/json"]["schema"]
        return self._fault((method, template, status), self._of_answers, schema, body)

    def _fault(self, key: object, kind: Any, schema: Schema, body: object) -> str | None:
        if key not in self._validators:
            self._validators[key] = kind(schema, format_checker=FORMATS)
        validator = self._validators[key]
        if validator.is_valid(body):
            return None
        error = innermost(min(validator.iter_errors(body), key=lambda each: len(each.path)))
        return f"{error.json_path}: {error.message[:300]}"


def dialect(schemas: dict[str, Schema]) -> Any:
    """JSON Schema 2020-12 in which ``$ref`` is a name of these schemas.

    jsonschema's own ``$ref`` and ``oneOf`` took four fifths of a load test's time. Here a
    reference is one look-up, and of the alternatives whose ``type`` is a fixed number only
    those are tried that the body's ``type`` fits; one of them has to hold as before.
    """

    def follow(validator: Any, ref: str, body: object, _: Schema) -> Iterator[ValidationError]:
        yield from validator.descend(body, schemas[name_of(ref)])

    def one_of(
        validator: Any, branches: list[Schema], body: object, schema: Schema
    ) -> Iterator[ValidationError]:
        fitting = branches
        if isinstance(body, dict) and isinstance(body.get("type"), int):
            fitting = [each for each in branches if body["type"] in types(each, body["type"])]
        yield from strict(validator, fitting or branches, body, schema)

    def types(branch: Schema, default: int) -> list[int]:
        target = schemas[name_of(branch["$ref"])] if "$ref" in branch else branch
        fixed: list[int] = target.get("properties", {}).get("type", {}).get("enum", [default])
        return fixed

    strict = Draft202012Validator.VALIDATORS["oneOf"]
    return extend(Draft202012Validator, {"$ref": follow, "oneOf": one_of})


def name_of(ref: str) -> str:
    """``#/components/schemas/X`` → ``X``"""
    return ref.rsplit("/", 1)[1]


def with_enums(schema: Any) -> Any:
    """The same, with a choice of constants written as ``enum``, which is quicker to judge."""
    if isinstance(schema, list):
        return [with_enums(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    choices = schema.get("oneOf")
    if isinstance(choices, list) and choices and all("const" in each for each in choices):
        rest = {key: value for key, value in schema.items() if key != "oneOf"}
        return with_enums(rest) | {"enum": [each["const"] for each in choices]}
    return {key: with_enums(value) for key, value in schema.items()}


def innermost(error: ValidationError) -> ValidationError:
    """The fault inside the alternative that was meant: the one whose type is right."""
    while error.context:
        branches: dict[int, list[ValidationError]] = {}
        for each in error.context:
            branches.setdefault(each.schema_path[0], []).append(each)

        def far(errors: list[ValidationError]) -> tuple[bool, int]:
            wrong_type = any(list(e.relative_path)[-1:] in ([], ["type"]) for e in errors)
            return (wrong_type, len(errors))

        error = min(branches.values(), key=far)[0]
    return error


@cache
def load_checker(path: Path = DESCRIPTION) -> Checker | None:
    """The checker of the file, or None where the file is not lent."""
    return Checker(json.loads(path.read_text())) if path.exists() else None
