import asyncio

import discord
import pytest

from tests.discord import File, LoopbackDiscord
from tests.discord.clients import Keys, Piano, online, sound
from tests.discord.exchange import DEFERRED_UPDATE, MESSAGE, MODAL, THINKING, UPDATE

pytestmark = pytest.mark.asyncio


async def test_a_command_is_deferred_followed_up_edited_and_its_bytes_arrive_unchanged() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        async with online(loopback):
            shown = await ann.slash(channel, "compose", prompt="calm", genre="jazz")
            assert shown.response == THINKING
            assert shown.acknowledged_s is not None
            assert 0 < shown.acknowledged_s < 1
            await loopback.until(
                lambda: shown.message and shown.message.content == "calm, finished"
            )
        assert shown.message is not None
        assert not shown.message.loading
        assert shown.message.attachments[0].data == sound("calm").read()
        assert shown.message.attachments[0].content_type == "audio/mpeg"
        assert [message.content for message in shown.followups] == ["a word less"]
        assert loopback.latencies == [shown.acknowledged_s]
        assert loopback.problems == []


async def test_attached_files_members_and_channels_reach_the_command() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann, bob = loopback.add_user("ann"), loopback.add_user("bob")
        guild.add_member(ann)
        guild.add_member(bob)
        async with online(loopback):
            shown = await ann.slash(channel, "carry_on", midi=File("a.mid", b"MThd\x00\xff"))
            assert shown.message is not None
            assert (shown.message.content, shown.message.ephemeral) == ("6 bytes", True)
            shown = await ann.slash(channel, "who", player=bob, where=channel)
            message = shown.message
            assert message is not None
            assert message.content == f"{bob.mention} in music, True"
            await loopback.until(lambda: message.deleted)
        assert loopback.problems == []


async def test_autocomplete_offers_what_fits_the_typed() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        async with online(loopback):
            choices = await ann.autocomplete(channel, "compose", "genre", "wa", prompt="x")
            assert choices == [{"name": "waltz", "value": "waltz"}]
        assert loopback.problems == []


async def test_a_person_cannot_send_what_the_client_would_not() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann, chief = loopback.add_user("ann"), loopback.add_user("chief")
        guild.add_member(ann)
        guild.add_member(chief, permits=["manage_guild"])
        async with online(loopback):
            with pytest.raises(ValueError, match="prompt is required"):
                await ann.slash(channel, "compose")
            with pytest.raises(ValueError, match="between 1 and 64"):
                await ann.slash(channel, "compose", prompt="x", bars=65)
            with pytest.raises(LookupError, match="no command /compsoe"):
                await ann.slash(channel, "compsoe", prompt="x")
            with pytest.raises(PermissionError, match="not offered to ann"):
                await ann.slash(channel, "settings channel", where=channel)
            with pytest.raises(PermissionError, match="not offered in this kind of channel"):
                await chief.slash(None, "settings channel", where=channel)
            shown = await chief.slash(channel, "settings channel", where=channel)
            assert shown.message is not None
            assert shown.message.content == "from now on in music"
        assert loopback.problems == []


async def test_buttons_and_menus_work_for_a_client_that_was_started_anew() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        async with online(loopback):
            shown = await ann.slash(channel, "compose", prompt="calm")
            await loopback.until(lambda: shown.message and "finished" in shown.message.content)
        card = shown.message
        assert card is not None
        async with online(loopback):
            again = await ann.click(card, "Again")
            assert (again.response, again.message is card) == (MESSAGE, False)
            assert again.message is not None
            assert again.message.content == "again for ann"
            louder = await ann.click(card, custom_id="piano:louder")
            assert (louder.response, louder.message) == (UPDATE, card)
            assert card.content == "louder"
            chosen = await ann.select(card, "piano:key", ["D"])
            await loopback.until(lambda: chosen.followups)
            assert chosen.response == DEFERRED_UPDATE
            assert chosen.followups[0].content == "in D"
            assert chosen.followups[0].ephemeral
            played = await ann.select(card, "piano:player", [ann])
            assert played.message is not None
            assert played.message.content == f"played by {ann.mention}"
            with pytest.raises(LookupError, match="no one button 'Softer'"):
                await ann.click(card, "Softer")
        assert loopback.problems == []


async def test_a_modal_is_opened_filled_in_and_answered() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        async with online(loopback) as bot:
            place = bot.get_channel(channel.id)
            assert isinstance(place, discord.TextChannel)
            card = loopback.message(await place.send("a card", view=Keys()))
            opened = await ann.click(card, "Change")
            assert opened.response == MODAL
            assert opened.modal is not None
            assert opened.modal["title"] == "What should change?"
            with pytest.raises(ValueError, match="0 to 50 characters"):
                await ann.submit(opened, {"words": "x" * 51, "how": ["much"]})
            done = await ann.submit(opened, {"words": "slower", "how": ["much"]})
            assert done.message is not None
            assert done.message.content == "slower: much"
        assert loopback.problems == []


async def test_an_answer_after_three_seconds_is_refused_and_the_person_sees_a_failure() -> None:
    refused: asyncio.Queue[discord.HTTPException] = asyncio.Queue()
    begun, go = asyncio.Event(), asyncio.Event()

    class Late(Piano):
        async def on_interaction(self, interaction: discord.Interaction) -> None:
            begun.set()
            await go.wait()
            try:
                await interaction.response.send_message("too late")
            except discord.HTTPException as error:
                refused.put_nowait(error)

    bot = Late()
    bot.tree.clear_commands(guild=None)

    @bot.tree.command(description="Does nothing")
    async def nothing(interaction: discord.Interaction) -> None:
        pass

    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        async with online(loopback, bot), asyncio.timeout(10):
            asking = asyncio.create_task(loopback.owner.slash(channel, "nothing"))
            await begun.wait()
            loopback.clock.advance(3.1)
            shown = await asking
            assert shown.failed
            go.set()
            assert (await refused.get()).code == 10062
            assert shown.failed
            begun.clear()
            shown = await loopback.owner.slash(channel, "nothing")
            assert shown.message is not None
            assert shown.message.content == "too late"
        assert loopback.problems == []


async def test_a_second_first_answer_is_refused_and_tokens_end_after_a_quarter_of_an_hour() -> None:
    async with LoopbackDiscord() as loopback:
        guild = loopback.add_guild()
        channel = guild.add_text_channel("music")
        async with online(loopback) as bot:
            shown = await loopback.owner.slash(channel, "compose", prompt="calm")
            await loopback.until(lambda: shown.message and "finished" in shown.message.content)
            interaction = await bot.hears("interaction")
            interaction.response._response_type = None
            with pytest.raises(discord.HTTPException) as twice:
                await interaction.response.send_message("twice")
            assert twice.value.code == 40060
            loopback.clock.advance(15 * 60)
            with pytest.raises(discord.HTTPException) as old:
                await interaction.followup.send("old")
            assert (old.value.status, old.value.code) == (401, 50027)
        assert loopback.problems == []


async def test_commands_work_in_private() -> None:
    async with LoopbackDiscord() as loopback:
        ann = loopback.add_user("ann")
        async with online(loopback):
            shown = await ann.slash(None, "compose", prompt="calm")
            await loopback.until(
                lambda: shown.message and shown.message.content == "calm, finished"
            )
        assert loopback.problems == []


async def test_a_command_of_the_context_menu_reads_the_message_it_is_used_on() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback):
            said = loopback.owner.say(channel, "not meant for the bot")
            shown = await loopback.owner.use_on(said, "Count words")
            assert shown.message is not None
            assert shown.message.content == "5 words"
        assert loopback.problems == []


async def test_what_was_ephemeral_stays_so_and_is_not_told_to_the_bot() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback) as bot:
            shown = await loopback.owner.slash(channel, "carry_on", midi=File("a.mid", b"MThd"))
            interaction = await bot.hears("interaction")
            view = discord.ui.LayoutView().add_item(discord.ui.TextDisplay("words"))
            await interaction.edit_original_response(content=None, view=view)
            assert shown.message is not None
            assert shown.message.ephemeral
            assert "message" not in bot.heard
            with pytest.raises(discord.NotFound):
                await bot.http.get_message(channel.id, shown.message.id)
        assert loopback.problems == []
