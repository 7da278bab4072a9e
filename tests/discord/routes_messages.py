"""Messages and reactions in channels, as the bot's own token may use them."""

from __future__ import annotations

import re

from tests.discord import message_payloads, payloads, posting
from tests.discord.permissions import may
from tests.discord.refusals import (
    Refusal,
    closed_to_messages,
    invalid_form,
    missing_access,
    missing_permissions,
    not_the_author,
    unknown,
)
from tests.discord.rest import Call, route
from tests.discord.world import Channel, Json, Message, User, World

MESSAGES = "/channels/{channel_id}/messages"
ONE = MESSAGES + "/{message_id}"
REACTIONS = ONE + "/reactions"
WEEKS_2_MS = 14 * 24 * 3600 * 1000


def shown(call: Call, message: Message) -> Json:
    """A message as REST gives it: what is blank there is decided by the portal's switch."""
    reads_all = "message_content" in call.discord.privileged
    return message_payloads.message(message, call.discord.me, reads_all=reads_all)


def need(call: Call, channel: Channel, *names: str) -> None:
    """Raise Refusal unless the bot sees the channel and may do what is named."""
    if not may(channel, call.discord.me):
        raise missing_access()
    if not may(channel, call.discord.me, *names):
        raise missing_permissions()


@route("POST", MESSAGES)
async def create(call: Call) -> Json:
    channel, body, files = call.channel(), call.body, call.form.files
    need(call, channel, "send_messages")
    if channel.recipient is not None and not channel.recipient.takes_dms:
        raise closed_to_messages()
    for name, used in (("embed_links", body.get("embeds")), ("attach_files", files)):
        if used:
            need(call, channel, name)
    earlier = same_nonce(call, channel, body)
    if earlier is not None:
        return shown(call, earlier)
    message = Message(call.world.ids.next(), channel, call.discord.me, tts=bool(body.get("tts")))
    if body.get("nonce") is not None:
        message.nonce = str(body["nonce"])
    message.reply_to = answered(call, channel, body.get("message_reference"))
    posting.fill(call.world, message, body, files)
    note_missing_pictures(call, message)
    posting.publish(call.world, message)
    return shown(call, message)


def same_nonce(call: Call, channel: Channel, body: Json) -> Message | None:
    """The message that this one would repeat, if the sender asked for that check."""
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    mine = (m for m in channel.messages.values() if m.author is call.discord.me)
    return next((message for message in mine if message.nonce == str(body["nonce"])), None)


def answered(call: Call, channel: Channel, reference: Json | None) -> Message | None:
    if reference is None:
        return None
    if not may(channel, call.discord.me, "read_message_history"):
        code = "REPLIES_CANNOT_REPLY_WITHOUT_READ_MESSAGE_HISTORY"
        words = "Cannot reply without permission to read message history"
        raise invalid_form("message_reference", code, words)
    target = channel.messages.get(int(reference["message_id"]))
    if target is None and reference.get("fail_if_not_exists", True):
        code = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
        raise invalid_form("message_reference", code, "Unknown message")
    return target


def note_missing_pictures(call: Call, message: Message) -> None:
    """Discord shows an embed with a hole in it; here that is a problem of its own."""
    for embed in message.embeds:
        for place in ("image", "thumbnail"):
            url = embed.get(place, {}).get("url", "")
            if url.startswith("attachment://"):
                call.discord.report(f"an embed shows {url}, but no such file came with it")


@route("GET", MESSAGES)
async def history(call: Call) -> list[Json]:
    """The newest first, whichever end was asked for."""
    channel = call.channel()
    need(call, channel)
    if not may(channel, call.discord.me, "read_message_history"):
        return []
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid_form("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    found = [m for m in channel.messages.values() if not m.ephemeral]
    if "around" in call.query:
        middle = int(call.query["around"])
        older = [m for m in found if m.id < middle][-(limit // 2) :]
        newer = [m for m in found if m.id >= middle]
        found = older + newer[: limit - len(older)]
    elif "after" in call.query:
        found = [m for m in found if m.id > int(call.query["after"])][:limit]
    elif "before" in call.query:
        found = [m for m in found if m.id < int(call.query["before"])]
    return [shown(call, message) for message in reversed(found[-limit:])]


@route("GET", ONE)
async def fetch(call: Call) -> Json:
    need(call, call.channel(), "read_message_history")
    return shown(call, call.message())


@route("PATCH", ONE)
async def edit(call: Call) -> Json:
    need(call, call.channel())
    message = call.message()
    if message.author is not call.discord.me:
        raise not_the_author()
    for name, used in (("embed_links", call.body.get("embeds")), ("attach_files", call.form.files)):
        if used:
            need(call, call.channel(), name)
    posting.fill(call.world, message, call.body, call.form.files)
    note_missing_pictures(call, message)
    posting.changed(call.world, message)
    return shown(call, message)


@route("DELETE", ONE, 204)
async def delete(call: Call) -> None:
    need(call, call.channel())
    message = call.message()
    if message.author is not call.discord.me:
        need(call, message.channel, "manage_messages")
    posting.remove(call.world, message)


@route("POST", MESSAGES + "/bulk-delete", 204)
async def bulk_delete(call: Call) -> None:
    channel = call.channel()
    need(call, channel, "manage_messages")
    ids = {int(each) for each in call.body["messages"]}
    if any((call.world.ids.next() - each) >> 22 > WEEKS_2_MS for each in ids):
        words = "You can only bulk delete messages that are under 14 days old."
        raise Refusal(400, 50034, words)
    found = [message for key, message in channel.messages.items() if key in ids]
    for message in found:
        message.deleted = True
        del channel.messages[message.id]
    if found:
        call.world.announce("MESSAGE_DELETE_BULK", found)


def emoji_of(call: Call) -> str:
    """``👍`` or ``name:id``. Raises Refusal for what is no emoji."""
    name = call.params["emoji_name"]
    if name.isascii() and not re.fullmatch(r"\w+:\d+", name):
        raise unknown("Emoji")
    return name


def react(world: World, message: Message, who: User, emoji: str) -> None:
    people = message.reactions.setdefault(emoji, [])
    if who not in people:
        people.append(who)
        world.announce("MESSAGE_REACTION_ADD", (message, who, emoji))


def unreact(world: World, message: Message, who: User, emoji: str) -> None:
    people = message.reactions.get(emoji, [])
    if who in people:
        people.remove(who)
        if not people:
            del message.reactions[emoji]
        world.announce("MESSAGE_REACTION_REMOVE", (message, who, emoji))


@route("PUT", REACTIONS + "/{emoji_name}/@me", 204)
async def add_reaction(call: Call) -> None:
    channel, emoji = call.channel(), emoji_of(call)
    need(call, channel, "read_message_history")
    message = call.message()
    if emoji not in message.reactions:
        need(call, channel, "add_reactions")
    react(call.world, message, call.discord.me, emoji)


@route("DELETE", REACTIONS + "/{emoji_name}/@me", 204)
async def remove_own_reaction(call: Call) -> None:
    need(call, call.channel(), "read_message_history")
    unreact(call.world, call.message(), call.discord.me, emoji_of(call))


@route("DELETE", REACTIONS + "/{emoji_name}/{user_id}", 204)
async def remove_reaction(call: Call) -> None:
    need(call, call.channel(), "read_message_history", "manage_messages")
    who = call.world.users.get(call.number("user_id"))
    if who is None:
        raise unknown("User")
    unreact(call.world, call.message(), who, emoji_of(call))


@route("GET", REACTIONS + "/{emoji_name}")
async def who_reacted(call: Call) -> list[Json]:
    """By id, ``limit`` at a time, those after ``after``."""
    need(call, call.channel(), "read_message_history")
    people = call.message().reactions.get(emoji_of(call), [])
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 25))
    if not 1 <= limit <= 100:
        raise invalid_form("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    later = sorted((who for who in people if who.id > after), key=lambda who: who.id)
    return [payloads.user(who) for who in later[:limit]]


@route("DELETE", REACTIONS, 204)
async def clear_reactions(call: Call) -> None:
    need(call, call.channel(), "read_message_history", "manage_messages")
    message = call.message()
    message.reactions.clear()
    call.world.announce("MESSAGE_REACTION_REMOVE_ALL", (message, None, None))


@route("DELETE", REACTIONS + "/{emoji_name}", 204)
async def clear_emoji(call: Call) -> None:
    need(call, call.channel(), "read_message_history", "manage_messages")
    message, emoji = call.message(), emoji_of(call)
    if message.reactions.pop(emoji, None):
        call.world.announce("MESSAGE_REACTION_REMOVE_EMOJI", (message, None, emoji))
