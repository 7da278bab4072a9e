import asyncio
from itertools import pairwise

import pytest

from bot.storage.errors import GoneError, StateError
from bot.storage.learning_records import Counted, Run, RunState
from bot.storage.runs import RUN_FOLLOWS
from bot.storage.storage import Storage
from tests.bot.storage.kept import ANNA, OTHER_SERVER, SERVER, Clock, new_run

pytestmark = pytest.mark.asyncio

WAYS: dict[str, tuple[RunState, ...]] = {
    "queued": (),
    "running": ("running",),
    "passed": ("running", "passed"),
    "refused": ("running", "refused"),
    "failed": ("failed",),
    "cancelled": ("running", "queued", "cancelled"),
}
COUNTED = Counted(ratings=240, pieces=80, raters=9)


async def step(storage: Storage, run_id: int, state: RunState) -> Run:
    if state == "running":
        return await storage.runs.start(run_id, ratings_sha256="ab" * 32, counted=COUNTED)
    if state == "queued":
        return await storage.runs.requeue(run_id)
    return await storage.runs.finish(run_id, state)


async def run_that_is(storage: Storage, state: str, server_id: int | None = SERVER) -> Run:
    run = await storage.runs.add(new_run(server_id=server_id))
    for next_state in WAYS[state]:
        run = await step(storage, run.id, next_state)
    assert run.state == state
    return run


async def one_that_ended(storage: Storage, state: str, server_id: int | None = SERVER) -> Run:
    run = await run_that_is(storage, state, server_id)
    return run if run.ended_at else await storage.runs.finish(run.id, "cancelled")


async def test_a_run_is_queued_as_it_was_asked(storage: Storage):
    new = new_run()
    run = await storage.runs.add(new)
    assert await storage.runs.get(run.id) == run
    assert await storage.runs.unfinished() == run
    for name in new.__slots__:
        assert getattr(run, name) == getattr(new, name), name
    assert (run.state, run.attempts, run.started_at, run.ended_at) == ("queued", 0, None, None)
    assert (run.ratings_sha256, run.ratings, run.verdict) == (None, None, None)


async def test_nobody_needs_to_have_started_it(storage: Storage):
    run = await storage.runs.add(new_run(started_by=None, server_id=None, since=None))
    assert (run.started_by, run.server_id, run.since) == (None, None, None)


async def test_every_step_is_taken_or_refused_as_the_table_says(storage: Storage):
    assert set(WAYS) == set(RUN_FOLLOWS)
    for before in WAYS:
        for after in RUN_FOLLOWS:
            run = await run_that_is(storage, before)
            if after in RUN_FOLLOWS[before]:
                assert (await step(storage, run.id, after)).state == after
            else:
                with pytest.raises(StateError, match=f"is {before} and cannot become {after}"):
                    await step(storage, run.id, after)
                assert await storage.runs.get(run.id) == run
            now = await storage.runs.get(run.id)
            assert now is not None
            ended = not RUN_FOLLOWS[now.state]
            assert await storage.runs.unfinished() == (None if ended else now)
            if not ended:
                await storage.runs.finish(run.id, "cancelled")


async def test_an_end_says_what_came_of_it(storage: Storage):
    run = await run_that_is(storage, "running")
    assert (run.ratings_sha256, run.ratings, run.pieces, run.raters) == ("ab" * 32, 240, 80, 9)
    verdict = {"passed": False, "reason": "It is not better.", "checks": []}
    end = await storage.runs.finish(
        run.id, "refused", candidate="tuned-1", verdict=verdict, sentence="It is not better."
    )
    assert await storage.runs.get(run.id) == end
    assert (end.candidate, end.verdict, end.sentence) == ("tuned-1", verdict, "It is not better.")
    assert await storage.runs.unfinished() is None


async def test_attempts_and_times_are_counted(storage: Storage):
    run = await storage.runs.add(new_run())
    first = await step(storage, run.id, "running")
    again = await step(storage, run.id, "queued")
    second = await step(storage, run.id, "running")
    end = await step(storage, run.id, "passed")
    assert [r.attempts for r in (first, again, second, end)] == [1, 1, 2, 2]
    times = [run.asked_at, first.started_at, second.started_at, end.ended_at]
    assert all(a and b and a < b for a, b in pairwise(times))


async def test_while_one_is_unfinished_there_is_no_other(storage: Storage):
    for state in ("queued", "running"):
        run = await run_that_is(storage, state)
        for server_id in (SERVER, OTHER_SERVER, None):
            with pytest.raises(StateError, match="under way already; wait for its end"):
                await storage.runs.add(new_run(server_id=server_id))
        assert await storage.runs.unfinished() == run
        await storage.runs.finish(run.id, "cancelled")


async def test_of_many_asked_for_at_once_one_is_taken(storage: Storage, url: str, clock: Clock):
    async with await Storage.open(url, clock) as other:
        asked = [(storage, other)[n % 2].runs.add(new_run(started_by=n)) for n in range(12)]
        ends = await asyncio.gather(*asked, return_exceptions=True)
    [taken] = [end for end in ends if isinstance(end, Run)]
    assert sum(isinstance(end, StateError) for end in ends) == 11
    assert await storage.runs.unfinished() == taken


async def test_the_latest_of_a_scope_is_found_by_its_states(storage: Storage):
    passed = await one_that_ended(storage, "passed")
    failed = await one_that_ended(storage, "failed")
    everyones = await one_that_ended(storage, "refused", None)
    assert await storage.runs.latest(SERVER) == failed
    assert await storage.runs.latest(SERVER, ("passed", "refused")) == passed
    assert await storage.runs.latest(None) == everyones
    assert await storage.runs.latest(None, ("passed",)) is None
    assert await storage.runs.latest(OTHER_SERVER) is None
    assert await storage.runs.of_scope(SERVER) == [failed, passed]
    assert await storage.runs.of_scope(SERVER, offset=1, limit=5) == [passed]
    assert await storage.runs.of_scope(None) == [everyones]


async def test_a_run_that_makes_a_model_again_can_be_left_out(storage: Storage):
    first = await one_that_ended(storage, "passed")
    again = await storage.runs.add(new_run(config={"again": {"run": first.id}}))
    assert await storage.runs.latest(SERVER) == again
    assert await storage.runs.latest(SERVER, again=False) == first
    assert await storage.runs.latest(SERVER, ("queued",), again=False) is None


async def test_a_message_is_remembered(storage: Storage):
    run = await storage.runs.add(new_run())
    await storage.runs.set_message(run.id, 77)
    kept = await storage.runs.get(run.id)
    assert kept is not None
    assert kept.message_id == 77
    await storage.runs.set_message(run.id, None)
    assert await storage.runs.get(run.id) == run


async def test_a_run_outlives_who_started_it(storage: Storage):
    run = await run_that_is(storage, "running")
    await storage.people.delete(ANNA)
    end = await storage.runs.finish(run.id, "passed", candidate="tuned-1")
    assert (end.started_by, end.candidate) == (None, "tuned-1")


async def test_a_run_of_a_server_that_is_deleted_is_gone(storage: Storage):
    run = await run_that_is(storage, "running")
    await storage.servers.delete(SERVER)
    with pytest.raises(GoneError, match=f"Fine-tune {run.id} has been deleted"):
        await storage.runs.finish(run.id, "passed")
    assert await storage.runs.get(run.id) is None
    assert (await storage.runs.add(new_run())).id > run.id
