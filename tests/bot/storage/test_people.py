import base64
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot.storage.column_types import Base
from bot.storage.database import Database, read_url
from bot.storage.errors import GoneError
from bot.storage.records import TERMINAL, Forgotten, Posted, Reaction
from bot.storage.storage import Storage
from tests.bot.storage.kept import (
    ANNA,
    BEN,
    CHANNEL,
    CLARA,
    MIDI,
    SERVER,
    START,
    Clock,
    new_job,
    new_piece,
    new_run,
    posted,
    tried,
)

pytestmark = pytest.mark.asyncio


async def a_busy_day(storage: Storage) -> dict[str, int]:
    """Anna and Ben compose, build on each other's pieces and rate them; names to ids."""
    done = await storage.jobs.add(new_job())
    await storage.jobs.start(done.id)
    [one] = await storage.jobs.composed(done.id, [new_piece()])
    await storage.jobs.finish(done.id, "posted")
    two = await storage.pieces.add(new_piece(BEN, parent_id=one.id))
    three = await storage.pieces.add(new_piece(parent_id=two.id))
    four = await storage.pieces.add(new_piece(BEN, parent_id=three.id))
    for number, piece in enumerate((one, two, three, four), start=11):
        await posted(storage, number, piece)
        await storage.ratings.give(piece.id, ANNA, "like", "reaction", number)
        await storage.ratings.give(piece.id, BEN, "fire", "reaction", number)
    await storage.ratings.give(two.id, ANNA, "sleepy", "button", 12)
    await storage.messages.deleted([13])
    waits = await storage.jobs.add(new_job(parent_piece_id=two.id))
    await storage.jobs.set_progress_message(waits.id, 21)
    bens = await storage.jobs.add(new_job(BEN, parent_piece_id=one.id))
    run = await storage.runs.add(new_run())
    await storage.runs.set_message(run.id, 22)
    for trial in (await tried(storage, CLARA), await tried(storage)):
        await storage.trials.choose(trial.id, ANNA, "a")
        await storage.trials.choose(trial.id, BEN, "b")
    return {"one": one.id, "two": two.id, "three": three.id, "four": four.id,
            "done": done.id, "waits": waits.id, "bens": bens.id, "run": run.id}  # fmt: skip


async def rows_that_name(url: str, person_id: int) -> list[str]:
    """Tables, each as often as it has rows with the person's number in any column."""
    database = Database(read_url(url))
    found: list[str] = []
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            assert isinstance(table, Table)
            rows = (await session.execute(select(table))).all()
            said = [json.dumps(list(row), default=str) for row in rows]
            found += [table.name for row in said if str(person_id) in row]
    await database.close()
    return found


async def test_somebody_is_known_since_first_seen(storage: Storage, clock: Clock):
    anna = await storage.people.seen(ANNA)
    assert anna.first_seen_at > START
    assert await storage.people.seen(ANNA) == anna
    assert (await storage.people.seen(TERMINAL)).id == 0


async def test_whoever_does_something_is_known(storage: Storage):
    piece = await storage.pieces.add(new_piece(1))
    await storage.jobs.add(new_job(2))
    await storage.ratings.give(piece.id, 3, "like", "button")
    for person in (1, 2, 3):
        assert (await storage.people.export(person))["person"]["id"] == person


async def test_an_export_is_json_with_all_that_is_kept(storage: Storage):
    ids = await a_busy_day(storage)
    data: dict[str, Any] = json.loads(json.dumps(await storage.people.export(ANNA)))
    assert data["person"]["id"] == ANNA
    assert [piece["id"] for piece in data["pieces"][:2]] == [ids["one"], ids["three"]]
    assert base64.b64decode(data["pieces"][0]["midi"]) == MIDI
    assert base64.b64decode(data["pieces"][0]["tokens"]) == new_piece().tokens
    assert data["pieces"][0]["made_at"].startswith("2026-03-01T12:")
    assert data["pieces"][0]["made_at"].endswith("+00:00")
    assert [message["id"] for message in data["messages"]] == [11, 13]
    assert [rating["kind"] for rating in data["ratings"]] == [*["like"] * 4, "sleepy"]
    assert [job["id"] for job in data["jobs"][:2]] == [ids["done"], ids["waits"]]
    assert [run["id"] for run in data["runs"]] == [ids["run"]]
    assert [choice["choice"] for choice in data["choices"]] == ["a", "a"]
    [trial] = data["trials"]
    assert [trial["piece_a"], trial["piece_b"]] == [piece["id"] for piece in data["pieces"][2:]]
    assert str(BEN) not in json.dumps(data)


async def test_of_a_stranger_nothing_is_kept(storage: Storage):
    assert await storage.people.export(ANNA) == {
        "person": None, "pieces": [], "messages": [], "ratings": [], "jobs": [],
        "trials": [], "choices": [], "runs": [],
    }  # fmt: skip
    with pytest.raises(GoneError, match="nothing to delete"):
        await storage.people.delete(ANNA)


async def test_after_a_deletion_no_row_names_the_person(storage: Storage, url: str):
    ids = await a_busy_day(storage)
    tables = {"people", "pieces", "ratings", "jobs", "choices"}
    assert set(await rows_that_name(url, ANNA)) == tables | {"trials", "runs"}
    await storage.people.delete(ANNA)
    assert await rows_that_name(url, ANNA) == []
    assert set(await rows_that_name(url, BEN)) == tables
    run = await storage.runs.get(ids["run"])
    assert run is not None
    assert (run.state, run.channel_id, run.message_id) == ("queued", None, None)


async def test_a_deletion_says_what_discord_still_shows(storage: Storage):
    ids = await a_busy_day(storage)
    assert await storage.people.delete(ANNA) == Forgotten(
        # four ratings and the button's were Anna's, two were Ben's for her pieces; so the choices
        counts={
            **{"people": 1, "pieces": 4, "messages": 2, "ratings": 7, "jobs": 3},
            **{"trials": 1, "choices": 3},
        },
        messages=(Posted(CHANNEL, 11), Posted(CHANNEL, 21)),
        reactions=(Reaction(CHANNEL, 12, "like", SERVER), Reaction(CHANNEL, 14, "like", SERVER)),
        jobs=(ids["waits"],),
    )


async def test_what_others_made_of_deleted_pieces_stays(storage: Storage):
    ids = await a_busy_day(storage)
    await storage.people.delete(ANNA)
    two, four = [await storage.pieces.get(ids[name]) for name in ("two", "four")]
    assert two is not None
    assert four is not None
    assert [(p.parent_id, p.root_id, p.version) for p in (two, four)] == [
        (None, two.id, 2),
        (None, four.id, 4),
    ]
    assert [r.person_id for r in await storage.ratings.counted(two.id)] == [BEN]
    [job] = await storage.jobs.unfinished()
    assert (job.id, job.parent_piece_id) == (ids["bens"], None)


async def test_what_is_deleted_is_not_left_in_the_file(tmp_path: Path, clock: Clock):
    file = tmp_path / "cadenza.sqlite3"
    async with await Storage.open(f"sqlite:///{file}", clock) as storage:
        await storage.pieces.add(new_piece(midi=b"never to be found again" * 500))
    assert b"never to be found again" in file.read_bytes()
    async with await Storage.open(f"sqlite:///{file}", clock) as storage:
        await storage.people.delete(ANNA)
    assert b"never to be found again" not in file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
