"""The loopback Discord as a test holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from tests.discord import message_payloads, payloads, permissions, posting
from tests.discord import routes_interactions as _routes_interactions  # noqa: F401
from tests.discord import routes_messages as _routes_messages  # noqa: F401
from tests.discord import routes_places as _routes_places  # noqa: F401
from tests.discord.actors import Person
from tests.discord.clock import Clock, now
from tests.discord.exchange import Exchange
from tests.discord.faults import Failure, Faults, Stall
from tests.discord.gateway import INVALID_SESSION, RECONNECT, Gateway
from tests.discord.openapi import load_checker
from tests.discord.rest import PREFIX, Logged, Rest
from tests.discord.world import MIB, Channel, Guild, Json, Member, Role, World

ACK_LIMIT_S = 3.0
"""https://discord.com/developers/docs/interactions/receiving-and-responding"""
MAX_REQUEST = 100 * MIB


class LoopbackDiscord:
    """Discord on a port of 127.0.0.1, for as long as the ``async with`` lasts.

    ``privileged`` names the privileged intents that are switched on in the portal:
    "members", "presences", "message_content".
    """

    def __init__(
        self,
        token: str = "loopback-token",
        shards: int = 1,
        *,
        privileged: Iterable[str] = (),
        ack_limit_s: float = ACK_LIMIT_S,
    ) -> None:
        self.token = token
        self.shards = shards
        self.privileged = set(privileged)
        self.ack_limit_s = ack_limit_s
        self.clock = Clock()
        self.world = World(self.clock)
        self.me = self.world.me
        self.owner = self.add_user("owner")
        self.commands: dict[int | None, list[Json]] = {None: []}
        """Registered commands by guild id, the global ones under None."""
        self.exchanges: dict[str, Exchange] = {}
        self.requests: list[Logged] = []
        self.latencies: list[float] = []
        """Seconds from each interaction to its first response."""
        self.problems: list[str] = []
        self.checker = load_checker()
        self.faults = Faults(self.world.changed)
        self.gateway = Gateway(self.world, self.me, token, self.privileged, self.report)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> LoopbackDiscord:
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{number}/{name}", self._file)
        app.router.add_route("*", PREFIX + "/{path:.*}", Rest(self).serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.world.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self.faults.release_all()
        for session in self.gateway.sessions.values():
            if session.connection is not None:
                session.connection.close(1001)
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What the bot's API setting has to be."""
        return self.world.base_url + PREFIX

    @property
    def gateway_url(self) -> str:
        return self.world.base_url.replace("http", "ws", 1) + "/gateway"

    @contextmanager
    def stands_in(self) -> Iterator[None]:
        """Within this process discord.py talks to the loopback instead of discord.com."""
        import yarl
        from discord.gateway import DiscordWebSocket
        from discord.http import Route

        before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self.api_url, yarl.URL(self.gateway_url)
        try:
            yield
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before

    def report(self, problem: str) -> None:
        """Something happened that must not; tests assert that there is none."""
        self.problems.append(problem)

    async def until(self, condition: Callable[[], object], timeout_s: float = 5.0) -> None:
        """See World.until; the error names the problems so far."""
        try:
            await self.world.until(condition, timeout_s)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; problems: {self.problems}") from None

    # People and places

    def add_user(self, name: str, *, locale: str = "en-US") -> Person:
        person = Person(self.world.ids.next(), name, locale=locale, discord=self)
        self.world.users[person.id] = person
        return person

    def add_guild(
        self,
        name: str = "guild",
        *,
        shard: int | None = None,
        owner: Person | None = None,
        bot_permits: Iterable[str] = (),
        attachment_limit: int = 10 * MIB,
    ) -> Guild:
        """A guild with the bot in it; a bot that is connected joins it now.

        ``shard`` chooses an id that falls to that shard; otherwise they take turns.
        """
        place = len(self.world.guilds) % self.shards if shard is None else shard
        number = self.world.ids.next_guild(place, self.shards)
        everyone = Role(number, "@everyone", permissions.bits(permissions.EVERYONE), 0)
        owner = owner or self.owner
        guild = Guild(self.world, number, name, owner, everyone, attachment_limit)
        guild.roles[number] = everyone
        guild.members[owner.id] = Member(owner, [], now())
        guild.members[self.me.id] = Member(self.me, [], now())
        if names := list(bot_permits):
            role = Role(self.world.ids.next(), self.me.name, permissions.bits(names))
            guild.roles[role.id] = role
            guild.members[self.me.id].roles.append(role)
        self.world.guilds[number] = guild
        self.world.announce("GUILD_CREATE", (guild, False))
        return guild

    def remove_guild(self, guild: Guild) -> None:
        """The bot is thrown out of the guild, or has left it."""
        del guild.members[self.me.id]
        del self.world.guilds[guild.id]
        self.world.announce("GUILD_DELETE", (guild, False))

    def outage(self, guild: Guild) -> None:
        """The guild cannot be reached until ``recover``."""
        self.world.announce("GUILD_DELETE", (guild, True))

    def recover(self, guild: Guild) -> None:
        self.world.announce("GUILD_CREATE", (guild, True))

    # Faults

    def fail(
        self,
        method: str,
        pattern: str,
        *,
        status: int,
        times: int = 1,
        retry_after: float = 0.01,
        code: int = 0,
        applied: bool = False,
    ) -> None:
        """The next ``times`` requests that fit get that status instead of an answer.

        ``*`` in the pattern is one segment. With ``applied`` the request is carried out
        and only its answer is lost.
        """
        self.faults.fail(Failure(method, pattern, status, times, retry_after, code, applied))

    def stall(self, method: str, pattern: str) -> Stall:
        """Requests that fit wait until ``.release()``; ``.waiting`` says how many do."""
        return self.faults.stall(method, pattern)

    def cut(self, shard: int = 0, code: int | None = None) -> None:
        """The shard's connection breaks, or is closed with that code."""
        connection = self.gateway.live(shard)
        if code is None:
            connection.cut()
        else:
            connection.close(code)

    def ask_to_reconnect(self, shard: int = 0) -> None:
        """Operation 7, as Discord sends it before it restarts a machine."""
        self.gateway.live(shard).send({"op": RECONNECT, "d": None})

    def invalidate(self, shard: int = 0, *, resumable: bool = False) -> None:
        """Operation 9; a session that is not resumable is forgotten."""
        connection = self.gateway.live(shard)
        if not resumable:
            session = self.gateway.connected(shard)
            assert session is not None
            del self.gateway.sessions[session.id]
        connection.send({"op": INVALID_SESSION, "d": resumable})

    # Interactions

    def offered(self, channel: Channel) -> list[Json]:
        """The commands registered for a channel: the guild's own, then the global ones."""
        own = self.commands.get(channel.guild.id, []) if channel.guild else []
        return [*own, *self.commands[None]]

    def begin(self, exchange: Exchange, data: Json) -> None:
        """Send INTERACTION_CREATE to the shard it concerns."""
        self.exchanges[exchange.token] = exchange
        guild, channel = exchange.channel.guild, exchange.channel
        shown = payloads.channel(channel)
        shown["permissions"] = str(permissions.in_channel(channel, exchange.user))
        body: Json = {
            "id": str(exchange.id),
            "application_id": str(self.me.id),
            "type": exchange.kind,
            "token": exchange.token,
            "version": 1,
            "data": data,
            "channel": shown,
            "channel_id": str(channel.id),
            "locale": exchange.user.locale,
            "app_permissions": str(permissions.in_channel(channel, self.me)),
            "entitlements": [],
            "authorizing_integration_owners": self.integration_owners(channel),
            "context": 0 if guild else 1,
            "attachment_size_limit": posting.limit(channel),
        }
        if guild is not None:
            body |= {"guild_id": str(guild.id), "guild_locale": guild.locale}
            body["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
            body["member"] = payloads.member_in(channel, exchange.user)
        else:
            body["user"] = payloads.user(exchange.user)
        if exchange.source is not None:
            body["message"] = message_payloads.message(exchange.source, self.me, reads_all=True)
        self.world.announce("INTERACTION_CREATE", (guild, body))

    async def settled(self, exchange: Exchange) -> None:
        """Return once the exchange is acknowledged or its time is over."""
        left_s = exchange.began_s + self.ack_limit_s - self.clock()
        try:
            await self.until(
                lambda: not exchange.failed or exchange.ack_expired(self.clock()), left_s
            )
        except TimeoutError:
            return

    def integration_owners(self, channel: Channel) -> Json:
        return {"0": str(channel.guild.id) if channel.guild else "0"}

    def application(self) -> Json:
        # Bit 19: message content for an app in fewer than 100 servers.
        flags = 1 << 19 if "message_content" in self.privileged else 0
        return payloads.application(self.me, self.owner, len(self.world.guilds), flags)

    def message(self, found: Any) -> Any:
        """The loopback's message for one of discord.py's, or None."""
        return self.world.message(found.channel.id, found.id)

    async def _file(self, request: web.Request) -> web.Response:
        found = self.world.attachments.get(int(request.match_info["number"]))
        if found is None or found.filename != request.match_info["name"]:
            raise web.HTTPNotFound
        return web.Response(body=found.data, content_type=found.content_type)
