"""A server with people in a simulated Discord, and the whole bot in it, its workers quick ones."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import simcord

from bot.assemble import House, learning_of, utc_now
from bot.client import Cadenza, client_of, intents
from bot.commissions import Commissions
from bot.house_rules import HouseRules
from bot.jobs import Running
from bot.settings import Settings
from bot.storage.records import NewPiece, Piece
from bot.storage.storage import Storage
from bot.studio import Limits, Studio
from engine.errors import CadenzaError
from engine.request import parse, resolve
from tests.bot.quick_worker import MIDI

QUICK = (sys.executable, "-m", "tests.bot.quick_worker")
SCRIPTED_TUNE = (sys.executable, "-m", "tests.bot.learning.scripted_tune")
QUICK_PROMOTE = (sys.executable, "-m", "tests.bot.learning.quick_promote")
SOON_S = 20.0
"""Longer than anything here takes; reached only where something hangs."""


@dataclass
class Stage:
    """The bot, the people, and the places where they talk."""

    env: simcord.Env
    client: Cadenza
    guild: Any
    channel: Any
    ann: Any
    """Runs the server."""
    ben: Any
    cleo: Any

    async def done(self) -> None:
        """Return when all that was commissioned has been posted or has ended."""
        await self.client.follower.idle(SOON_S)
        await self.env.settle()

    async def at_work(self, job_id: int = 1) -> None:
        """Return when a worker has begun this job."""
        ticket = self.client.studio.ticket(job_id)
        assert ticket is not None
        async for news in ticket.news():
            if isinstance(news, Running):
                await self.env.settle()
                return

    async def compose(self, who: Any = None, prompt: str = "jazz calm", **options: Any) -> Any:
        """Let somebody compose; return the message with the piece."""
        await (who or self.ben).slash(self.channel, "compose", prompt=prompt, **options)
        await self.done()
        return self.channel.last_message

    async def restart(self) -> None:
        """Let the bot end and start anew, on the same database, in the same Discord."""
        old = self.client
        parts = House(old.settings, old.storage, old.studio, old.commissions, old.learning)
        self.client = client_of(parts)
        await self.env.restart_bot(self.client)
        await self.done()

    def piece_id(self, message: discord.Message) -> int:
        """The number at the foot of a piece."""
        return int(str(message.embeds[0].footer.text).split()[1])

    async def kept(self, person: Any, **more: Any) -> Piece:
        """Keep a piece of somebody's, as if it had been composed."""
        brief = resolve(parse("jazz calm"), seed=1)
        return await self.client.storage.pieces.add(
            NewPiece(
                person_id=person.id,
                channel_id=self.channel.id,
                server_id=self.guild.id,
                title=brief.title,
                brief=brief.to_json(),
                seed=1,
                midi=MIDI,
                explanation="It is calm.",
                **more,
            )
        )

    def settings_of(self, **rules: Any) -> Awaitable[None]:
        """Let the server's admin have decided this."""
        return self.client.set_rules(self.guild.id, HouseRules(**rules))


class Waits:
    """Tells the simulated Discord which waits are not its own."""

    env: simcord.Env | None = None

    async def __call__(self, awaitable: Awaitable[Any], reason: str) -> Any:
        if self.env is None:
            return await awaitable
        return await self.env.external_wait(awaitable, reason=reason)


@contextlib.asynccontextmanager
async def house(folder: Path, waits: Waits, **changes: Any) -> AsyncIterator[House]:
    """Open the bot's parts on a database in this folder."""
    usual = {"data": folder, "models": folder / "models", "shutdown_s": 0.0}
    settings = Settings(**(usual | changes))
    async with await Storage.open(settings.database_url, utc_now) as storage:
        studio = Studio(
            folder / "making",
            workers=1,
            limits=Limits(waiting_of_person=settings.queue_per_person, restart_s=0.001),
            command=QUICK,
            environ=os.environ,
        )
        commissions = Commissions(
            storage, studio, per_day=settings.per_day, clock=utc_now, wait=waits
        )
        learning = learning_of(
            settings, storage, os.environ, wait=waits, tune=SCRIPTED_TUNE, promote=QUICK_PROMOTE
        )
        await studio.start()
        learning.runs.start()
        try:
            yield House(settings, storage, studio, commissions, learning)
        finally:
            await learning.runs.close()
            await studio.close(0.0)


@contextlib.asynccontextmanager
async def stage(folder: Path, **changes: Any) -> AsyncIterator[Stage]:
    """Open a server with the bot in it and three people."""
    waits = Waits()
    async with house(folder, waits, **changes) as parts:
        client = client_of(parts)
        # Not "async with simcord.run": a fixture is left in another context than it was entered in.
        env = simcord.Env(client, approved_intents=intents(), shard_count=1, settle_timeout=SOON_S)
        await env.start()
        try:
            waits.env = env
            guild = env.create_guild("Music lovers")
            channel = guild.create_text_channel("music")
            all_of_it = discord.Permissions(administrator=True)
            admins = guild.create_role("Admins", permissions=all_of_it)
            ann = guild.add_member(env.create_user("ann"), roles=[admins])
            ben, cleo = (guild.add_member(env.create_user(name)) for name in ("ben", "cleo"))
            there = Stage(env, client, guild, channel, ann, ben, cleo)
            yield there
            await there.done()
            unforeseen = [error for error in env.errors if not _is_answered(error)]
            if unforeseen:
                raise BaseExceptionGroup("the bot failed during the test", unforeseen)
        finally:
            await env.shutdown()


def _is_answered(error: BaseException) -> bool:
    """Whether a failure is of those that people read a sentence about."""
    cause = getattr(error, "original", error)
    return isinstance(cause, CadenzaError | discord.app_commands.CheckFailure)


async def soon(awaitable: Awaitable[Any]) -> Any:
    """Await what happens soon, or fail."""
    return await asyncio.wait_for(awaitable, SOON_S)
