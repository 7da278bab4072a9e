from __future__ import annotations

from typing import Any

from tests.bot.stage import Stage


def words(result: Any) -> str:
    message = result.response or result.followups[-1]
    return f"{message.content or ''} {message.embeds[0].description if message.embeds else ''}"


async def test_history_pages_through_ones_own_pieces(played: Stage) -> None:
    for _ in range(10):
        await played.kept(played.ben)
    await played.kept(played.cleo)
    result = await played.ben.slash(played.channel, "history")
    assert result.ephemeral
    assert words(result).count("Calm jazz") == 8
    assert "`  10`" in words(result)
    assert "`  11`" not in words(result)
    page: Any = result.response
    turned = await played.ben.click(page, custom_id="cadenza-page:history:8")
    assert turned.acknowledged
    shown: Any = turned.response or page
    assert shown is not None


async def test_an_empty_history_says_how_to_begin(played: Stage) -> None:
    assert "/compose" in words(await played.ben.slash(played.channel, "history"))


async def test_top_lists_what_others_liked_best(played: Stage) -> None:
    first, second = await played.kept(played.ben), await played.kept(played.ben)
    ratings = played.client.storage.ratings
    await ratings.give(second.id, played.cleo.id, "love", "button")
    await ratings.give(first.id, played.cleo.id, "like", "button")
    await ratings.give(first.id, played.ben.id, "love", "button")  # one's own does not count
    listed = words(await played.cleo.slash(played.channel, "top"))
    assert listed.index("`   2`") < listed.index("`   1`")
    assert "❤ 1" in listed


async def test_top_is_empty_until_something_is_liked(played: Stage) -> None:
    await played.kept(played.ben)
    assert "Nothing has been rated well" in words(await played.ben.slash(played.channel, "top"))


async def test_explain_tells_of_the_latest_piece_or_the_one_named(played: Stage) -> None:
    first = await played.kept(played.ben)
    await played.compose(prompt="rock in E minor")
    assert "It is in E minor" in words(await played.ben.slash(played.channel, "explain"))
    named = await played.cleo.slash(played.channel, "explain", piece=first.id)
    assert "It is calm." in words(named)
    assert named.ephemeral
    pressed = await played.cleo.click(played.channel.last_message, label="Explain")
    assert "It is in E minor" in pressed.followups[-1].content
