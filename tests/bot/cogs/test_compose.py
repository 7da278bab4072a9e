from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.cogs.suggest import rank
from tests.bot.quick_worker import DIES, FAILS, MIDI, MP3, WAITS
from tests.bot.stage import Stage

FILES = ["piece-0.mp3", "piece-0.mid", "piece-0.png"]


def labels(message: discord.Message) -> list[str]:
    return [
        f"{item.emoji or ''}{item.label or ''}"
        for row in message.components
        for item in row.children  # type: ignore[union-attr]
    ]


async def test_a_piece_is_posted_as_a_regular_message_with_all_that_is_known_of_it(
    played: Stage,
) -> None:
    result = await played.ben.slash(
        played.channel, "compose", prompt="jazz blorp calm 90bpm, D minor", instruments="only piano"
    )
    assert result.acknowledged
    await played.done()
    (message,) = played.channel.history()
    assert message.interaction_metadata is None  # a reply to it can be read without an intent
    assert message.content == f"For {played.ben.mention}"
    assert [a.filename for a in message.attachments] == FILES
    (embed,) = message.embeds
    fields = {field.name: field.value for field in embed.fields}
    assert embed.title == "Calm jazz in D minor"
    assert (fields["Key"], fields["Tempo"]) == ("D minor", "90 BPM")
    assert fields["Instruments"] == "piano"
    assert fields["Not understood"] == "blorp"
    assert fields["Seed"].isdecimal()
    assert embed.image.url == "attachment://piece-0.png"
    assert labels(message) == [
        "✏️Change…", "🔁Again", "➕Extend", "🎲Variations", "🎚️Stems",
        "👍", "👎", "❤", "🔥", "😴", "🔎Explain", "🗑️Delete",
    ]  # fmt: skip


async def test_progress_shows_the_bars_and_goes_when_the_piece_is_there(played: Stage) -> None:
    result = await played.ben.slash(played.channel, "compose", prompt="8 bars", seed=WAITS)
    progress = played.channel.last_message
    assert labels(progress) == ["Cancel"]
    await played.ben.click(progress, label="Cancel")
    await played.done()
    assert "Cancelled" in played.channel.last_message.content
    assert not labels(played.channel.last_message)
    assert result.acknowledged


async def test_nobody_else_cancels_but_moderators_do(played: Stage) -> None:
    await played.ben.slash(played.channel, "compose", prompt="8 bars", seed=WAITS)
    progress = played.channel.last_message
    refused = await played.cleo.click(progress, label="Cancel")
    assert "moderators" in refused.followups[-1].content
    await played.ann.click(progress, label="Cancel")
    await played.done()
    assert "Cancelled" in played.channel.last_message.content


async def test_what_cannot_be_composed_is_said_in_a_sentence(played: Stage) -> None:
    message = await played.compose(seed=FAILS)
    assert message.content == "😔 This cannot be composed."


async def test_a_piece_that_kills_its_worker_twice_is_reported(played: Stage) -> None:
    message = await played.compose(seed=DIES)
    assert "broke my instrument twice" in message.content
    assert (await played.compose()).embeds  # and the next one is composed


async def test_wishes_that_exclude_each_other_are_refused_privately(played: Stage) -> None:
    result = await played.ben.slash(played.channel, "compose", prompt="only piano, no piano")
    await played.done()
    assert result.followups[-1].flags.ephemeral
    assert "Piano was both asked for" in result.followups[-1].content
    assert played.channel.history() == []


async def test_options_win_over_the_prompt(played: Stage) -> None:
    message = await played.compose(prompt="jazz in D minor, 90 bpm", key="C major", tempo="120")
    fields = {field.name: field.value for field in message.embeds[0].fields}
    assert (fields["Key"], fields["Tempo"]) == ("C major", "120 BPM")


async def test_variations_are_three_pieces_of_their_own(played: Stage) -> None:
    first = await played.compose()
    await played.cleo.click(first, label="Variations")
    await played.done()
    posted = [m for m in played.channel.history() if m.embeds]
    assert len(posted) == 4
    numbers = {played.piece_id(message) for message in posted}
    assert len(numbers) == 4
    assert len({m.embeds[0].fields[5].value for m in posted}) == 4  # seeds


async def test_stems_come_as_a_zip_and_count_in_no_quota(played: Stage) -> None:
    first = await played.compose()
    await played.settings_of(per_day=1)
    await played.ben.click(first, label="Stems")
    await played.done()
    message = played.channel.last_message
    assert [a.filename for a in message.attachments] == ["piece-0.stems.zip"]
    assert "piece 1" in message.content


@pytest.mark.parametrize(("who", "may"), [("ben", True), ("ann", True), ("cleo", False)])
async def test_a_piece_is_deleted_by_who_asked_and_by_moderators(
    played: Stage, who: str, may: bool
) -> None:
    piece = await played.compose()
    asked = await getattr(played, who).click(piece, label="Delete")
    question = asked.followups[-1]
    if may:
        await getattr(played, who).click(question, label="Delete")
        assert await played.client.storage.pieces.get(1) is None
        assert played.channel.history() == []
    else:
        assert "can delete" in question.content
        assert await played.client.storage.pieces.get(1) is not None


async def test_buttons_work_after_a_restart(played: Stage) -> None:
    piece = await played.compose()
    await played.restart()
    await played.cleo.click(piece, label="Again")
    await played.done()
    message = played.channel.last_message
    assert message.embeds[0].footer.text.startswith("piece 2 · version 2")


async def test_files_that_are_too_big_are_made_smaller(played: Stage) -> None:
    played.env.inject_error("POST", "/channels/*/messages", status=413, code=40005)
    message = await played.compose()
    assert [a.filename for a in message.attachments] == FILES


async def test_where_the_bot_may_not_write_the_answer_comes_by_the_command(played: Stage) -> None:
    secret = played.guild.create_text_channel("secret")
    played.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    result = await played.ben.slash(secret, "compose", prompt="jazz")
    await played.done()
    assert [a.filename for a in result.followups[-1].attachments] == FILES


async def test_the_same_midi_and_sound_arrive_that_were_made(played: Stage) -> None:
    message = await played.compose()
    assert await message.attachments[0].read() == MP3
    assert await message.attachments[1].read() == MIDI


@pytest.mark.parametrize(
    ("typed", "first"),
    [("", "acoustic guitar"), ("vio", "violin"), ("gitar", "acoustic guitar"), ("ROCK", "rock")],
)
def test_suggestions_begin_with_what_was_most_likely_meant(typed: str, first: str) -> None:
    names = ["acoustic guitar", "violin", "viola", "rock", "piano"]
    assert rank(names, typed)[0] == first


async def test_names_of_the_vocabulary_are_suggested(played: Stage) -> None:
    offers = await played.ben.autocomplete(played.channel, "compose", "genre", "ja")
    assert {"name": "jazz", "value": "jazz"} in offers
    offers = await played.ben.autocomplete(played.channel, "compose", "instruments", "piano, vio")
    assert {"name": "piano, violin", "value": "piano, violin"} in offers


async def test_variations_count_as_three_pieces(played: Stage) -> None:
    first = await played.compose()
    await played.settings_of(per_day=3)
    refused = await played.ben.click(first, label="Variations")
    assert "this would be 3 more" in refused.followups[-1].content
    await played.settings_of(per_day=4)
    await played.ben.click(first, label="Variations")
    await played.done()
    assert len([m for m in played.channel.history() if m.embeds]) == 4
    refused = await played.ben.slash(played.channel, "compose", prompt="jazz")
    assert "asked for 4 pieces" in refused.followups[-1].content


async def test_a_button_of_another_version_says_so(played: Stage) -> None:
    piece = await played.compose()
    del played.client.presses["again"]
    pressed = await played.cleo.click(piece, label="Again")
    said: Any = pressed.response or pressed.followups[-1]
    assert "another version of me" in said.content


async def test_words_that_an_option_overrules_are_told(played: Stage) -> None:
    message = await played.compose(prompt="sad jazz in D minor", mood="calm")
    told = {field.name: field.value for field in message.embeds[0].fields}["Good to know"]
    assert told == "The option mood counts, the prompt's sad does not."


async def test_nonsense_is_asked_back_and_nothing_is_composed(played: Stage) -> None:
    result = await played.ben.slash(played.channel, "compose", prompt="asdf qwer zxcv")
    assert "asdf, qwer, zxcv" in result.followups[-1].content
    assert await played.client.storage.jobs.get(1) is None


async def test_variations_are_numbered(played: Stage) -> None:
    first = await played.compose()
    await played.ben.click(first, label="Variations")
    await played.done()
    words = [
        m.content.split(", ")[1].split(" of ")[0]
        for m in played.channel.history()
        if ", " in m.content
    ]
    assert sorted(words) == ["variation 1", "variation 2", "variation 3"]
