"""The bot as people run it: its own process, a real socket to a Discord, signals."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from bot.assemble import utc_now
from bot.storage.storage import Storage
from tests.discord import LoopbackDiscord

TOKEN = f"{'M' * 24}.{'a' * 6}.{'b' * 30}"
LONG_S = 90.0
"""For a piece by the real engine on a busy machine; reached only where something hangs."""


@contextlib.asynccontextmanager
async def bot(
    loopback: LoopbackDiscord, folder: Path, module: str = "bot", **changes: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the bot until the block is left, then end it as a service manager does."""
    settings = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": loopback.api_url,
        "DISCORD_GATEWAY_URL": loopback.gateway_url,
        "CADENZA_DATA": str(folder),
        "CADENZA_CANDIDATES": "1",
        "CADENZA_LOG_LEVEL": "warning",
        "CADENZA_SHUTDOWN_S": "5",
        **changes,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-Wignore", "-m", module, env={**os.environ, **settings}
    )
    try:
        await loopback.until(lambda: loopback.gateway.connected(0), LONG_S)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), LONG_S) in (0, -signal.SIGKILL)


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def test_a_piece_survives_the_death_of_the_bot_and_can_be_talked_about_afterwards(
    tmp_path: Path,
) -> None:
    async with LoopbackDiscord(TOKEN) as loopback:
        server = loopback.add_guild("Music lovers")
        channel = server.add_text_channel("music")
        ann = loopback.add_user("ann")
        server.add_member(ann)
        async with bot(loopback, tmp_path) as process:
            shown = await ann.slash(channel, "compose", prompt="piano, 6 bars, 120 bpm")
            assert not shown.failed
            await loopback.until(
                lambda: shown.message is not None and "`" in shown.message.content, LONG_S
            )
            workers = children(process.pid)
            process.kill()
            await process.wait()
        assert workers
        async with bot(loopback, tmp_path):
            await loopback.until(
                lambda: any(m.attachments for m in channel.messages.values()), LONG_S
            )
            assert not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers)  # no orphans
            (piece,) = [m for m in channel.messages.values() if m.attachments]
            kinds = {attachment.filename.split(".")[-1] for attachment in piece.attachments}
            assert kinds == {"mp3", "mid", "png"}
            ann.react(piece, "🔥")
            ann.say(channel, "slower", reply_to=piece)
            await loopback.until(
                lambda: sum(bool(m.attachments) for m in channel.messages.values()) == 2, LONG_S
            )
        assert loopback.problems == []
    async with await Storage.open(f"sqlite:///{tmp_path / 'cadenza.db'}", utc_now) as storage:
        second = await storage.pieces.get(2)
        assert second is not None
        assert second.parent_id == 1
        assert second.details["exact"] is True
        assert [vote.kind for vote in await storage.ratings.counted(1)] == ["fire"]
        assert await storage.jobs.unfinished() == []


async def test_two_hundred_wishes_while_workers_are_killed(tmp_path: Path) -> None:
    """Forty people in eight servers ask five times each; nothing is lost, nothing comes twice."""
    rng = random.Random(1)
    async with LoopbackDiscord(TOKEN, ack_limit_s=30) as loopback:
        channels = [loopback.add_guild(f"g{n}").add_text_channel("music") for n in range(8)]
        people = []
        for number in range(40):
            user = loopback.add_user(f"user{number}")
            channel = channels[number % 8]
            assert channel.guild is not None
            channel.guild.add_member(user)
            people.append((user, channel))
        changes = {"CADENZA_WORKERS": "2", "CADENZA_QUEUE_PER_PERSON": "5"}
        async with bot(loopback, tmp_path, "tests.bot.quick_bot", **changes) as process:
            asked = [
                asyncio.create_task(user.slash(channel, "compose", prompt="jazz"))
                for _ in range(5)
                for user, channel in people
            ]

            def posted() -> int:
                return sum(bool(m.attachments) for c in channels for m in c.messages.values())

            for wanted in range(20, 200, 20):
                await loopback.until(lambda wanted=wanted: posted() >= wanted, LONG_S)  # type: ignore[misc]
                for victim in (
                    rng.sample(children(process.pid), k=1) if children(process.pid) else ()
                ):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(victim, signal.SIGKILL)
            exchanges = await asyncio.gather(*asked)
            # Every piece is there, and every message about its progress is gone.
            await loopback.until(
                lambda: posted() == 200 == sum(len(c.messages) for c in channels), LONG_S
            )
        assert not any(exchange.failed for exchange in exchanges)
        assert loopback.problems == []
    by_person = Counter(
        message.content for channel in channels for message in channel.messages.values()
    )
    assert by_person == {f"For <@{user.id}>": 5 for user, _ in people}
    async with await Storage.open(f"sqlite:///{tmp_path / 'cadenza.db'}", utc_now) as storage:
        assert await storage.jobs.unfinished() == []
        numbers = {
            m.piece_id for m in await storage.messages.recent(utc_now().replace(year=2000), 999)
        }
        assert len(numbers) == 200
