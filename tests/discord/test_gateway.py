import asyncio
import contextlib
import json

import discord
import pytest

from tests.discord import LoopbackDiscord
from tests.discord.clients import Piano, online

pytestmark = pytest.mark.asyncio


async def test_a_bot_logs_in_and_knows_itself_and_its_guilds() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild("Sunday jazz")
        channel = guild.add_text_channel("music")
        async with online(loopback) as bot:
            assert bot.user is not None
            assert bot.user.id == loopback.me.id
            assert [place.name for place in bot.guilds] == ["Sunday jazz"]
            assert bot.get_channel(channel.id) is not None
            assert bot.guilds[0].me.guild_permissions.send_messages
            await loopback.until(lambda: loopback.gateway.heartbeats)
            await bot.change_presence(activity=discord.Game("scales"))
            place = guild.add_text_channel("new")
            assert (await bot.hears("guild_channel_create")).id == place.id
            guild.remove_channel(place)
            assert (await bot.hears("guild_channel_delete")).id == place.id
            guild.add_role("players")
            assert (await bot.hears("guild_role_create")).name == "players"
        assert loopback.gateway.connected(0) is None
        assert loopback.problems == []


async def test_a_wrong_token_is_refused_by_rest_and_by_the_gateway() -> None:
    async with LoopbackDiscord() as loopback:
        bot = Piano()
        with loopback.stands_in(), pytest.raises(discord.LoginFailure):
            await bot.start("another token")
        await bot.close()

        loopback.gateway.token = "changed since"
        with pytest.raises(discord.ConnectionClosed) as closed:
            async with online(loopback):
                pass
        assert closed.value.code == 4004


async def test_a_privileged_intent_that_the_portal_does_not_allow_ends_the_connection() -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    async with LoopbackDiscord() as loopback:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with online(loopback, Piano(intents=intents)):
                pass
    async with (
        LoopbackDiscord(privileged=["message_content"]) as loopback,
        online(loopback, Piano(intents=intents)),
    ):
        assert loopback.gateway.connected(0) is not None


async def test_what_was_said_while_the_line_was_cut_arrives_after_the_resume() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        async with online(loopback) as bot:
            loopback.cut()
            missed = loopback.owner.say(channel, "hello?", mention_bot=True)
            heard = await bot.hears("message")
            assert heard.id == missed.id
            await bot.hears("resumed")
            assert (loopback.gateway.identifies, loopback.gateway.resumes) == (1, 1)
            later = loopback.owner.say(channel, "and now?")
            assert (await bot.hears("message", 2)).id == later.id
        assert loopback.problems == []


async def test_a_reconnect_resumes_and_a_lost_session_begins_anew() -> None:
    async with LoopbackDiscord() as loopback:
        loopback.add_guild()
        async with online(loopback) as bot:
            loopback.ask_to_reconnect()
            await bot.hears("resumed")
            loopback.invalidate(resumable=True)
            await bot.hears("resumed", 2)
            assert loopback.gateway.identifies == 1
            loopback.invalidate()
            await bot.hears("ready", 2)
            assert loopback.gateway.identifies == 2
            loopback.cut(code=4009)  # session timed out
            await bot.hears("resumed", 3)
        assert loopback.problems == []


async def test_each_guild_speaks_through_the_shard_of_its_id() -> None:
    async with LoopbackDiscord(shards=2) as loopback:
        guilds = [loopback.add_guild(f"guild {n}", shard=n) for n in (0, 1)]
        assert [(guild.id >> 22) % 2 for guild in guilds] == [0, 1]
        channels = [guild.add_text_channel("music") for guild in guilds]
        ann = loopback.add_user("ann")
        for guild in guilds:
            guild.add_member(ann)
        async with online(loopback) as bot:
            assert {guild.name: guild.shard_id for guild in bot.guilds} == {
                "guild 0": 0,
                "guild 1": 1,
            }
            loopback.cut(1)
            ann.say(channels[0], "to the first")
            assert (await bot.hears("message")).guild.id == guilds[0].id
            ann.say(channels[1], "to the second")
            assert (await bot.hears("message", 2)).guild.id == guilds[1].id
            assert await bot.hears("shard_resumed") == 1
            for channel in channels:
                shown = await ann.slash(channel, "compose", prompt="calm")
                await loopback.until(
                    lambda shown=shown: shown.message and "finished" in shown.message.content
                )
            ann.dm("in private")
            assert (await bot.hears("message", 7)).guild is None
            first, second = loopback.gateway.connected(0), loopback.gateway.connected(1)
            assert first is not None
            assert second is not None
            assert {e["d"]["guild_id"] for e in second.sent if e["t"] == "MESSAGE_CREATE"} == {
                str(guilds[1].id)
            }
            assert str(guilds[1].id) not in json.dumps(first.sent)
        assert loopback.problems == []


async def test_guilds_come_and_go_and_have_outages() -> None:
    async with LoopbackDiscord() as loopback:
        loopback.add_guild("first")
        async with online(loopback) as bot:
            second = loopback.add_guild("second")
            assert (await bot.hears("guild_join")).name == "second"
            loopback.outage(second)
            assert (await bot.hears("guild_unavailable")).id == second.id
            loopback.recover(second)
            assert (await bot.hears("guild_available", 2)).id == second.id
            loopback.remove_guild(second)
            assert (await bot.hears("guild_remove")).id == second.id
            assert [guild.name for guild in bot.guilds] == ["first"]
        assert loopback.problems == []


async def test_waiting_for_what_does_not_come_ends_with_the_problems_named() -> None:
    async with LoopbackDiscord() as loopback:
        loopback.report("something odd")
        with pytest.raises(TimeoutError, match="not so after 0.01 s.*something odd"):
            await loopback.until(lambda: False, 0.01)


async def test_a_bot_that_stops_mid_request_leaves_nothing_behind() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        async with online(loopback) as bot:
            place = bot.get_channel(channel.id)
            assert isinstance(place, discord.TextChannel)
            with loopback.stall("POST", "/channels/*/messages") as stall:
                sending = asyncio.create_task(place.send("half way"))
                await loopback.until(lambda: stall.waiting)
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sending
            await loopback.until(lambda: not stall.waiting)
