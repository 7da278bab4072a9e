import discord
import pytest

from tests.discord import LoopbackDiscord
from tests.discord.clients import online, place

pytestmark = pytest.mark.asyncio


async def test_the_bot_writes_in_private_unless_the_door_is_shut() -> None:
    async with LoopbackDiscord() as loopback:
        ann = loopback.add_user("ann")
        async with online(loopback) as bot:
            user = await bot.fetch_user(ann.id)
            sent = await user.send("hello")
            assert loopback.message(sent).channel.recipient is ann
            ann.dm("hi")
            assert (await bot.hears("message", 2)).content == "hi"
            ann.takes_dms = False
            with pytest.raises(discord.Forbidden) as shut:
                await user.send("hello?")
            assert shut.value.code == 50007
        assert loopback.problems == []


async def test_threads_are_opened_from_messages_and_alone_and_filled() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        async with online(loopback) as bot:
            sent = await place(bot, channel).send("a piece")
            thread = await sent.create_thread(name="changes")
            assert thread.id == sent.id
            assert (await thread.send("in it")).id
            await thread.add_user(await bot.fetch_user(ann.id))
            assert {m.id for m in await thread.fetch_members()} == {ann.id, bot.user.id}
            kind = discord.ChannelType.public_thread
            alone = await place(bot, channel).create_thread(name="alone", type=kind)
            said = ann.say(loopback.world.channels[alone.id], "hi", mention_bot=True)
            heard = await bot.hears("message", 3)
            assert (heard.id, heard.channel.id) == (said.id, alone.id)
            with pytest.raises(discord.HTTPException) as twice:
                await bot.http.start_thread_with_message(
                    channel.id, sent.id, name="x", auto_archive_duration=60
                )
            assert twice.value.code == 160004
        assert loopback.problems == []


async def test_guilds_members_and_typing_can_be_asked_for() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild("Sunday jazz")
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann, admin=True)
        async with online(loopback) as bot:
            found = await bot.fetch_guild(guild.id)
            assert (found.name, found.approximate_member_count) == ("Sunday jazz", 3)
            member = await bot.guilds[0].fetch_member(ann.id)
            assert (member.name, len(member.roles)) == ("ann", 2)
            assert (await bot.fetch_channel(channel.id)).id == channel.id
            async with place(bot, channel).typing():
                pass
            assert channel.typing == 1
            with pytest.raises(discord.NotFound) as nobody:
                await bot.guilds[0].fetch_member(1)
            assert nobody.value.code == 10013
            assert (await bot.application_info()).owner.name == "owner"
            assert len(await bot.tree.fetch_commands()) == 5
            await bot.tree.sync(guild=discord.Object(guild.id))
        assert loopback.problems == []
