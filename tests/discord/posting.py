"""Messages come to be and change: the same for channels, interactions and people."""

from __future__ import annotations

import copy
import mimetypes
import re
from typing import Any

from tests.discord import forms
from tests.discord.clock import now
from tests.discord.refusals import invalid_form, too_large
from tests.discord.world import Attachment, Channel, Json, Message, User, World

EPHEMERAL, LOADING = 1 << 6, 1 << 7
SENDABLE = 1 << 2 | EPHEMERAL | 1 << 12 | forms.IS_LAYOUT
"""Flags a bot may set: suppress embeds, ephemeral, silent, layout."""
MENTION = re.compile(r"<@!?(\d+)>")


def store_file(world: World, channel: Channel, filename: str, data: bytes) -> Attachment:
    """The bytes lie under a URL of the loopback's own, as on Discord's CDN."""
    number = world.ids.next()
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    url = f"{world.base_url}/attachments/{channel.id}/{number}/{filename}?ex=1&is=1&hm=1"
    world.attachments[number] = Attachment(number, filename, data, kind, url)
    return world.attachments[number]


def fill(world: World, message: Message, body: Json, files: list[forms.Upload]) -> None:
    """What stands in a body stands in the message; what does not stays as it was.

    Raises Refusal, and then nothing has changed.
    """
    flags = flags_after(message, body)
    forms.check_message(body, files, flags)
    check_sizes(message.channel, files)
    check_after(message, body, files, flags)
    message.attachments = attachments_after(world, message, body, files)
    message.flags = flags
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = [sent_embed(each, message) for each in body["embeds"] or []]
    if "components" in body:
        message.components = numbered(body["components"] or [], message)
    message.mentions = mentioned(world, message, body.get("allowed_mentions"))


def flags_after(message: Message, body: Json) -> int:
    """Those of the body, where it has any; a message stays ephemeral, and a layout a layout."""
    if body.get("flags") is None:
        return message.flags
    is_new = message.id not in message.channel.messages
    lasting = 0 if is_new else EPHEMERAL
    asked: int = body["flags"] & SENDABLE & ~lasting
    return message.flags & (~SENDABLE | lasting | forms.IS_LAYOUT) | asked


def check_sizes(channel: Channel, files: list[forms.Upload]) -> None:
    if any(len(file.data) > limit(channel) for file in files):
        raise too_large()


def limit(channel: Channel) -> int:
    """Bytes a file may have there."""
    return channel.guild.attachment_limit if channel.guild else 10 << 20


def check_after(message: Message, body: Json, files: list[forms.Upload], flags: int) -> None:
    """Raise Refusal where nothing would be left of the message."""
    listed = body.get("attachments")
    kept = message.attachments if listed is None else listed
    forms.check_not_empty(
        body.get("content", message.content),
        body.get("embeds", message.embeds),
        files or kept,
        flags & forms.IS_LAYOUT and body.get("components", message.components),
        body.get("sticker_ids") or body.get("poll"),
    )


def attachments_after(
    world: World, message: Message, body: Json, files: list[forms.Upload]
) -> list[Attachment]:
    """Those kept, then those new; a list in the body says which are kept."""
    listed: list[Json] | None = body.get("attachments")
    words = {int(entry["id"]): entry for entry in listed or []}
    numbers = {file.number for file in files}
    kept = [each for each in message.attachments if listed is None or each.id in words]
    strangers = words.keys() - numbers - {each.id for each in message.attachments}
    if strangers:
        raise invalid_form("attachments", "ATTACHMENT_NOT_FOUND", f"No file for {strangers}")
    new = []
    for file in files:
        entry = words.get(file.number, {})
        name = entry.get("filename") or file.filename
        new.append(store_file(world, message.channel, name, file.data))
        new[-1].description = entry.get("description")
    return kept + new


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_none(each) for key, each in value.items() if each is not None}
    return [without_none(each) for each in value] if isinstance(value, list) else value


def resolved(url: str, message: Message) -> str:
    """``attachment://name`` becomes the URL of that file."""
    name = url.removeprefix("attachment://")
    found = [file.url for file in message.attachments if name != url and file.filename == name]
    return found[-1] if found else url


def sent_embed(embed: Json, message: Message) -> Json:
    shown: Json = without_none(copy.deepcopy(embed)) | {"type": "rich"}
    for place in ("image", "thumbnail"):
        if place in shown:
            url = resolved(shown[place]["url"], message)
            shown[place] = {"url": url, "proxy_url": url, "width": 0, "height": 0}
    for each in shown.get("fields", []):
        each.setdefault("inline", False)
    return shown


def numbered(components: list[Json], message: Message) -> list[Json]:
    """Components as they come back: each with an id, files with their URLs, defaults written."""
    shown: list[Json] = without_none(copy.deepcopy(components))
    for number, part in enumerate(forms.parts(shown), start=1):
        part.setdefault("id", number)
        for key, value in DEFAULTS.get(part["type"], {}).items():
            part.setdefault(key, value)
        for item in part.get("items", []):
            item.update({"description": None, "spoiler": False} | item)
        pictures = [item["media"] for item in part.get("items", [])]
        for media in [*pictures, part.get("media"), part.get("file")]:
            if media:
                media["url"] = media["proxy_url"] = resolved(media["url"], message)
                media["id"] = str(message.id)
    return shown


DEFAULTS: dict[int, Json] = {
    3: {"min_values": 1, "max_values": 1},
    5: {"min_values": 1, "max_values": 1},
    6: {"min_values": 1, "max_values": 1},
    7: {"min_values": 1, "max_values": 1},
    8: {"min_values": 1, "max_values": 1},
    11: {"description": None, "spoiler": False},
    13: {"name": None, "size": None, "spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
"""What Discord writes where the sender left it out, by type of component."""


def mentioned(world: World, message: Message, allowed: Json | None) -> list[User]:
    """Whom the message pings: those named in it and the author it replies to, where allowed."""
    named = [world.users[int(n)] for n in MENTION.findall(message.content) if int(n) in world.users]
    if allowed is not None and "users" not in allowed.get("parse", []):
        named = [who for who in named if str(who.id) in map(str, allowed.get("users", []))]
    target = message.reply_to
    # An interaction's own answer is a webhook's: replying to it pings nobody.
    if target is not None and target.interaction_metadata is None:
        pings = True if allowed is None else allowed.get("replied_user", False)
        named += [target.author] if pings and target.author is not message.author else []
    return list(dict.fromkeys(named))


def publish(world: World, message: Message) -> None:
    """It stands in its channel, and those who may know hear of it."""
    message.channel.messages[message.id] = message
    world.announce("MESSAGE_CREATE", message)


def changed(world: World, message: Message) -> None:
    message.edited = now()
    world.announce("MESSAGE_UPDATE", message)


def remove(world: World, message: Message) -> None:
    message.deleted = True
    message.channel.messages.pop(message.id, None)
    world.announce("MESSAGE_DELETE", message)
