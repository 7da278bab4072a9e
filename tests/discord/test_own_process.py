import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.discord import LoopbackDiscord
from tests.discord.clients import sound

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def bot_process(loopback: LoopbackDiscord) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-Wignore",
        "-m",
        "tests.discord.clients",
        loopback.api_url,
        loopback.gateway_url,
        loopback.token,
    )
    try:
        await loopback.until(lambda: loopback.gateway.connected(0), 30)
        yield process
    finally:
        process.terminate()
        await process.wait()


async def test_forty_people_in_eight_guilds_are_served_200_times_by_a_bot_of_its_own_process() -> (
    None
):
    async with LoopbackDiscord(ack_limit_s=30) as loopback:
        channels = [loopback.add_guild(f"g{n}").add_text_channel("music") for n in range(8)]
        places = []
        for number in range(40):
            user = loopback.add_user(f"user{number}")
            channel = channels[number % 8]
            assert channel.guild is not None
            channel.guild.add_member(user)
            places.append((user, channel))
        async with bot_process(loopback):
            asked = [
                (user.slash(channel, "compose", prompt=f"{user.name} {turn}"))
                for turn in range(5)
                for user, channel in places
            ]
            shown = await asyncio.gather(*asked)
            await loopback.until(
                lambda: all(one.message and "finished" in one.message.content for one in shown),
                60,
            )
        assert len(shown) == 200
        assert len({one.message.id for one in shown if one.message}) == 200
        for one in shown:
            assert one.message is not None
            assert one.message.content.startswith(one.user.name + " ")
            prompt = one.message.content.removesuffix(", finished")
            assert one.message.attachments[0].data == sound(prompt).read()
        assert len(loopback.latencies) == 200
        assert loopback.problems == []
