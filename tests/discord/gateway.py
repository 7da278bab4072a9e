"""The gateway: sessions, heartbeats, resuming, and each event to the shard it belongs to.

https://discord.com/developers/docs/events/gateway
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord import events, payloads
from tests.discord.world import Guild, Json, User, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}


class Connection:
    """One websocket; what is sent goes out in order, compressed if the client asked for it."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.transport = request.transport
        compressed = request.query.get("compress") == "zlib-stream"
        self._zlib = zlib.compressobj() if compressed else None
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()

    def send(self, payload: Json) -> None:
        self._outbox.put_nowait(json.dumps(payload))

    def close(self, code: int) -> None:
        """After all that was sent before, the socket closes with that code."""
        self._outbox.put_nowait(code)

    def cut(self) -> None:
        """The line is dead at once, without a closing handshake."""
        if self.transport is not None:
            self.transport.abort()

    async def write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while isinstance(text := await self._outbox.get(), str):
                if self._zlib is None:
                    await self.socket.send_str(text)
                else:
                    data = self._zlib.compress(text.encode())
                    await self.socket.send_bytes(data + self._zlib.flush(zlib.Z_SYNC_FLUSH))
            await self.socket.close(code=text)


@dataclass(eq=False)
class Session:
    id: str
    shard: int
    shards: int
    intents: int
    connection: Connection | None
    sent: list[Json] = field(default_factory=list)
    """All events ever, for replay; ``s`` of the first is 1."""

    def dispatch(self, name: str, data: Json) -> None:
        event = {"op": DISPATCH, "t": name, "s": len(self.sent) + 1, "d": data}
        self.sent.append(event)
        if self.connection is not None:
            self.connection.send(event)

    def serves(self, guild: Guild | None) -> bool:
        """Events of a guild go to its shard, those of DMs to the first."""
        return self.shard == ((guild.id >> 22) % self.shards if guild else 0)

    @property
    def reads_all(self) -> bool:
        return bool(self.intents & PRIVILEGED["message_content"])


class Gateway:
    """Who is connected, and what they are told."""

    def __init__(
        self,
        world: World,
        me: User,
        token: str,
        privileged: set[str],
        report: Callable[[str], None],
    ) -> None:
        self.world = world
        self.me = me
        self.token = token
        self.privileged = privileged
        self.report = report
        self.heartbeat_ms = 41_250  # what Discord says
        self.sessions: dict[str, Session] = {}
        self.heartbeats = 0
        self.identifies = 0
        self.resumes = 0
        world.listener = self.tell

    def tell(self, name: str, what: Any) -> None:
        """Send an event to each session whose shard and intents it is for."""
        for session in list(self.sessions.values()):
            for event, data in events.render(name, what, self.me, session):
                session.dispatch(event, data)

    def connected(self, shard: int) -> Session | None:
        """The live session of a shard, if there is one."""
        live = [s for s in self.sessions.values() if s.shard == shard and s.connection]
        return live[-1] if live else None

    def live(self, shard: int) -> Connection:
        """Raises LookupError when that shard is not connected."""
        session = self.connected(shard)
        if session is None or session.connection is None:
            raise LookupError(f"shard {shard} is not connected")
        return session.connection

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=1 << 16)
        await socket.prepare(request)
        connection = Connection(socket, request)
        writer = asyncio.create_task(connection.write())
        connection.send({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self.hear(connection, json.loads(message.data))
        finally:
            for session in self.sessions.values():
                if session.connection is connection:
                    session.connection = None
            writer.cancel()
            self.world.changed()
        return socket

    def hear(self, connection: Connection, payload: Json) -> None:
        operation, data = payload["op"], payload["d"]
        if operation == HEARTBEAT:
            self.heartbeats += 1
            connection.send({"op": HEARTBEAT_ACK})
        elif operation == IDENTIFY:
            self.identify(connection, data)
        elif operation == RESUME:
            self.resume(connection, data)
        elif operation not in (PRESENCE, VOICE):
            self.report(f"gateway operation {operation} is not implemented")
        self.world.changed()

    def identify(self, connection: Connection, data: Json) -> None:
        self.identifies += 1
        shard, shards = data.get("shard", [0, 1])
        forbidden = [bit for name, bit in PRIVILEGED.items() if name not in self.privileged]
        if data["token"] != self.token:
            return connection.close(4004)
        if not 0 <= shard < shards:
            return connection.close(4010)
        if any(data["intents"] & bit for bit in forbidden):
            return connection.close(4014)
        for old in [s for s in self.sessions.values() if s.shard == shard and not s.connection]:
            del self.sessions[old.id]
        session = Session(secrets.token_hex(16), shard, shards, data["intents"], connection)
        self.sessions[session.id] = session
        self.greet(session)
        return None

    def greet(self, session: Session) -> None:
        """READY, then each guild of the shard."""
        guilds = [guild for guild in self.world.guilds.values() if session.serves(guild)]
        ready = {
            "v": 10,
            "user": payloads.own_user(self.me),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.world.base_url.replace("http", "ws", 1) + "/gateway",
            "shard": [session.shard, session.shards],
            "application": {"id": str(self.me.id), "flags": 0},
            "private_channels": [],
        }
        session.dispatch("READY", ready)
        for guild in guilds:
            whole = payloads.whole_guild(guild, self.me)
            session.dispatch("GUILD_CREATE", whole | {"unavailable": False})

    def resume(self, connection: Connection, data: Json) -> None:
        self.resumes += 1
        session = self.sessions.get(data["session_id"])
        if data["token"] != self.token:
            return connection.close(4004)
        if session is None or data["seq"] is None or data["seq"] > len(session.sent):
            return connection.send({"op": INVALID_SESSION, "d": False})
        if session.connection is not None:
            session.connection.close(4000)
        session.connection = connection
        for event in session.sent[data["seq"] :]:
            connection.send(event)
        session.dispatch("RESUMED", {})
        return None
