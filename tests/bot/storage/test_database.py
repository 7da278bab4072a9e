import asyncio
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.storage.database import read_url
from bot.storage.errors import GoneError, StorageError
from bot.storage.storage import Storage
from tests.bot.postgres import Postgres
from tests.bot.storage.kept import ANNA, START, Clock, new_job, new_piece, posted, tried

ROOT = Path(__file__).resolve().parents[3]


async def compose(storage: Storage, person_id: int) -> None:
    """The way of a job through the storage."""
    job = await storage.jobs.add(new_job(person_id))
    await storage.jobs.start(job.id)
    [piece] = await storage.jobs.composed(job.id, [new_piece(person_id)])
    await storage.ratings.give(piece.id, ANNA, "like", "button")


@pytest.mark.asyncio
async def test_forty_writers_in_two_bots_do_not_lock_each_other_out(url: str, clock: Clock):
    async with await Storage.open(url, clock) as one, await Storage.open(url, clock) as two:
        await asyncio.gather(*(compose((one, two)[n % 2], n) for n in range(40)))
        assert len(await one.pieces.top(limit=100)) == 40


@pytest.mark.asyncio
async def test_readers_do_not_wait_for_a_writer(storage: Storage):
    writers = [compose(storage, n) for n in range(5)]
    readers = [storage.pieces.top(limit=5) for _ in range(40)]
    await asyncio.gather(*writers, *readers)


@pytest.mark.asyncio
async def test_votes_given_at_once_are_one(storage: Storage):
    piece = await storage.pieces.add(new_piece())
    await storage.people.seen(5)
    given = [storage.ratings.give(piece.id, 5, "like", "button") for _ in range(20)]
    assert len({vote.id for vote in await asyncio.gather(*given)}) == 1


@pytest.mark.asyncio
async def test_a_job_told_twice_at_once_delivers_once(storage: Storage):
    job = await storage.jobs.add(new_job())
    await storage.jobs.start(job.id)
    told = [storage.jobs.composed(job.id, [new_piece()]) for _ in range(10)]
    [first, *others] = await asyncio.gather(*told)
    assert all(pieces == first for pieces in others)
    assert await storage.pieces.count_of_person(ANNA) == 1


@pytest.mark.asyncio
async def test_people_who_leave_amid_it_all_lock_nobody(storage: Storage):
    """Everybody builds on, rates and deletes everything at once: each goes or finds it gone."""
    chance = random.Random(5)
    pieces = [await storage.pieces.add(new_piece(n % 4)) for n in range(8)]
    for piece in pieces:
        await posted(storage, 100 + piece.id, piece)

    async def build_on(person: int, parent: int) -> None:
        job = await storage.jobs.add(new_job(person, parent_piece_id=parent))
        await storage.jobs.start(job.id)
        await storage.jobs.composed(job.id, [new_piece(person, parent_id=parent)] * 2)

    doings = []
    for _ in range(15):
        person, piece = chance.randrange(4), chance.choice(pieces).id
        doings += [
            build_on(person, piece),
            storage.ratings.give(piece, person, "like", "button"),
            storage.ratings.sync(100 + piece, {"fire": set(chance.sample(range(4), 2))}),
        ]
    doings += [storage.people.delete(person) for person in range(3)]
    doings += [storage.pieces.delete(piece.id) for piece in pieces[3::4]]
    chance.shuffle(doings)
    ends = await asyncio.gather(*doings, return_exceptions=True)
    assert {type(end) for end in ends if isinstance(end, Exception)} <= {GoneError}
    for person in range(4):
        for left in await storage.pieces.of_person(person, limit=1000):
            first = await storage.pieces.first(left.id)
            assert first is not None
            assert first.parent_id is None


@pytest.mark.asyncio
async def test_people_who_judged_each_other_may_leave_at_once(storage: Storage):
    """On PostgreSQL each waited for the ratings that the other one's pieces took along."""
    people = range(1, 4)
    for person in people:
        for trial in [await tried(storage, person) for _ in range(3)]:
            for judge in people:
                await storage.ratings.give(trial.piece_a, judge, "like", "button")
                await storage.trials.choose(trial.id, judge, "b")
    gone = await asyncio.gather(*(storage.people.delete(person) for person in people))
    assert sum(one.counts["ratings"] for one in gone) == 27
    assert sum(one.counts["choices"] for one in gone) == 27


@pytest.mark.asyncio
async def test_a_task_that_is_cancelled_leaves_nothing_half_and_nobody_waiting(storage: Storage):
    tasks = [asyncio.create_task(compose(storage, n)) for n in range(20)]
    while not await storage.jobs.waiting():  # some are on their way now
        pass
    for task in tasks[::2]:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert not any(isinstance(end, StorageError) for end in ends)
    for job in await storage.jobs.unfinished():
        assert len(await storage.jobs.pieces(job.id)) == (job.state == "composed")
    await compose(storage, 99)


@pytest.mark.asyncio
async def test_a_process_killed_midway_leaves_nothing_half(storage: Storage, url: str):
    job = await storage.jobs.add(new_job())
    await storage.jobs.start(job.id)
    command = [sys.executable, "-m", "tests.bot.storage.killed_while_composing", url, str(job.id)]
    died = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    [kept] = await storage.jobs.unfinished()
    assert kept.state == "running"
    assert await storage.pieces.count_of_person(ANNA) == 0
    assert len(await storage.jobs.composed(job.id, [new_piece(), new_piece()])) == 2


@pytest.mark.asyncio
async def test_times_are_utc_whatever_zone_the_clock_has(url: str):
    tokyo = Clock(START.astimezone(timezone(timedelta(hours=9))))
    async with await Storage.open(url, tokyo) as storage:
        job = await storage.jobs.add(new_job())
        assert (job.queued_at, job.queued_at.tzinfo) == (tokyo.now, tokyo.now.tzinfo)
        kept = await storage.jobs.get(job.id)
        assert kept is not None
        assert (kept.queued_at, kept.queued_at.tzinfo) == (tokyo.now, UTC)
        assert await storage.jobs.count_of_day(ANNA, tokyo.now) == 1
        assert await storage.jobs.count_of_day(ANNA, tokyo.now + timedelta(microseconds=1)) == 0


@pytest.mark.asyncio
async def test_a_time_without_zone_is_refused(url: str):
    async with await Storage.open(url, lambda: datetime(2026, 3, 1)) as storage:  # noqa: DTZ001
        with pytest.raises(StorageError, match="without a zone"):
            await storage.people.seen(ANNA)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "cadenza.sqlite3",
        "mysql://me@here/it",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x",
        "a:b",
    ],
)
def test_a_url_of_something_else_is_a_sentence(wrong: str):
    with pytest.raises(StorageError, match="has to look like sqlite:///data"):
        read_url(wrong)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_postgresql_is_understood_as_hosts_write_it(scheme: str):
    url = read_url(f"{scheme}://me:secret@example.org:5433/cadenza?sslmode=require")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://me:secret@example.org:5433/cadenza?ssl=require"
    )


def _a_folder(path: Path) -> Path:
    path.mkdir()
    return path


def _no_database(path: Path) -> Path:
    path.write_text("Dear diary, " * 100)
    return path


def _below_a_file(path: Path) -> Path:
    path.write_text("")
    return path / "cadenza.sqlite3"


@pytest.mark.asyncio
@pytest.mark.parametrize("obstacle", [_a_folder, _no_database, _below_a_file])
async def test_a_file_that_cannot_be_used_is_a_sentence(obstacle, tmp_path: Path, clock: Clock):
    path = obstacle(tmp_path / "thing")
    with pytest.raises(StorageError) as caught:
        await Storage.open(f"sqlite:///{path}", clock)
    assert str(caught.value).startswith(f"The database file {path} cannot be used (")
    assert str(caught.value).endswith("that its folder can be written to.")


@pytest.mark.asyncio
async def test_a_folder_that_is_missing_is_made(tmp_path: Path, clock: Clock):
    async with await Storage.open(f"sqlite:///{tmp_path}/a/b/c.sqlite3", clock) as storage:
        await storage.people.seen(ANNA)


@pytest.mark.asyncio
async def test_a_server_that_does_not_answer_is_a_sentence(clock: Clock):
    with pytest.raises(StorageError) as caught:
        await Storage.open("postgresql://me:secret@127.0.0.1:1/cadenza", clock)
    sentence = str(caught.value)
    assert sentence.startswith("The PostgreSQL database cadenza at 127.0.0.1 cannot be used (")
    assert "secret" not in sentence
    assert sentence.count("\n") == 0


@pytest.mark.asyncio
async def test_a_database_that_is_not_there_is_a_sentence(postgres: Postgres, clock: Clock):
    with pytest.raises(StorageError, match="PostgreSQL database nowhere .*does not exist"):
        await Storage.open(postgres.url("nowhere"), clock)


@pytest.mark.asyncio
async def test_a_connection_lost_is_made_anew(postgres: Postgres, clock: Clock):
    name = await postgres.create()
    async with await Storage.open(postgres.url(name), clock) as storage:
        await storage.people.seen(ANNA)
        await postgres.hang_up(name)
        await storage.people.seen(ANNA)
    await postgres.drop(name)
