import discord
import pytest

from tests.discord import LoopbackDiscord
from tests.discord.clients import online, place, sound

pytestmark = pytest.mark.asyncio


async def test_what_is_too_much_or_nothing_is_refused() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild(attachment_limit=1000)
        channel = guild.add_text_channel("music")
        async with online(loopback) as bot:
            target = place(bot, channel)
            rows = [
                {"type": 1, "components": [{"type": 2, "style": 2, "custom_id": f"{n}"}]}
                for n in range(6)
            ]
            route = discord.http.Route(
                "POST", "/channels/{channel_id}/messages", channel_id=channel.id
            )
            twins = {"type": 1, "components": [rows[0]["components"][0]] * 2}
            for body, code in (
                ({"content": "x", "components": rows}, 50035),
                ({"content": "x", "components": [twins]}, 50035),
                ({"content": "x" * 2001}, 50035),
                ({"embeds": [{"description": "x" * 3001}] * 2}, 50035),
                ({"content": ""}, 50006),
                ({"components": rows[:1]}, 50006),
                ({"content": "x", "message_reference": {"message_id": "1"}}, 50035),
            ):
                with pytest.raises(discord.HTTPException) as refused:
                    await bot.http.request(route, json=body)
                assert (refused.value.status, refused.value.code) == (400, code), body
            with pytest.raises(discord.HTTPException) as large:
                await target.send(file=discord.File(sound("large"), "large.mp3"))
            assert (large.value.status, large.value.code) == (413, 40005)
            assert channel.messages == {}
            assert (await target.send(embed=discord.Embed(description="x" * 4096))).id
        assert loopback.problems == []


async def test_missing_permissions_are_told_apart_from_missing_access() -> None:
    async with LoopbackDiscord() as loopback:
        guild, me = loopback.add_guild(), loopback.me
        open_ = guild.add_text_channel("open")
        mute = guild.add_text_channel("mute", deny={me: ["send_messages"]})
        bare = guild.add_text_channel("bare", deny={guild.everyone: ["attach_files"]})
        plain = guild.add_text_channel("plain", deny={guild.everyone: ["embed_links"]})
        hidden = guild.add_text_channel("hidden", deny={guild.everyone: ["view_channel"]})
        back = guild.add_text_channel(
            "back", deny={guild.everyone: ["send_messages"]}, allow={me: ["send_messages"]}
        )
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        async with online(loopback) as bot:
            assert not place(bot, mute).permissions_for(bot.guilds[0].me).send_messages
            for channel, code in ((mute, 50013), (bare, 50013), (plain, 50013), (hidden, 50001)):
                with pytest.raises(discord.Forbidden) as refused:
                    await place(bot, channel).send(
                        "x", embed=discord.Embed(title="x"), file=discord.File(sound("x"), "x.mid")
                    )
                assert refused.value.code == code
            assert (await place(bot, bare).send("words alone")).id
            assert (await place(bot, back).send("allowed again")).id
            other = ann.say(open_, "mine")
            with pytest.raises(discord.Forbidden) as refused:
                await bot.http.delete_message(open_.id, other.id)
            assert refused.value.code == 50013
            with pytest.raises(discord.Forbidden) as refused:
                await place(bot, open_).get_partial_message(other.id).edit(content="yours")
            assert refused.value.code == 50005
            with pytest.raises(PermissionError):
                ann.say(back, "not me")
            mute.permit(me, allow=["send_messages"])
            await bot.hears("guild_channel_update")
            assert (await place(bot, mute).send("now")).id
        assert loopback.problems == []


async def test_a_message_whose_answer_was_lost_is_not_sent_twice_with_a_nonce() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback) as bot:
            first = await place(bot, channel).send("once", nonce="job 7")
            second = await place(bot, channel).send("once", nonce="job 7")
            other = await place(bot, channel).send("once", nonce="job 8")
            assert first.id == second.id != other.id
            assert len(channel.messages) == 2
            pattern = "/channels/*/messages"
            loopback.fail("POST", pattern, status=403, applied=True)
            with pytest.raises(discord.Forbidden):
                await place(bot, channel).send("again", nonce="job 9")
            assert len(channel.messages) == 3
            again = await place(bot, channel).send("again", nonce="job 9")
            assert list(channel.messages)[2:] == [again.id]
        assert loopback.problems == []


async def test_a_429_is_waited_out_and_other_failures_reach_the_bot() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback) as bot:
            pattern = "/channels/*/messages"
            loopback.fail("POST", pattern, status=429, times=2, retry_after=0.01)
            assert (await place(bot, channel).send("patience")).id
            statuses = [r.status for r in loopback.requests if r.path.endswith("/messages")]
            assert statuses == [429, 429, 200]
            for status, code in ((403, 50013), (413, 40005), (404, 10003)):
                loopback.fail("POST", pattern, status=status, code=code)
                with pytest.raises(discord.HTTPException) as failed:
                    await place(bot, channel).send("x")
                assert (failed.value.status, failed.value.code) == (status, code)
            assert (await place(bot, channel).send("well again")).id
        assert loopback.problems == []
