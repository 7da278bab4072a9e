import asyncio

import pytest

from bot.storage.errors import GoneError
from bot.storage.records import BOT
from bot.storage.storage import Storage
from tests.bot.storage.kept import (
    ANNA,
    BEN,
    OTHER_SERVER,
    SERVER,
    new_job,
    new_piece,
    new_run,
    posted,
)

pytestmark = pytest.mark.asyncio


async def test_a_server_is_left_and_joined_again(storage: Storage):
    joined = await storage.servers.seen(SERVER)
    assert joined.left_at is None
    left = await storage.servers.left(SERVER)
    assert left is not None
    assert left.left_at is not None
    assert left.left_at > joined.joined_at
    assert await storage.servers.left(SERVER) == left
    assert await storage.servers.seen(SERVER) == joined
    assert await storage.servers.left(OTHER_SERVER) is None


async def test_a_deleted_server_takes_all_that_was_there(storage: Storage):
    here = await storage.pieces.add(new_piece())
    away = await storage.pieces.add(new_piece(BEN, server_id=OTHER_SERVER, parent_id=here.id))
    await posted(storage, 11, here)
    await posted(storage, 12, away)
    await storage.ratings.give(here.id, BEN, "like", "reaction", 11)
    kept = await storage.ratings.give(away.id, ANNA, "like", "reaction", 12)
    job = await storage.jobs.add(new_job())
    await storage.settings.put(SERVER, "language", "de")
    await storage.settings.put(OTHER_SERVER, "language", "fr")
    run = await storage.runs.add(new_run())
    await storage.runs.finish(run.id, "cancelled")
    everyones = await storage.runs.add(new_run(server_id=None))

    gone = await storage.servers.delete(SERVER)
    assert gone.jobs == (job.id,)
    assert gone.counts == {
        "pieces": 1, "ratings": 1, "messages": 1, "jobs": 1, "settings": 1, "servers": 1,
        "trials": 0, "choices": 0, "runs": 1,
    }  # fmt: skip
    assert await storage.runs.of_scope(SERVER) == []
    assert await storage.runs.of_scope(None) == [everyones]
    assert await storage.pieces.get(here.id) is None
    assert await storage.settings.all(SERVER) == {}
    assert await storage.settings.all(OTHER_SERVER) == {"language": "fr"}
    assert await storage.ratings.counted(away.id) == [kept]
    orphan = await storage.pieces.first(away.id)
    assert orphan is not None
    assert (orphan.id, orphan.parent_id) == (away.id, None)
    with pytest.raises(GoneError, match="Nothing is kept of this server"):
        await storage.servers.delete(SERVER)


async def test_a_setting_comes_back_as_json_has_it(storage: Storage):
    for value in (True, 0, "", "ja", [1, None], {"a": {"b": 1.5}}):
        await storage.settings.put(SERVER, "x", value)
        assert await storage.settings.get(SERVER, "x") == value


async def test_settings_of_the_bot_and_of_servers_are_apart(storage: Storage):
    await storage.settings.put(BOT, "model", "small-3")
    await storage.settings.put(SERVER, "volume", 3)
    await storage.settings.put(SERVER, "model", "small-2")
    assert await storage.settings.all(BOT) == {"model": "small-3"}
    assert list((await storage.settings.all(SERVER)).items()) == [
        ("model", "small-2"),
        ("volume", 3),
    ]
    assert await storage.settings.get(OTHER_SERVER, "model") is None
    await storage.settings.put(SERVER, "model", None)
    assert await storage.settings.all(SERVER) == {"volume": 3}
    assert await storage.settings.get(BOT, "model") == "small-3"


async def test_a_setting_that_is_settled_once_stays(storage: Storage):
    drawn = await asyncio.gather(*(storage.settings.settled(BOT, "salt", n) for n in range(8)))
    assert len(set(drawn)) == 1
    assert await storage.settings.settled(BOT, "salt", "another") == drawn[0]
    assert await storage.settings.get(BOT, "salt") == drawn[0]


async def test_a_model_keeps_its_first_card(storage: Storage):
    first = await storage.models.served("small-3", {"loss": 2.41})
    other = await storage.models.served("small-4", {})
    assert await storage.models.served("small-3", {"loss": 9}) == first
    assert await storage.models.get(first.id) == first
    assert await storage.models.get(other.id + 1) is None
    piece = await storage.pieces.add(new_piece(model_id=other.id))
    assert piece.model_id == other.id
