from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.cogs.conversation import BLANK, HOW
from tests.bot.stage import Stage


def tempo(message: discord.Message) -> str:
    return {f.name: f.value for f in message.embeds[0].fields}["Tempo"] or ""


def changes(message: discord.Message) -> str:
    return message.embeds[0].description or ""


async def say(played: Stage, who: Any, text: str, **more: Any) -> discord.Message:
    await who.send(played.channel, text, **more)
    await played.done()
    return played.channel.last_message


async def test_a_reply_makes_the_next_version_which_links_its_parent(played: Stage) -> None:
    first = await played.compose(prompt="jazz calm 100bpm")
    second = await say(played, played.cleo, "slower", reply_to=first)
    assert played.piece_id(second) == 2
    assert "version 2" in str(second.embeds[0].footer.text)
    assert float(tempo(second).split()[0]) < 100
    assert "instead of 100" in changes(second)
    assert f"[piece 1](https://discord.com/channels/{played.guild.id}/" in second.content
    assert str(first.id) in second.content


async def test_the_piece_answers_the_message_that_asked_for_it(played: Stage) -> None:
    first = await played.compose()
    asked = await played.cleo.send(played.channel, "slower", reply_to=first)
    await played.done()
    reference = played.channel.last_message.reference
    assert reference is not None
    assert reference.message_id == asked.id


async def test_a_mention_composes_and_then_goes_on_talking_about_the_piece(played: Stage) -> None:
    me = played.client.user
    assert me is not None
    first = await say(played, played.ben, f"{me.mention} rock fast 140bpm")
    assert tempo(first) == "140 BPM"
    second = await say(played, played.ben, f"{me.mention} slower")
    assert "version 2" in str(second.embeds[0].footer.text)
    third = await say(played, played.ben, f"{me.mention} jazz calm 90bpm")
    assert "version 1" in str(third.embeds[0].footer.text)


async def test_direct_messages_are_a_conversation_of_their_own(played: Stage) -> None:
    await played.ben.send_dm("lo-fi calm 80bpm")
    await played.done()
    first = await played.client.storage.pieces.get(1)
    assert first is not None
    assert first.brief["tempo_bpm"] == 80
    await played.ben.send_dm("faster")
    await played.done()
    second = await played.client.storage.pieces.get(2)
    assert second is not None
    assert second.parent_id == 1
    assert second.server_id is None


async def test_what_is_said_to_others_is_not_answered(played: Stage) -> None:
    await say(played, played.ben, "slower, jazz, 90bpm")
    assert len(played.channel.history()) == 1


async def test_undo_and_the_first_one_again(played: Stage) -> None:
    first = await played.compose(prompt="jazz 100bpm")
    second = await say(played, played.ben, "slower", reply_to=first)
    third = await say(played, played.ben, "slower", reply_to=second)
    back = await say(played, played.ben, "undo", reply_to=third)
    assert "Back to version 2" in back.content
    start = await say(played, played.ben, "the first one again", reply_to=third)
    assert "Back to version 1" in start.content
    # The conversation goes on from the version that was gone back to.
    fourth = await say(played, played.ben, "faster", reply_to=start)
    piece = await played.client.storage.pieces.get(played.piece_id(fourth))
    assert piece is not None
    assert piece.parent_id == 1


async def test_after_undo_words_without_a_reply_are_about_the_earlier_version(
    played: Stage,
) -> None:
    me = played.client.user
    assert me is not None
    await played.compose(prompt="jazz 100bpm")
    await say(played, played.ben, f"{me.mention} slower")
    await say(played, played.ben, f"{me.mention} undo")
    await say(played, played.ben, f"{me.mention} darker")
    piece = await played.client.storage.pieces.get(3)
    assert piece is not None
    assert piece.parent_id == 1


async def test_there_is_nothing_before_the_first_version(played: Stage) -> None:
    first = await played.compose()
    answer = await say(played, played.ben, "undo", reply_to=first)
    assert "first version" in answer.content


async def test_wishes_not_understood_are_answered_with_what_can_be_asked(played: Stage) -> None:
    first = await played.compose()
    answer = await say(played, played.ben, "glorp the blarg", reply_to=first)
    assert "slower" in answer.content
    assert not answer.embeds


async def test_a_reply_without_words_is_answered_with_how_to_do_it(played: Stage) -> None:
    first = await played.compose()
    # Without the ping Discord shows the bot a reply, but not its words: they arrive empty.
    answer = await say(played, played.ben, "", reply_to=first, attachments=[("a.txt", b"a")])
    assert answer.content == BLANK


async def test_a_mention_without_words_is_told_what_can_be_said(played: Stage) -> None:
    assert played.client.user is not None
    answer = await say(played, played.ben, played.client.user.mention)
    assert answer.content == HOW


async def test_the_change_window_makes_the_next_version(played: Stage) -> None:
    first = await played.compose(prompt="jazz 100bpm")
    shown = await played.cleo.click(first, label="Change…")
    assert shown.modal is not None
    await played.cleo.submit_modal(shown, {"wish": "without drums"})
    await played.done()
    second = played.channel.last_message
    assert "version 2" in str(second.embeds[0].footer.text)
    assert "drums" not in {f.name: f.value for f in second.embeds[0].fields}["Instruments"]


@pytest.mark.parametrize("label", ["Again", "Extend"])
async def test_again_and_extend_are_wishes_by_button(played: Stage, label: str) -> None:
    first = await played.compose(prompt="jazz 8 bars")
    await played.cleo.click(first, label=label)
    await played.done()
    piece = await played.client.storage.pieces.get(2)
    assert piece is not None
    assert piece.parent_id == 1
    assert (piece.brief["bars"] > 8) == (label == "Extend")


async def test_change_takes_the_latest_piece_or_the_one_named(played: Stage) -> None:
    nothing = await played.cleo.slash(played.channel, "change", wish="slower")
    assert "no piece here yet" in nothing.followups[-1].content
    await played.compose(prompt="jazz 100bpm")
    await played.compose(prompt="rock 150bpm")
    await played.ben.slash(played.channel, "change", wish="slower")
    await played.done()
    piece = await played.client.storage.pieces.get(3)
    assert piece is not None
    assert piece.parent_id == 2
    await played.cleo.slash(played.channel, "change", wish="slower", piece=1)
    await played.done()
    piece = await played.client.storage.pieces.get(4)
    assert piece is not None
    assert piece.parent_id == 1


async def test_pieces_of_other_servers_are_none_of_theirs(played: Stage) -> None:
    await played.compose()
    other = played.env.create_guild("Elsewhere")
    channel = other.create_text_channel("music")
    dora = other.add_member(played.env.create_user("dora"))
    result = await dora.slash(channel, "change", wish="slower", piece=1)
    assert "deleted" in result.followups[-1].content
    result = await dora.slash(channel, "explain", piece=1)
    assert "deleted" in str((result.response or result.followups[-1]).content)


async def test_no_text_that_people_wrote_is_kept(played: Stage) -> None:
    first = await played.compose(prompt="jazz calm xylofrob 90bpm")
    await say(played, played.ben, "slower zibberflop", reply_to=first)
    kept = await played.client.storage.people.export(played.ben.id)
    assert len(kept["pieces"]) == 2
    assert "xylofrob" not in str(kept)
    assert "zibberflop" not in str(kept)


async def test_with_threads_on_versions_are_posted_in_the_thread_of_the_first(
    played: Stage,
) -> None:
    await played.settings_of(threads=True)
    await played.compose()
    (first,) = [message for message in played.channel.history() if message.embeds]
    await played.cleo.click(first, label="Again")
    await played.done()
    messages = await played.client.storage.messages.of_piece(2)
    assert [message.channel_id for message in messages] == [first.id]


async def test_thanks_for_an_answer_is_no_wish(played: Stage) -> None:
    assert played.client.user is not None
    answer = await say(played, played.ben, played.client.user.mention)
    before = len(played.channel.history())
    await say(played, played.ben, "thanks!", reply_to=answer)
    assert len(played.channel.history()) == before + 1  # the thanks alone
    piece = await say(played, played.ben, "jazz calm", reply_to=answer)
    assert piece.embeds


async def test_a_reply_to_a_message_deleted_meanwhile_is_answered_all_the_same(
    played: Stage,
) -> None:
    first = await played.compose()
    played.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await played.cleo.send(played.channel, "glorp the blarg", reply_to=first)
    await played.done()  # nobody can be told, and nothing broke


async def test_words_that_need_a_piece_are_answered_where_there_is_none(played: Stage) -> None:
    assert played.client.user is not None
    answer = await say(played, played.ben, f"{played.client.user.mention} slower")
    assert "no piece of yours here yet" in answer.content


async def test_new_notes_have_a_new_seed_and_kept_ones_keep_theirs(played: Stage) -> None:
    first = await played.compose(prompt="jazz 100bpm", seed=77)
    slower = await say(played, played.ben, "slower", reply_to=first)
    again = await say(played, played.ben, "again", reply_to=first)
    seeds = [{f.name: f.value for f in m.embeds[0].fields}["Seed"] for m in (first, slower, again)]
    assert seeds[:2] == ["77", "77"]
    assert seeds[2] != "77"
