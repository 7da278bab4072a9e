from __future__ import annotations

import base64
import io
import json
import random
import zipfile
from typing import Any

from bot.cogs.privacy import packed
from bot.learning.export import FILE, export_ratings
from engine.ratings.records import read_ratings
from tests.bot.learning.house import TOKENS
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
    with zipfile.ZipFile(io.BytesIO(await message.attachments[0].read())) as archive:
        data = json.loads(archive.read("cadenza-my-data.json"))
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


async def test_ratings_that_a_killed_bot_left_to_be_learned_from_go_when_asked_again(
    played: Stage,
) -> None:
    """It had deleted them from the database; asked again, it found nothing to do."""
    piece = await played.kept(played.cleo, tokens=TOKENS)
    for person in (played.ben, played.cleo):
        await played.client.storage.ratings.give(piece.id, person.id, "like", "button")
    file = played.client.learning.runs.recipe.folder / "run-1" / FILE
    await export_ratings(played.client.storage, file)
    await played.client.storage.people.delete(played.ben.id)
    assert read_ratings(file).count == 2
    result = await played.ben.slash(played.channel, "mydata delete")
    question: Any = result.response or result.followups[-1]
    await played.ben.click(question, label="Remove everything")
    assert read_ratings(file).count == 1


def test_an_export_too_large_for_one_file_is_parted_and_nothing_is_left_out() -> None:
    rng = random.Random(1)
    rows = [{"id": n, "midi": base64.b64encode(rng.randbytes(4000)).decode()} for n in range(50)]
    data = {"person": {"id": 1}, "pieces": rows, "ratings": [{"id": 7}]}
    parts = packed(data, 50_000)
    assert len(parts) > 3
    assert max(map(len, parts)) <= 50_000
    read = []
    for part in parts:
        with zipfile.ZipFile(io.BytesIO(part)) as archive:
            read.append(json.loads(archive.read("cadenza-my-data.json")))
    assert [row for part in read for row in part["pieces"]] == rows
    assert [row for part in read for row in part["ratings"]] == [{"id": 7}]
    assert all(part["person"] == {"id": 1} for part in read)
