from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import discord
import pytest

from tests.bot.stage import Stage


async def votes(played: Stage, piece_id: int = 1) -> dict[int, str]:
    standing = await played.client.storage.ratings.counted(piece_id)
    return {vote.person_id: vote.kind for vote in standing}


@pytest.mark.parametrize(
    ("emoji", "kind"),
    [
        ("👍", "like"),
        ("👎", "dislike"),
        ("❤️", "love"),  # some clients send the variation selector,
        ("❤", "love"),  # some do not
        ("🔥", "fire"),
        ("😴", "sleepy"),
    ],
)
async def test_a_reaction_is_a_rating(played: Stage, emoji: str, kind: str) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, emoji)
    assert await votes(played) == {played.cleo.id: kind}


async def test_taking_the_reaction_back_takes_the_rating_back(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, "👍")
    await played.cleo.unreact(piece, "👍")
    assert await votes(played) == {}


async def test_one_voice_a_person_the_latest_counts(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, "👎")
    await played.cleo.react(piece, "❤️")
    await played.ann.react(piece, "👍")
    assert await votes(played) == {played.cleo.id: "love", played.ann.id: "like"}
    await played.cleo.unreact(piece, "❤️")
    assert (await votes(played))[played.cleo.id] == "dislike"


async def test_other_emoji_and_other_messages_rate_nothing(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, "🐸")
    chat = await played.ben.send(played.channel, "hello")
    await played.cleo.react(chat, "👍")
    assert await votes(played) == {}


async def test_reactions_that_the_bot_places_are_not_votes(played: Stage) -> None:
    await played.settings_of(reactions=True)
    piece = await played.compose()
    placed = [str(reaction.emoji) for reaction in played.channel.last_message.reactions]
    assert placed == ["👍", "👎", "❤", "🔥", "😴"]
    assert await votes(played) == {}
    assert not any("rate-" in str(item) for item in piece.components)


async def test_ones_own_rating_is_marked(played: Stage) -> None:
    piece = await played.compose(played.ben)
    await played.ben.react(piece, "❤️")
    await played.cleo.react(piece, "👍")
    own = {v.person_id: v.own for v in await played.client.storage.ratings.counted(1)}
    assert own == {played.ben.id: True, played.cleo.id: False}


async def test_buttons_rate_and_a_second_press_takes_it_back(played: Stage) -> None:
    piece = await played.compose()
    pressed = await played.cleo.click(piece, custom_id="cadenza:rate-fire:1")
    assert "🔥" in pressed.followups[-1].content
    assert pressed.followups[-1].flags.ephemeral
    assert await votes(played) == {played.cleo.id: "fire"}
    await played.cleo.click(piece, custom_id="cadenza:rate-like:1")
    assert await votes(played) == {played.cleo.id: "like"}
    await played.cleo.click(piece, custom_id="cadenza:rate-like:1")
    assert await votes(played) == {}


async def test_moderators_clear_reactions_and_ratings(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, "👍")
    await played.ann.react(piece, "🔥")
    channel = played.client.get_channel(played.channel.id)
    message: Any = await channel.fetch_message(piece.id)  # type: ignore[union-attr]
    await message.clear_reactions()
    await played.env.settle()
    assert await votes(played) == {}


async def test_ratings_outlive_the_message(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, "👍")
    await played.ann.delete(piece)
    assert await votes(played) == {played.cleo.id: "like"}
    assert await played.client.storage.messages.of_piece(1) == []


async def test_what_was_rated_while_the_bot_was_away_is_read_again(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, "👎")
    ratings = played.client.storage.ratings
    # As if the reactions had changed while nobody listened.
    await ratings.withdraw(1, played.cleo.id, "dislike", "reaction")
    await ratings.give(1, played.ann.id, "fire", "reaction", piece.id)
    cog: Any = played.client.get_cog("RateCog")
    await cog.read_missed()
    assert await votes(played) == {played.cleo.id: "dislike"}


async def test_a_button_does_not_take_back_what_a_reaction_says(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.react(piece, "🔥")
    pressed = await played.cleo.click(piece, custom_id="cadenza:rate-fire:1")
    assert "by a reaction" in pressed.followups[-1].content
    assert await votes(played) == {played.cleo.id: "fire"}


async def test_what_is_rated_while_the_messages_are_read_stays(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = await played.compose()
    cog: Any = played.client.get_cog("RateCog")
    looked = cog._shown

    async def then_rated(message: Any) -> Any:
        shown = await looked(message)
        await played.client.storage.ratings.give(1, played.cleo.id, "love", "reaction", piece.id)
        return shown

    monkeypatch.setattr(cog, "_shown", then_rated)
    await cog.read_missed()
    assert await votes(played) == {played.cleo.id: "love"}


async def test_one_piece_deleted_meanwhile_does_not_end_the_reading(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await played.compose(), await played.compose()
    await played.cleo.react(first, "👍")
    ratings = played.client.storage.ratings
    await ratings.withdraw(1, played.cleo.id, "like", "reaction")
    cog: Any = played.client.get_cog("RateCog")
    looked = cog._shown

    async def then_deleted(message: Any) -> Any:
        if message.id == second.id:
            await played.client.storage.pieces.delete(2)
        return await looked(message)

    monkeypatch.setattr(cog, "_shown", then_deleted)
    await cog.read_missed()
    assert await votes(played) == {played.cleo.id: "like"}


@pytest.mark.parametrize("own", [True, False])
async def test_reactions_of_bots_are_no_votes(played: Stage, own: bool) -> None:
    """The bot's own come without a member in direct messages; other bots' say what they are."""
    piece = await played.compose()
    assert played.client.user is not None
    event = MagicMock(
        user_id=played.client.user.id if own else 99,
        member=None if own else MagicMock(bot=True),
        message_id=piece.id,
        channel_id=piece.channel.id,
        emoji=discord.PartialEmoji(name="👍"),
    )
    cog: Any = played.client.get_cog("RateCog")
    await cog.on_raw_reaction_add(event)
    assert await votes(played) == {}
