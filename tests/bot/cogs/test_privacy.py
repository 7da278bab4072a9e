from __future__ import annotations

import json
from typing import Any

from tests.bot.stage import Stage


async def test_privacy_says_what_is_kept(played: Stage) -> None:
    result = await played.ben.slash(played.channel, "privacy")
    assert result.ephemeral
    said: Any = result.response
    assert "What is not kept" in said.content
    assert len(said.content) <= 2000


async def test_export_gives_all_that_is_kept_as_a_file(played: Stage) -> None:
    piece = await played.compose()
    await played.ben.react(piece, "👍")
    result = await played.ben.slash(played.channel, "mydata export")
    message: Any = result.response or result.followups[-1]
    data = json.loads(await message.attachments[0].read())
    assert [p["title"] for p in data["pieces"]] == [piece.embeds[0].title]
    assert [r["kind"] for r in data["ratings"]] == ["like"]


async def test_delete_removes_the_person_from_everywhere(played: Stage) -> None:
    mine = await played.compose(played.ben)
    theirs = await played.compose(played.cleo)
    await played.ben.react(theirs, "🔥")
    result = await played.ben.slash(played.channel, "mydata delete")
    question: Any = result.response or result.followups[-1]
    await played.ben.click(question, label="Remove everything")
    left = [message.id for message in played.channel.history()]
    assert mine.id not in left
    assert theirs.id in left
    assert (await played.client.storage.people.export(played.ben.id))["person"] is None
    assert await played.client.storage.ratings.counted(2) == []
