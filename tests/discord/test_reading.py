import discord
import pytest

from tests.discord import File, LoopbackDiscord
from tests.discord.clients import Piano, online, place

pytestmark = pytest.mark.asyncio


async def test_without_the_content_intent_only_what_addresses_the_bot_can_be_read() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        async with online(loopback) as bot:
            regular = loopback.message(await place(bot, channel).send("a piece"))
            shown = await ann.slash(channel, "compose", prompt="calm")
            await loopback.until(lambda: shown.message and "finished" in shown.message.content)
            count = len(bot.heard["message"])
            card = shown.message
            for send, text in (
                (lambda: ann.say(channel, "slower"), ""),
                (lambda: ann.say(channel, "slower", mention_bot=True), f"<@{bot.user.id}> slower"),
                (lambda: ann.say(channel, "slower", reply_to=regular), "slower"),
                (lambda: ann.say(channel, "slower", reply_to=regular, ping=False), ""),
                (lambda: ann.say(channel, "slower", reply_to=card), ""),
                (lambda: ann.say(channel, "slower", reply_to=shown.followups[0]), ""),
                (lambda: ann.dm("slower"), "slower"),
            ):
                count += 1
                said = send()
                heard = await bot.hears("message", count)
                assert (heard.id, heard.content) == (said.id, text)
                if said.reply_to:
                    assert heard.reference.message_id == said.reply_to.id
            seen = await place(bot, channel).fetch_message(regular.id)
            assert seen.content == "a piece"
            file = ann.say(channel, files=[File("a.mid", b"MThd")], reply_to=regular)
            heard = await bot.hears("message", count + 1)
            assert await heard.attachments[0].read() == file.attachments[0].data
        assert loopback.problems == []


async def test_what_is_said_where_the_bot_is_not_allowed_does_not_reach_it() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        hidden = guild.add_text_channel("hidden", deny={guild.everyone: ["view_channel"]})
        channel = guild.add_text_channel("music")
        async with online(loopback) as bot:
            loopback.owner.say(hidden, "a secret", mention_bot=True)
            said = loopback.owner.say(channel, "not one")
            assert (await bot.hears("message")).id == said.id


async def test_with_the_content_intent_all_can_be_read() -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    async with LoopbackDiscord(privileged=["message_content"]) as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback, Piano(intents=intents)) as bot:
            said = loopback.owner.say(channel, "slower")
            assert (await bot.hears("message")).content == "slower"
            assert (await place(bot, channel).fetch_message(said.id)).content == "slower"
        assert loopback.problems == []


async def test_history_is_paged_in_every_direction() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        ids = [loopback.owner.say(channel, str(n)).id for n in range(250)]
        async with online(loopback) as bot:
            target = place(bot, channel)
            assert [m.id async for m in target.history(limit=None)] == ids[::-1]
            assert [m.id async for m in target.history(limit=None, oldest_first=True)] == ids
            after = discord.Object(ids[100])
            assert [m.id async for m in target.history(limit=120, after=after)] == ids[101:221]
            before = discord.Object(ids[100])
            found = [m.id async for m in target.history(limit=5, before=before)]
            assert found == ids[95:100][::-1]
            around = discord.Object(ids[100])
            found = [m.id async for m in target.history(limit=5, around=around)]
            assert sorted(found) == ids[98:103]
        assert loopback.problems == []


async def test_reactions_are_told_counted_paged_and_cleared() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        people = [loopback.add_user(f"user {n}") for n in range(105)]
        for person in people:
            guild.add_member(person)
        chief = loopback.add_user("chief")
        guild.add_member(chief, permits=["manage_messages"])
        async with online(loopback) as bot:
            sent = await place(bot, channel).send("a piece")
            card = loopback.message(sent)
            await sent.add_reaction("👍")
            added = await bot.hears("raw_reaction_add")
            assert (added.user_id, str(added.emoji)) == (bot.user.id, "👍")
            people[0].react(card, "👍")
            added = await bot.hears("raw_reaction_add", 2)
            assert (added.user_id, added.message_id) == (people[0].id, card.id)
            assert (added.guild_id, added.message_author_id) == (guild.id, bot.user.id)
            assert added.member.name == "user 0"
            people[0].unreact(card, "👍")
            assert (await bot.hears("raw_reaction_remove")).user_id == people[0].id
            for person in people:
                person.react(card, "👍")
            fetched = await place(bot, channel).fetch_message(card.id)
            assert (fetched.reactions[0].count, fetched.reactions[0].me) == (106, True)
            users = [user.id async for user in fetched.reactions[0].users()]
            assert sorted(users) == sorted([bot.user.id, *(person.id for person in people)])
            await sent.remove_reaction("👍", bot.user)
            people[1].react(card, "👎")
            chief.clear_reactions(card, "👎")
            assert str((await bot.hears("raw_reaction_clear_emoji")).emoji) == "👎"
            chief.clear_reactions(card)
            assert (await bot.hears("raw_reaction_clear")).message_id == card.id
            with pytest.raises(discord.HTTPException) as unknown:
                await sent.add_reaction("nonsense")
            assert unknown.value.code == 10014
            with pytest.raises(PermissionError):
                people[0].clear_reactions(card)
        assert loopback.problems == []


async def test_deletions_by_others_are_told_one_by_one_and_together() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild(bot_permits=["manage_messages"])
        channel = guild.add_text_channel("music")
        chief = loopback.add_user("chief")
        guild.add_member(chief, admin=True)
        async with online(loopback) as bot:
            sent = [await place(bot, channel).send(str(n)) for n in range(5)]
            cards = [loopback.message(each) for each in sent]
            chief.delete(cards[0])
            assert (await bot.hears("raw_message_delete")).message_id == sent[0].id
            chief.delete(cards[1], cards[2])
            assert (await bot.hears("raw_bulk_message_delete")).message_ids == {
                sent[1].id,
                sent[2].id,
            }
            await place(bot, channel).delete_messages(sent[3:])
            await bot.hears("raw_bulk_message_delete", 2)
            assert channel.messages == {}
            said = loopback.owner.say(channel, "one", mention_bot=True)
            loopback.owner.edit(said, "two")
            assert (await bot.hears("raw_message_edit")).message_id == said.id
        assert loopback.problems == []
