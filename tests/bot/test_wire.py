"""The bot as its own process, with quick workers, and Discord at its worst."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from bot.assemble import utc_now
from bot.cogs.conversation import BLANK
from bot.follow import PARKED
from bot.storage.storage import Storage
from tests.bot.quick_worker import HURRY, MIDI, MP3, PNG, WAITS
from tests.bot.test_own_process import LONG_S, TOKEN, bot
from tests.discord import LoopbackDiscord
from tests.discord.world import Channel, Message

QUICK_BOT = "tests.bot.quick_bot"
POST, EDIT = "/channels/*/messages", "/webhooks/*/*/messages/*"


def pieces(channel: Channel) -> list[Message]:
    return [message for message in channel.messages.values() if message.attachments]


async def test_sigterm_in_the_middle_of_a_piece_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with LoopbackDiscord(TOKEN) as loopback:
        server = loopback.add_guild("Music lovers")
        channel, ann = server.add_text_channel("music"), loopback.add_user("ann")
        server.add_member(ann)
        settings = {"CADENZA_SHUTDOWN_S": "0"}
        async with bot(loopback, tmp_path, QUICK_BOT, **settings) as process:
            shown = await ann.slash(channel, "compose", prompt="jazz", seed=WAITS)
            await loopback.until(lambda: shown.message and "`" in shown.message.content, LONG_S)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), LONG_S) == 0
        assert shown.message is not None
        assert shown.message.content == PARKED
        async with bot(loopback, tmp_path, QUICK_BOT, **{HURRY: "1"}):
            await loopback.until(lambda: pieces(channel) and len(channel.messages) == 1, LONG_S)
        async with bot(loopback, tmp_path, QUICK_BOT):
            again = await ann.slash(channel, "compose", prompt="jazz")
            await loopback.until(lambda: len(pieces(channel)) == 2, LONG_S)
        assert not again.failed
        assert loopback.problems == []
    async with await Storage.open(f"sqlite:///{tmp_path / 'cadenza.db'}", utc_now) as storage:
        job = await storage.jobs.get(1)
        assert job is not None
        assert (job.state, job.attempts) == ("posted", 1)


async def test_faults_of_discord_lose_and_double_nothing(tmp_path: Path) -> None:
    async with LoopbackDiscord(TOKEN, shards=2) as loopback:
        servers = [loopback.add_guild(f"g{n}") for n in range(2)]
        channels = [server.add_text_channel("music") for server in servers]
        ann = loopback.add_user("ann")
        for server in servers:
            server.add_member(ann, permits=["manage_guild"])
        async with bot(loopback, tmp_path, QUICK_BOT):
            await loopback.until(lambda: loopback.gateway.connected(1), LONG_S)
            first, second = channels

            # The answer to "here is the piece" is lost: it is sent again, and stands there once.
            loopback.fail("POST", POST, status=500, applied=True)
            loopback.fail("POST", POST, status=429)
            await ann.slash(first, "compose", prompt="jazz")
            await loopback.until(lambda: pieces(first) and len(first.messages) == 1, LONG_S)
            (piece,) = pieces(first)
            files = {file.filename.rsplit(".")[-1]: file.data for file in piece.attachments}
            assert files == {"mp3": MP3, "mid": MIDI, "png": PNG}

            # The progress cannot be shown: the piece comes all the same.
            loopback.fail("PATCH", EDIT, status=404)
            await ann.slash(second, "compose", prompt="rock")
            await loopback.until(lambda: pieces(second), LONG_S)

            # Acknowledged too late: nothing is commissioned, and the next wish is heard.
            with loopback.stall("POST", "/interactions/*/*/callback") as stall:
                late = await ann.slash(second, "compose", prompt="waltz", wait=False)
                await loopback.until(lambda: stall.waiting, LONG_S)
                loopback.clock.advance(3.1)
            assert late.failed

            # The connection breaks while a piece is composed.
            waits = await ann.slash(second, "compose", prompt="8 bars", seed=WAITS)
            await loopback.until(lambda: waits.message and "`" in waits.message.content, LONG_S)
            loopback.cut(0)
            loopback.cut(1)
            await loopback.until(
                lambda: loopback.gateway.connected(0) and loopback.gateway.connected(1), LONG_S
            )
            assert waits.message is not None
            assert not (await ann.click(waits.message, "Cancel")).failed
            await loopback.until(
                lambda: waits.message and "Cancelled" in waits.message.content, LONG_S
            )

            # A reply without its ping comes without its words.
            ann.say(first, "slower", reply_to=piece, ping=False)
            await loopback.until(
                lambda: any(m.content == BLANK for m in first.messages.values()), LONG_S
            )

            panel = await ann.slash(first, "settings")
            await loopback.until(
                lambda: panel.followups or (panel.message and panel.message.components), LONG_S
            )
            shown = panel.followups[-1] if panel.followups else panel.message
            assert shown is not None
            assert not (await ann.click(shown, "Threads: off")).failed
            await ann.slash(first, "compose", prompt="jazz")
            await loopback.until(lambda: len(pieces(first)) == 2, LONG_S)
        assert len(pieces(second)) == 1
        assert loopback.problems == []
