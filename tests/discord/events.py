"""Which events a session is sent when the world changes, and with what in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tests.discord import message_payloads, payloads
from tests.discord.permissions import may
from tests.discord.world import Channel, Guild, Json, Member, Message, Role, User

if TYPE_CHECKING:
    from tests.discord.gateway import Session

GUILDS, GUILD_MEMBERS = 1 << 0, 1 << 1
GUILD_MESSAGES, GUILD_REACTIONS = 1 << 9, 1 << 10
DM_MESSAGES, DM_REACTIONS = 1 << 12, 1 << 13

Event = tuple[str, Json]


def render(name: str, what: Any, me: User, session: Session) -> Iterator[Event]:
    """The events for this session, none where shard, intents or permissions say no."""
    yield from WRITERS[name](name, what, me, session)


def hears(channel: Channel, me: User, session: Session, in_guild: int, in_dm: int) -> bool:
    wanted = in_guild if channel.guild else in_dm
    return bool(session.intents & wanted) and session.serves(channel.guild) and may(channel, me)


def _message(name: str, what: Message, me: User, session: Session) -> Iterator[Event]:
    channel = what.channel
    if what.ephemeral or not hears(channel, me, session, GUILD_MESSAGES, DM_MESSAGES):
        return
    data = message_payloads.message(what, me, reads_all=session.reads_all) | payloads.place(channel)
    if channel.guild and what.author.id in channel.guild.members:
        data["member"] = payloads.bare_member(channel.guild.members[what.author.id])
    yield name, data


def _gone(name: str, what: Message, me: User, session: Session) -> Iterator[Event]:
    if not what.ephemeral and hears(what.channel, me, session, GUILD_MESSAGES, DM_MESSAGES):
        place = payloads.place(what.channel)
        yield name, {"id": str(what.id), "channel_id": str(what.channel.id)} | place


def _many_gone(name: str, what: list[Message], me: User, session: Session) -> Iterator[Event]:
    channel = what[0].channel
    if hears(channel, me, session, GUILD_MESSAGES, DM_MESSAGES):
        ids = [str(message.id) for message in what]
        yield name, {"ids": ids, "channel_id": str(channel.id)} | payloads.place(channel)


Reaction = tuple[Message, User | None, str | None]


def _reaction(name: str, what: Reaction, me: User, session: Session) -> Iterator[Event]:
    message, who, emoji = what
    channel = message.channel
    if not hears(channel, me, session, GUILD_REACTIONS, DM_REACTIONS):
        return
    data: Json = {"message_id": str(message.id), "channel_id": str(channel.id)}
    data |= payloads.place(channel)
    if emoji is not None:
        data["emoji"] = message_payloads.emoji(emoji)
    if who is not None:
        data |= {"user_id": str(who.id), "burst": False, "type": 0}
    if name == "MESSAGE_REACTION_ADD":
        data["message_author_id"] = str(message.author.id)
        if channel.guild and who and who.id in channel.guild.members:
            data["member"] = payloads.member(channel.guild.members[who.id])
    yield name, data


def _channel(name: str, what: Channel, me: User, session: Session) -> Iterator[Event]:
    if session.intents & GUILDS and session.serves(what.guild) and may_know(what, me):
        extra = {"newly_created": True} if name == "THREAD_CREATE" else {}
        yield name, payloads.channel(what) | extra


def may_know(channel: Channel, me: User) -> bool:
    return channel.guild is not None and me.id in channel.guild.members


def _role(name: str, what: tuple[Guild, Role], me: User, session: Session) -> Iterator[Event]:
    guild, role = what
    if session.intents & GUILDS and session.serves(guild) and me.id in guild.members:
        yield name, {"guild_id": str(guild.id), "role": payloads.role(role)}


def _member(name: str, what: tuple[Guild, Member], me: User, session: Session) -> Iterator[Event]:
    guild, member = what
    if session.intents & GUILD_MEMBERS and session.serves(guild) and me.id in guild.members:
        yield name, payloads.member(member) | {"guild_id": str(guild.id)}


def _guild_here(name: str, what: tuple[Guild, bool], me: User, session: Session) -> Iterator[Event]:
    """After an outage ``unavailable`` is false; a guild that is joined has no such field."""
    guild, back = what
    if session.intents & GUILDS and session.serves(guild):
        yield name, payloads.whole_guild(guild, me) | ({"unavailable": False} if back else {})


def _guild_gone(name: str, what: tuple[Guild, bool], me: User, session: Session) -> Iterator[Event]:
    """An outage says ``unavailable``; being thrown out does not."""
    guild, outage = what
    if session.intents & GUILDS and session.serves(guild):
        yield name, {"id": str(guild.id)} | ({"unavailable": True} if outage else {})


def _interaction(
    name: str, what: tuple[Guild | None, Json], me: User, session: Session
) -> Iterator[Event]:
    guild, payload = what
    if session.serves(guild):
        yield name, payload


WRITERS: dict[str, Callable[..., Iterator[Event]]] = {
    "MESSAGE_CREATE": _message,
    "MESSAGE_UPDATE": _message,
    "MESSAGE_DELETE": _gone,
    "MESSAGE_DELETE_BULK": _many_gone,
    "MESSAGE_REACTION_ADD": _reaction,
    "MESSAGE_REACTION_REMOVE": _reaction,
    "MESSAGE_REACTION_REMOVE_ALL": _reaction,
    "MESSAGE_REACTION_REMOVE_EMOJI": _reaction,
    "CHANNEL_CREATE": _channel,
    "CHANNEL_UPDATE": _channel,
    "CHANNEL_DELETE": _channel,
    "THREAD_CREATE": _channel,
    "THREAD_UPDATE": _channel,
    "THREAD_DELETE": _channel,
    "GUILD_ROLE_CREATE": _role,
    "GUILD_MEMBER_ADD": _member,
    "GUILD_CREATE": _guild_here,
    "GUILD_DELETE": _guild_gone,
    "INTERACTION_CREATE": _interaction,
}
