from itertools import pairwise

import pytest

from bot.storage.errors import GoneError, StateError
from bot.storage.jobs import FOLLOWS
from bot.storage.records import JobState, StoredJob
from bot.storage.storage import Storage
from tests.bot.storage.kept import ANNA, BEN, Clock, new_job, new_piece

pytestmark = pytest.mark.asyncio

WAYS: dict[str, tuple[JobState, ...]] = {
    "queued": (),
    "running": ("running",),
    "composed": ("running", "composed"),
    "posted": ("running", "composed", "posted"),
    "failed": ("running", "failed"),
    "cancelled": ("cancelled",),
}


async def step(storage: Storage, job_id: int, state: JobState) -> None:
    if state == "running":
        await storage.jobs.start(job_id)
    elif state == "queued":
        await storage.jobs.requeue(job_id)
    elif state == "composed":
        await storage.jobs.composed(job_id, [new_piece()])
    else:
        await storage.jobs.finish(job_id, state)


async def job_that_is(storage: Storage, state: str) -> StoredJob:
    job = await storage.jobs.add(new_job())
    for next_state in WAYS[state]:
        await step(storage, job.id, next_state)
    now = await storage.jobs.get(job.id)
    assert now is not None
    assert now.state == state
    return now


async def test_a_job_is_queued_as_it_was_asked(storage: Storage):
    new = new_job()
    job = await storage.jobs.add(new)
    assert await storage.jobs.get(job.id) == job
    for name in new.__slots__:
        assert getattr(job, name) == getattr(new, name), name
    assert (job.state, job.attempts, job.started_at, job.ended_at) == ("queued", 0, None, None)


async def test_every_step_is_taken_or_refused_as_the_table_says(storage: Storage):
    for before in WAYS:
        for after in WAYS:
            job = await job_that_is(storage, before)
            told_twice = after == "composed" and before in ("composed", "posted")
            if after in FOLLOWS[before]:
                await step(storage, job.id, after)
                now = await storage.jobs.get(job.id)
                assert now is not None
                assert now.state == after
            elif told_twice:
                await step(storage, job.id, after)
                assert await storage.jobs.get(job.id) == job
            else:
                with pytest.raises(StateError, match=f"is {before} and cannot become {after}"):
                    await step(storage, job.id, after)
                assert await storage.jobs.get(job.id) == job


async def test_attempts_and_times_are_counted(storage: Storage):
    job = await storage.jobs.add(new_job())
    first = await storage.jobs.start(job.id)
    again = await storage.jobs.requeue(job.id)
    second = await storage.jobs.start(job.id)
    end = await storage.jobs.finish(job.id, "failed", "The studio burnt down.")
    assert [j.attempts for j in (first, again, second, end)] == [1, 1, 2, 2]
    assert end.sentence == "The studio burnt down."
    assert end.payload == {}
    times = [job.queued_at, first.started_at, second.started_at, end.ended_at]
    assert all(a and b and a < b for a, b in pairwise(times))


async def test_a_composed_job_and_its_pieces_come_together(storage: Storage):
    job = await job_that_is(storage, "running")
    news = [new_piece(title=title) for title in ("one", "two", "three")]
    pieces = await storage.jobs.composed(job.id, news)
    assert [(p.title, p.job_id, p.place) for p in pieces] == [
        ("one", job.id, 0),
        ("two", job.id, 1),
        ("three", job.id, 2),
    ]
    assert await storage.jobs.pieces(job.id) == pieces


async def test_a_job_delivers_once_however_often_it_is_told(storage: Storage):
    """A crash may come between the commit and the answer."""
    job = await job_that_is(storage, "running")
    pieces = await storage.jobs.composed(job.id, [new_piece()])
    assert await storage.jobs.composed(job.id, [new_piece(), new_piece()]) == pieces
    await storage.jobs.finish(job.id, "posted")
    assert await storage.jobs.composed(job.id, [new_piece()]) == pieces
    assert await storage.pieces.count_of_person(ANNA) == 1


async def test_pieces_that_cannot_be_kept_leave_the_job_running(storage: Storage):
    job = await job_that_is(storage, "running")
    with pytest.raises(GoneError):
        await storage.jobs.composed(job.id, [new_piece(), new_piece(model_id=404)])
    assert await storage.jobs.pieces(job.id) == []
    assert await storage.jobs.get(job.id) == job


async def test_what_has_not_ended_waits_in_the_order_of_asking(storage: Storage):
    jobs = {state: await job_that_is(storage, state) for state in WAYS}
    waiting = await storage.jobs.unfinished()
    assert waiting == [jobs["queued"], jobs["running"], jobs["composed"]]
    last = await storage.jobs.add(new_job(BEN))
    assert (await storage.jobs.unfinished())[-1] == last
    assert await storage.jobs.waiting() == 3
    assert await storage.jobs.waiting(ANNA) == 2
    assert await storage.jobs.waiting(BEN) == 1


async def test_what_failed_or_was_cancelled_costs_no_quota(storage: Storage, clock: Clock):
    early = await storage.jobs.add(new_job())
    for state in WAYS:
        await job_that_is(storage, state)
    await storage.jobs.add(new_job(BEN))
    assert await storage.jobs.count_of_day(ANNA, early.queued_at) == 5
    later = await storage.jobs.add(new_job())
    assert await storage.jobs.count_of_day(ANNA, later.queued_at) == 1
    assert await storage.jobs.count_of_day(ANNA, clock()) == 0


async def test_a_progress_message_is_remembered(storage: Storage):
    job = await storage.jobs.add(new_job())
    await storage.jobs.set_progress_message(job.id, 77)
    [kept] = await storage.jobs.unfinished()
    assert kept.progress_message_id == 77
    await storage.jobs.set_progress_message(job.id, None)
    assert await storage.jobs.get(job.id) == job


async def test_a_job_forgets_a_deleted_parent(storage: Storage):
    piece = await storage.pieces.add(new_piece())
    job = await storage.jobs.add(new_job(BEN, parent_piece_id=piece.id))
    await storage.pieces.delete(piece.id)
    kept = await storage.jobs.get(job.id)
    assert kept is not None
    assert kept.parent_piece_id is None


async def test_a_job_that_is_gone_is_a_sentence(storage: Storage):
    with pytest.raises(GoneError, match="Job 404 has been deleted"):
        await storage.jobs.start(404)
    with pytest.raises(GoneError, match="Job 404 has been deleted"):
        await storage.jobs.composed(404, [new_piece()])
