"""What there is: people, guilds, channels, messages. Whatever changes is announced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.discord import permissions
from tests.discord.clock import Clock, Snowflakes, now

MIB = 1 << 20
Json = dict[str, Any]


@dataclass(eq=False)
class User:
    """A person, or the bot itself."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    takes_dms: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 1


@dataclass(eq=False)
class Member:
    user: User
    roles: list[Role]
    joined: str
    nick: str | None = None


@dataclass(frozen=True)
class Overwrite:
    allow: int = 0
    deny: int = 0


@dataclass(eq=False)
class Attachment:
    id: int
    filename: str
    data: bytes
    content_type: str
    url: str
    description: str | None = None

    @property
    def size(self) -> int:
        return len(self.data)


@dataclass(eq=False)
class Message:
    """A message as it is now. ``embeds`` and ``components`` are as they are sent out."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    mentions: list[User] = field(default_factory=list)
    reactions: dict[str, list[User]] = field(default_factory=dict)
    reply_to: Message | None = None
    nonce: str | None = None
    interaction: Json | None = None
    interaction_metadata: Json | None = None
    thread: Channel | None = None
    edited: str | None = None
    tts: bool = False
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & 64)

    @property
    def loading(self) -> bool:
        """It says "… is thinking"."""
        return bool(self.flags & 128)


@dataclass(eq=False)
class Channel:
    """A text channel (0), a DM (1) or a thread (11 public, 12 private)."""

    world: World
    id: int
    type: int
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    owner: User | None = None
    recipient: User | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    members: list[User] = field(default_factory=list)
    archive_minutes: int = 1440
    typing: int = 0
    """How often the bot showed that it types."""

    @property
    def is_thread(self) -> bool:
        return self.type in (11, 12)

    @property
    def rules(self) -> dict[int, Overwrite]:
        return self.parent.overwrites if self.parent else self.overwrites

    def permit(
        self, target: User | Role, allow: Iterable[str] = (), deny: Iterable[str] = ()
    ) -> None:
        """From now on these names are allowed and denied to that person or role here."""
        self.overwrites[target.id] = Overwrite(permissions.bits(allow), permissions.bits(deny))
        self.world.announce("CHANNEL_UPDATE", self)

    @property
    def last_message(self) -> Message | None:
        return next(reversed(self.messages.values()), None)


@dataclass(eq=False)
class Guild:
    world: World
    id: int
    name: str
    owner: User
    everyone: Role
    attachment_limit: int = 10 * MIB  # Discord's limit for a server without boosts, 2024 on
    locale: str = "en-GB"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)

    def add_text_channel(
        self,
        name: str,
        *,
        allow: Mapping[User | Role, Iterable[str]] | None = None,
        deny: Mapping[User | Role, Iterable[str]] | None = None,
    ) -> Channel:
        """A new channel; ``deny={discord.me: ["send_messages"]}`` shuts the bot's mouth in it."""
        channel = Channel(self.world, self.world.ids.next(), 0, name, self)
        allow, deny = allow or {}, deny or {}
        for target in {**allow, **deny}:
            channel.overwrites[target.id] = Overwrite(
                permissions.bits(allow.get(target, ())), permissions.bits(deny.get(target, ()))
            )
        self.channels[channel.id] = self.world.channels[channel.id] = channel
        self.world.announce("CHANNEL_CREATE", channel)
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """The channel or thread is gone, with all that was said in it."""
        (self.threads if channel.is_thread else self.channels).pop(channel.id)
        del self.world.channels[channel.id]
        for message in channel.messages.values():
            message.deleted = True
        self.world.announce("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)

    def add_role(self, name: str, permits: Iterable[str] = ()) -> Role:
        role = Role(self.world.ids.next(), name, permissions.bits(permits), len(self.roles) + 1)
        self.roles[role.id] = role
        self.world.announce("GUILD_ROLE_CREATE", (self, role))
        return role

    def add_member(
        self,
        user: User,
        *,
        roles: Iterable[Role] = (),
        permits: Iterable[str] = (),
        admin: bool = False,
    ) -> Member:
        """The user is in; ``permits`` and ``admin`` come by a role of their own."""
        names = [*permits, *(["administrator"] if admin else [])]
        held = [*roles, *([self.add_role(f"{user.name}'s", names)] if names else [])]
        member = Member(user, held, now())
        self.members[user.id] = member
        self.world.announce("GUILD_MEMBER_ADD", (self, member))
        return member


class World:
    """Everything, by id, and the callback through which the gateway hears of changes."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ids = Snowflakes()
        self.me = User(self.ids.next(), "cadenza", bot=True)
        self.users: dict[int, User] = {self.me.id: self.me}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.base_url = ""
        self.listener: Callable[[str, Any], None] = lambda name, what: None
        self._waiting: set[asyncio.Future[None]] = set()
        clock.on_change = self.changed

    def announce(self, event: str, what: Any) -> None:
        """Tell whoever is connected and may know; wake those who wait."""
        self.listener(event, what)
        self.changed()

    def changed(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, condition: Callable[[], object], timeout_s: float = 5.0) -> None:
        """Return as soon as ``condition()`` is true; it is asked whenever the world changes.

        Raises TimeoutError when it is still false after ``timeout_s``.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while not condition():
            if loop.time() >= deadline:
                raise TimeoutError(f"not so after {timeout_s:g} s")
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.add(future)
            await asyncio.wait([future], timeout=deadline - loop.time())
            self._waiting.discard(future)

    def message(self, channel_id: int, message_id: int) -> Message | None:
        channel = self.channels.get(channel_id)
        return channel.messages.get(message_id) if channel else None

    def dm(self, user: User) -> Channel:
        """The DM channel of the bot and that user."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self, self.ids.next(), 1, recipient=user)
        self.channels[channel.id] = channel
        return channel
