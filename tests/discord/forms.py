"""Reads what a client sends: JSON, or payload_json with files; refuses what Discord refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.discord.refusals import empty_message, invalid_form
from tests.discord.world import Json

IS_LAYOUT = 1 << 15
"""The flag IS_COMPONENTS_V2 of a message: text stands in components."""
ROW, BUTTON = 1, 2
LINK = 5
MAX_CONTENT, MAX_EMBEDS, MAX_EMBED_CHARACTERS = 2000, 10, 6000
MAX_ROWS, MAX_ROW_BUTTONS, MAX_LAYOUT_PARTS = 5, 5, 40


@dataclass(frozen=True)
class Upload:
    number: int
    """The n of ``files[n]``."""
    filename: str
    data: bytes


@dataclass
class Form:
    """A request's body and the files beside it."""

    body: Any = None
    files: list[Upload] = field(default_factory=list)


async def read_form(request: web.Request) -> Form:
    """Raises Refusal for a body that is neither JSON nor multipart with payload_json."""
    kind = request.content_type
    if not request.body_exists or kind == "application/octet-stream":
        return Form()
    if kind == "application/json":
        return Form(_parsed(await request.text()))
    if kind != "multipart/form-data":
        raise invalid_form("", "CONTENT_TYPE_INVALID", f"Expected JSON or multipart, got {kind}")
    form = Form(body={})
    async for part in await request.multipart():
        name = getattr(part, "name", None) or ""
        data = bytes(await part.read())  # type: ignore[union-attr]
        if name == "payload_json":
            form.body = _parsed(data.decode())
        elif name.startswith("files[") and name[6:-1].isdecimal():
            form.files.append(Upload(int(name[6:-1]), part.filename or "unknown", data))  # type: ignore[union-attr]
        else:
            raise invalid_form(name, "FIELD_UNKNOWN", "Files are called files[n]")
    return form


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise invalid_form("", "JSON_INVALID", "The request body contains invalid JSON.") from None


def check_message(body: Json, files: list[Upload], flags: int) -> None:
    """Raise Refusal for what stands in the body and cannot; absent fields are not judged."""
    content, embeds = body.get("content") or "", body.get("embeds") or []
    components = body.get("components") or []
    if len(content) > MAX_CONTENT:
        words = f"Must be {MAX_CONTENT} or fewer in length."
        raise invalid_form("content", "BASE_TYPE_MAX_LENGTH", words)
    if len(embeds) > MAX_EMBEDS:
        words = f"Must be {MAX_EMBEDS} or fewer in length."
        raise invalid_form("embeds", "BASE_TYPE_MAX_LENGTH", words)
    if sum(map(embed_characters, embeds)) > MAX_EMBED_CHARACTERS:
        words = f"Embed size exceeds maximum size of {MAX_EMBED_CHARACTERS}"
        raise invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", words)
    if len(files) > 10:
        raise invalid_form("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    if flags & IS_LAYOUT:
        check_layout(content, embeds, components)
    else:
        check_rows(components)
    check_custom_ids(components)


def check_layout(content: str, embeds: list[Json], components: list[Json]) -> None:
    for name, value in (("content", content), ("embeds", embeds)):
        if value:
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            words = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            raise invalid_form(name, code, words)
    if sum(1 for _ in parts(components)) > MAX_LAYOUT_PARTS:
        words = f"Must be {MAX_LAYOUT_PARTS} or fewer in length."
        raise invalid_form("components", "BASE_TYPE_MAX_LENGTH", words)


def check_rows(components: list[Json]) -> None:
    if len(components) > MAX_ROWS:
        words = f"Must be between 1 and {MAX_ROWS} in length."
        raise invalid_form("components", "BASE_TYPE_BAD_LENGTH", words)
    for number, row in enumerate(components):
        if row.get("type") != ROW:
            words = 'Value of field "type" must be one of (1,).'
            raise invalid_form(f"components.{number}", "UNION_TYPE_CHOICES", words)
        inside = row["components"]
        most = MAX_ROW_BUTTONS if all(part["type"] == BUTTON for part in inside) else 1
        if not 1 <= len(inside) <= most:
            words = f"Must be between 1 and {most} in length."
            path = f"components.{number}.components"
            raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", words)


def check_custom_ids(components: list[Json]) -> None:
    seen: set[str] = set()
    for part in parts(components):
        name = part.get("custom_id")
        if part["type"] == BUTTON and (part.get("style") == LINK) == bool(name):
            words = "A custom id is needed, or for a link a url"
            raise invalid_form("components", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", words)
        if name in seen:
            words = "Component custom id cannot be duplicated"
            raise invalid_form("components", "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        seen |= {name} if name else set()


def check_not_empty(*anything: object) -> None:
    if not any(anything):
        raise empty_message()


def embed_characters(embed: Json) -> int:
    """What counts towards 6,000: title, description, fields, footer, author."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [text for each in embed.get("fields") or [] for text in (each["name"], each["value"])]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    return sum(len(text) for text in texts if text)


def parts(components: list[Json]) -> Iterator[Json]:
    """All components, those inside of others after them."""
    for component in components:
        yield component
        inner = list(component.get("components") or [])
        inner += [component[key] for key in ("accessory", "component") if component.get(key)]
        yield from parts(inner)
