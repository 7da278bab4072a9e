"""The application itself, its commands, users, guilds, channels and threads."""

from __future__ import annotations

from tests.discord import payloads
from tests.discord.permissions import may
from tests.discord.refusals import Refusal, missing_access, missing_permissions, unknown
from tests.discord.rest import Call, route
from tests.discord.routes_messages import need
from tests.discord.world import Channel, Guild, Json, User

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
PRIVATE_THREAD = 12


@route("GET", "/gateway/bot")
async def gateway(call: Call) -> Json:
    starts = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    return {
        "url": call.discord.gateway_url,
        "shards": call.discord.shards,
        "session_start_limit": starts,
    }


@route("GET", "/users/@me")
async def own_user(call: Call) -> Json:
    return payloads.own_user(call.discord.me)


@route("GET", "/users/{user_id}")
async def one_user(call: Call) -> Json:
    who = call.world.users.get(call.number("user_id"))
    if who is None:
        raise unknown("User")
    return payloads.user(who)


@route("POST", "/users/@me/channels")
async def open_dm(call: Call) -> Json:
    who = call.world.users.get(int(call.body["recipient_id"]))
    if who is None or who.bot:
        raise unknown("User")
    return payloads.channel(call.world.dm(who))


@route("GET", "/applications/@me")
@route("GET", "/oauth2/applications/@me")
async def application(call: Call) -> Json:
    return call.discord.application()


def held_commands(call: Call) -> list[Json]:
    """The list that the path means: the global one, or that of a guild."""
    if call.number("application_id") != call.discord.me.id:
        raise missing_access()
    guild = call.guild().id if "guild_id" in call.params else None
    return call.discord.commands.setdefault(guild, [])


def entered(call: Call, sent: Json, old: Json | None) -> Json:
    """A command as Discord keeps it: its id stays while its name does."""
    command = {key: value for key, value in sent.items() if value is not None}
    number = old["id"] if old else str(call.world.ids.next())
    command |= {"id": number, "application_id": str(call.discord.me.id)}
    command |= {"version": str(call.world.ids.next())}
    command.setdefault("type", 1)
    command.setdefault("description", "")
    rights = sent.get("default_member_permissions")
    command["default_member_permissions"] = None if rights is None else str(rights)
    if "guild_id" in call.params:
        command["guild_id"] = call.params["guild_id"]
    return command


@route("GET", COMMANDS)
@route("GET", GUILD_COMMANDS)
async def list_commands(call: Call) -> list[Json]:
    return held_commands(call)


@route("PUT", COMMANDS)
@route("PUT", GUILD_COMMANDS)
async def replace_commands(call: Call) -> list[Json]:
    held = held_commands(call)
    known = {(each["name"], each["type"]): each for each in held}
    sent = call.body or []
    held[:] = [entered(call, each, known.get((each["name"], each.get("type", 1)))) for each in sent]
    return held


@route("POST", COMMANDS)
@route("POST", GUILD_COMMANDS)
async def add_command(call: Call) -> Json:
    held = held_commands(call)
    old = next((each for each in held if each["name"] == call.body["name"]), None)
    command = entered(call, call.body, old)
    held[:] = [each for each in held if each is not old] + [command]
    return command


@route("GET", "/guilds/{guild_id}")
async def one_guild(call: Call) -> Json:
    guild = joined(call)
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return payloads.guild(guild) | (counts if call.query.get("with_counts") else {})


def joined(call: Call) -> Guild:
    guild = call.guild()
    if call.discord.me.id not in guild.members:
        raise missing_access()
    return guild


@route("GET", "/guilds/{guild_id}/members/{user_id}")
async def one_member(call: Call) -> Json:
    found = joined(call).members.get(call.number("user_id"))
    if found is None:
        raise unknown("Member" if call.number("user_id") in call.world.users else "User")
    return payloads.member(found)


@route("GET", "/guilds/{guild_id}/channels")
async def guild_channels(call: Call) -> list[Json]:
    return [payloads.channel(each) for each in joined(call).channels.values()]


@route("GET", "/guilds/{guild_id}/roles")
async def guild_roles(call: Call) -> list[Json]:
    return [payloads.role(each) for each in joined(call).roles.values()]


@route("DELETE", "/users/@me/guilds/{guild_id}", 204)
async def leave(call: Call) -> None:
    call.discord.remove_guild(joined(call))


@route("GET", "/channels/{channel_id}")
async def one_channel(call: Call) -> Json:
    channel = call.channel()
    need(call, channel)
    return payloads.channel(channel)


@route("POST", "/channels/{channel_id}/typing", 204)
async def typing(call: Call) -> None:
    channel = call.channel()
    need(call, channel, "send_messages")
    channel.typing += 1
    call.world.changed()


def start_thread(call: Call, parent: Channel, number: int, kind: int) -> Channel:
    me = call.discord.me
    thread = Channel(call.world, number, kind, call.body["name"], parent.guild, parent, me)
    thread.archive_minutes = call.body.get("auto_archive_duration") or 1440
    thread.members.append(me)
    assert parent.guild is not None
    parent.guild.threads[number] = call.world.channels[number] = thread
    call.world.announce("THREAD_CREATE", thread)
    return thread


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads", 201)
async def thread_of_message(call: Call) -> Json:
    parent, message = call.channel(), call.message()
    if parent.guild is None or parent.is_thread:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    need(call, parent, "create_public_threads", "read_message_history")
    if message.thread is not None:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    message.thread = start_thread(call, parent, message.id, 11)
    message.flags |= 1 << 5
    call.world.announce("MESSAGE_UPDATE", message)
    return payloads.channel(message.thread)


@route("POST", "/channels/{channel_id}/threads", 201)
async def thread_alone(call: Call) -> Json:
    parent, kind = call.channel(), call.body.get("type") or PRIVATE_THREAD
    if parent.guild is None or parent.is_thread:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    publicity = "private" if kind == PRIVATE_THREAD else "public"
    need(call, parent, f"create_{publicity}_threads")
    return payloads.channel(start_thread(call, parent, call.world.ids.next(), kind))


def thread_of(call: Call) -> Channel:
    channel = call.channel()
    if not channel.is_thread:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    need(call, channel)
    return channel


def named(call: Call) -> User:
    who = call.world.users.get(call.number("user_id"))
    if who is None:
        raise unknown("User")
    return who


@route("GET", "/channels/{channel_id}/thread-members")
async def thread_members(call: Call) -> list[Json]:
    thread = thread_of(call)
    return [payloads.thread_member(thread, who) for who in thread.members]


@route("PUT", "/channels/{channel_id}/thread-members/@me", 204)
async def join_thread(call: Call) -> None:
    thread = thread_of(call)
    thread.members = list(dict.fromkeys([*thread.members, call.discord.me]))


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}", 204)
async def add_to_thread(call: Call) -> None:
    thread, who = thread_of(call), named(call)
    if not may(thread, call.discord.me, "send_messages"):
        raise missing_permissions()
    if not may(thread, who):
        raise missing_access()
    thread.members = list(dict.fromkeys([*thread.members, who]))


@route("DELETE", "/channels/{channel_id}/thread-members/@me", 204)
async def leave_thread(call: Call) -> None:
    thread = thread_of(call)
    thread.members = [who for who in thread.members if who is not call.discord.me]


@route("DELETE", "/channels/{channel_id}/thread-members/{user_id}", 204)
async def remove_from_thread(call: Call) -> None:
    thread, who = thread_of(call), named(call)
    need(call, thread, "manage_threads")
    thread.members = [each for each in thread.members if each is not who]
