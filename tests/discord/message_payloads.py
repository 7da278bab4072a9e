"""Messages as JSON, and who may read what in them."""

from __future__ import annotations

from tests.discord import payloads
from tests.discord.clock import born
from tests.discord.world import Attachment, Json, Message, User


def attachment(one: Attachment) -> Json:
    body: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": one.size,
        "url": one.url,
        "proxy_url": one.url,
        "content_type": one.content_type,
    }
    return body | ({"description": one.description} if one.description else {})


def emoji(name: str) -> Json:
    """Of ``👍`` or ``name:id``."""
    word, _, number = name.partition(":")
    return {"id": number or None, "name": word}


def reactions(one: Message, me: User) -> list[Json]:
    return [
        {
            "emoji": emoji(name),
            "count": len(people),
            "count_details": {"burst": 0, "normal": len(people)},
            "burst_colors": [],
            "me_burst": False,
            "me": me in people,
        }
        for name, people in one.reactions.items()
    ]


def readable(one: Message, me: User) -> bool:
    """Whether a bot without the message-content intent may read this message.

    https://docs.discord.com/developers/events/gateway#message-content-intent: its own, in DMs
    with it, and where it is mentioned, also by the ping of a reply.
    """
    return one.author is me or one.channel.guild is None or me in one.mentions


def message(one: Message, me: User, *, reads_all: bool, nested: bool = False) -> Json:
    """A message as the bot sees it; what it may not read arrives blank."""
    clear = reads_all or readable(one, me)
    body: Json = {
        "id": str(one.id),
        "type": 20 if one.interaction else 19 if one.reply_to else 0,
        "channel_id": str(one.channel.id),
        "author": payloads.user(one.author),
        "content": one.content if clear else "",
        "embeds": one.embeds if clear else [],
        "components": one.components if clear else [],
        "attachments": [attachment(file) for file in shown_files(one)] if clear else [],
        "mentions": [payloads.user(who) for who in one.mentions],
        "mention_roles": [],
        "mention_everyone": False,
        "timestamp": born(one.id),
        "edited_timestamp": one.edited,
        "flags": one.flags,
        "pinned": False,
        "tts": one.tts,
    }
    if one.reactions:
        body["reactions"] = reactions(one, me)
    if one.nonce is not None:
        body["nonce"] = one.nonce
    if one.interaction_metadata is not None:
        body |= {"webhook_id": str(me.id), "application_id": str(me.id)}
        body["interaction_metadata"] = one.interaction_metadata
    if one.interaction is not None:
        body["interaction"] = one.interaction
    if one.thread is not None:
        body["thread"] = payloads.channel(one.thread)
    if one.reply_to is not None:
        body["message_reference"] = reference(one.reply_to)
        if not nested:
            gone = one.reply_to.deleted
            quoted = message(one.reply_to, me, reads_all=reads_all, nested=True)
            body["referenced_message"] = None if gone else quoted
    return body


def shown_files(one: Message) -> list[Attachment]:
    """Attachments that stand by themselves: a picture inside an embed is not listed."""
    inside = {
        embed[place].get("url")
        for embed in one.embeds
        for place in ("image", "thumbnail")
        if place in embed
    }
    return [file for file in one.attachments if file.url not in inside]


def reference(one: Message) -> Json:
    body = {"type": 0, "channel_id": str(one.channel.id), "message_id": str(one.id)}
    return body | ({"guild_id": str(one.channel.guild.id)} if one.channel.guild else {})
