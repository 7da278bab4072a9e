import asyncio
import contextlib
import gc
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.jobs import Cancelled, Done, End, Failed, Job, News, Parked, Running, Waiting
from bot.studio import (
    ClosedError,
    Limits,
    Studio,
    StudioFullError,
    Ticket,
    TooManyWaitingError,
)

pytestmark = pytest.mark.asyncio

SCRIPT = (sys.executable, "-S", "-E", str(Path(__file__).with_name("scripted_worker.py")))
# Long for what must not happen, short for what must.
LIMITS = {"wait_s": 60.0, "work_s": 60.0, "silence_s": 60.0, "start_s": 60.0, "grace_s": 60.0}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@contextlib.asynccontextmanager
async def studio(
    folder: Path,
    *,
    workers: int = 1,
    environ: Mapping[str, str] | None = None,
    clock: Callable[[], float] = lambda: 0.0,
    **limits: Any,
) -> AsyncIterator[Studio]:
    room = Studio(
        folder / "jobs",
        workers=workers,
        limits=Limits(**{**LIMITS, "restart_s": 0.001, **limits}),
        command=SCRIPT,
        environ={**os.environ, **(environ or {})},
        clock=clock,
    )
    await room.start()
    try:
        yield room
    finally:
        await room.close(0.0)


def job(
    number: int, do: str = "ok", *, person: int = 1, server: int | None = 1, **payload: Any
) -> Job:
    return Job(number, "compose", {"do": do, **payload}, person, server, f"request-{number}")


async def at_work(ticket: Ticket) -> None:
    async for news in ticket.news():
        if isinstance(news, Running) and news.stage == "generate":
            return
    raise AssertionError("it ended before it was at work")


async def blocked(room: Studio, number: int = 99) -> Ticket:
    """Return the ticket of a job that keeps the only worker busy until it is cancelled."""
    ticket = room.submit(job(number, "wait", person=99, server=99))
    await at_work(ticket)
    return ticket


async def ready(room: Studio) -> None:
    """Return when a worker waits, however short the deadline of the queue is."""
    number = 1000
    while not isinstance(await room.submit(job(number, person=98)).end(), Done):
        number += 1


async def test_a_job_is_done_and_its_files_stay_until_it_is_forgotten(tmp_path: Path) -> None:
    times = iter((10.0, 17.0))
    async with studio(tmp_path, clock=lambda: next(times)) as room:
        ticket = room.submit(job(1))
        end = await ticket.end()
        assert isinstance(end, Done)
        (made,) = end.made
        assert made.files["mid"].read_bytes() == b"MThd"
        assert made.explanation == "short"
        status = room.status()
        assert (status.done, status.alive, status.mean_s, status.model) == (1, 1, 7.0, "script")
        assert room.submit(job(1)) is room.ticket(1) is ticket
        await room.forget(1)
        assert not made.files["mid"].parent.exists()
        assert room.ticket(1) is None
        await room.forget(1)  # harmless


async def test_the_news_of_a_job_come_in_order_and_end_with_its_end(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        heard = [news async for news in room.submit(job(1, shares=[0.1, 0.2, 0.9])).news()]
        kinds = [type(news) for news in heard]
        assert kinds == sorted(kinds, key=[Waiting, Running, Done].index)
        assert kinds.count(Done) == 1
        assert isinstance(heard[-1], Done)


async def test_a_slow_reader_gets_the_latest_and_the_end() -> None:
    ticket = Ticket(job(1), lambda _: None)
    reader = ticket.news()
    ticket.tell(Waiting(9))
    assert await anext(reader) == Waiting(9)
    for place in range(8, 0, -1):
        ticket.tell(Waiting(place))
    assert await anext(reader) == Waiting(1)
    ticket.tell(Running("render", 0.5))
    ticket.tell(Cancelled())
    ticket.tell(Running("render", 0.6))
    assert [news async for news in reader] == [Cancelled()]
    assert [news async for news in ticket.news()] == [Cancelled()]
    assert await ticket.end() == Cancelled()


async def test_giving_up_waiting_for_the_end_leaves_the_job_alone(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        first = await blocked(room)
        second = room.submit(job(1))
        listener = asyncio.create_task(second.end())
        await asyncio.wait([listener], timeout=0)
        listener.cancel()
        first.cancel()
        assert isinstance(await second.end(), Done)


async def test_places_are_the_real_order_and_told_whenever_they_change(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    async with studio(tmp_path, waiting_of_person=9) as room:
        first = await blocked(room)
        tickets = {
            number: room.submit(job(number, server=server, person=person, diary=str(diary)))
            for number, server, person in (
                (1, 10, 1), (2, 10, 1), (3, 10, 2), (4, None, 3), (5, None, 4), (6, 20, 1),
            )
        }  # fmt: skip
        places = {number: ticket.place for number, ticket in tickets.items()}
        assert places == {1: 1, 4: 2, 5: 3, 6: 4, 3: 5, 2: 6}
        tickets[4].cancel()
        assert [tickets[n].latest for n in (1, 5, 6, 3, 2)] == [Waiting(p) for p in range(1, 6)]
        assert room.status().waiting == 5
        first.cancel()
        for ticket in tickets.values():
            await ticket.end()
        assert diary.read_text().split() == ["1", "5", "6", "3", "2"]
        assert tickets[4].place is None


async def test_the_queue_is_bounded_for_a_person_for_a_server_and_in_all(tmp_path: Path) -> None:
    async with studio(tmp_path, waiting=4, waiting_of_server=3, waiting_of_person=2) as room:
        await blocked(room)
        tickets = [room.submit(job(1)), room.submit(job(2))]
        with pytest.raises(TooManyWaitingError, match=r"^you have 2 pieces waiting already"):
            room.submit(job(3))
        with pytest.raises(TooManyWaitingError):
            room.submit(job(3, server=None))
        tickets.append(room.submit(job(3, person=2)))
        with pytest.raises(TooManyWaitingError, match=r"^3 pieces of this server wait already"):
            room.submit(job(4, person=3))
        tickets.append(room.submit(job(4, person=3, server=2)))
        with pytest.raises(StudioFullError):
            room.submit(job(5, person=4, server=3))
        assert room.submit(job(1)) is tickets[0]
        assert room.status().waiting == 4
        tickets[0].cancel()
        room.submit(job(5, person=4, server=3))


async def test_a_job_that_waits_too_long_fails(tmp_path: Path) -> None:
    async with studio(tmp_path, wait_s=0.02) as room:
        await ready(room)
        first = await blocked(room)
        late, later = room.submit(job(1)), room.submit(job(2))
        for ticket in (late, later):
            end = await ticket.end()
            assert isinstance(end, Failed)
            assert end.reason == "deadline"
        assert room.status().waiting == 0
        assert not first.ended  # the deadline of the queue is not one of work


async def test_a_job_that_works_too_long_is_asked_to_stop_and_fails(tmp_path: Path) -> None:
    async with studio(tmp_path, work_s=0.02) as room:
        end = await room.submit(job(1, "wait")).end()
        assert isinstance(end, Failed)
        assert end.reason == "deadline"
        assert (room.status().alive, room.status().restarts) == (1, 0)  # it was polite
        assert not (tmp_path / "jobs/job-1").exists()


async def test_a_worker_that_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    async with studio(tmp_path, work_s=0.02, grace_s=0.02) as room:
        end = await room.submit(job(1, "hang")).end()
        assert isinstance(end, Failed)
        assert end.reason == "deadline"
        assert not (tmp_path / "jobs/job-1").exists()
    async with studio(tmp_path) as room:
        assert isinstance(await room.submit(job(2)).end(), Done)


async def test_a_job_that_waits_is_cancelled_at_once(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        await blocked(room)
        ticket = room.submit(job(1))
        ticket.cancel()
        assert ticket.latest == Cancelled()
        ticket.cancel()
        assert room.status().cancelled == 1


async def test_a_job_at_work_is_stopped_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        ticket = await blocked(room, 1)
        assert (tmp_path / "jobs/job-1").is_dir()
        ticket.cancel()
        assert await ticket.end() == Cancelled()
        assert not (tmp_path / "jobs/job-1").exists()
        assert isinstance(await room.submit(job(2)).end(), Done)
        assert room.status().restarts == 0


async def test_a_worker_that_does_not_let_go_is_killed_after_the_grace(tmp_path: Path) -> None:
    async with studio(tmp_path, grace_s=0.02) as room:
        ticket = room.submit(job(1, "hang"))
        await at_work(ticket)
        ticket.cancel()
        assert await ticket.end() == Cancelled()
        assert isinstance(await room.submit(job(2)).end(), Done)
        assert room.status().restarts == 1


async def test_a_job_cancelled_before_its_worker_heard_of_it_never_begins(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    async with studio(tmp_path) as room:
        await room.submit(job(1)).end()
        await asyncio.wait([asyncio.create_task(blocked(room))])
        room.ticket(99).cancel()
        await room.ticket(99).end()
        ticket = room.submit(job(2, diary=str(diary)))
        ticket.cancel()
        assert await ticket.end() == Cancelled()
        assert isinstance(await room.submit(job(3)).end(), Done)
        assert not diary.exists()


async def test_who_is_done_before_the_cancel_arrives_is_cancelled_all_the_same(
    tmp_path: Path,
) -> None:
    """The person has been told that it stops, so no piece may come out of it."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    async with studio(tmp_path) as room:
        ticket = room.submit(job(1, "gate", gate=str(gate)))
        opened = await asyncio.to_thread(gate.open, "wb")  # the worker reads it
        ticket.cancel()  # it is past listening, and will say done
        opened.close()
        assert await ticket.end() == Cancelled()
        assert not (tmp_path / "jobs/job-1").exists()


@pytest.mark.parametrize("how", ["die", "garbage", "nonsense", "stranger", "endless"])
async def test_a_worker_that_breaks_twice_over_a_job_fails_it(how: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    async with studio(tmp_path) as room:
        bad = room.submit(job(1, how, diary=str(diary)))
        good = room.submit(job(2, person=2, diary=str(diary)))
        end = await bad.end()
        assert isinstance(end, Failed)
        assert end.reason == "worker_died"
        assert isinstance(await good.end(), Done)
        assert diary.read_text().split() == ["1", "1", "2"]  # again at the head of the queue
        assert room.status().failed == 1
        assert not (tmp_path / "jobs/job-1").exists()


async def test_a_job_whose_worker_dies_once_is_done_by_the_next(tmp_path: Path) -> None:
    marker = str(tmp_path / "marker")
    async with studio(tmp_path) as room:
        ticket = room.submit(job(1, "die_once", marker=marker))
        assert isinstance(await ticket.end(), Done)
        assert (room.status().restarts, room.status().failed) == (1, 0)


async def test_a_worker_that_falls_silent_counts_as_dead(tmp_path: Path) -> None:
    async with studio(tmp_path, silence_s=0.05) as room:
        end = await room.submit(job(1, "hang")).end()
        assert isinstance(end, Failed)
        assert end.reason == "worker_died"


async def test_a_worker_killed_while_it_waits_is_replaced(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        first = await room.submit(job(1)).end()
        os.kill(worker_pids(room)[0], signal.SIGKILL)
        assert isinstance(first, Done)
        assert isinstance(await room.submit(job(2)).end(), Done)
        assert room.status().restarts == 1


async def test_what_the_engine_refuses_is_told_in_its_own_words(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        assert await room.submit(job(1, "fail")).end() == Failed("no, not so", "bad_input")
        assert room.status().restarts == 0


async def test_what_a_worker_lacks_is_told_to_those_who_wait_and_who_come(tmp_path: Path) -> None:
    lacks = Failed("the soundfont is missing; install it", "missing_part")
    async with studio(tmp_path, environ={"SCRIPT_START": "missing"}, restart_s=60) as room:
        waiting = [room.submit(job(number)) for number in (1, 2)]
        assert [await ticket.end() for ticket in waiting] == [lacks, lacks]
        assert room.submit(job(3)).latest == lacks
        assert room.status().missing == lacks.sentence
        assert room.status().alive == 0


async def test_what_was_missing_and_is_there_again_is_used(tmp_path: Path) -> None:
    environ = {"SCRIPT_START": "missing_once", "SCRIPT_MARKER": str(tmp_path / "marker")}
    async with studio(tmp_path, environ=environ) as room:
        assert isinstance(await room.submit(job(1)).end(), Failed)
        while room.status().alive == 0:
            await asyncio.sleep(0)
        assert isinstance(await room.submit(job(2)).end(), Done)
        assert room.status().missing is None


@pytest.mark.parametrize("how", ["die", "garbage", "silent"])
async def test_a_worker_that_never_starts_lets_jobs_wait_no_longer_than_their_deadline(
    how: str, tmp_path: Path
) -> None:
    environ = {"SCRIPT_START": how}
    async with studio(tmp_path, environ=environ, wait_s=0.2, start_s=0.05) as room:
        end = await room.submit(job(1)).end()
        assert isinstance(end, Failed)
        assert end.reason == "deadline"


async def test_a_command_that_does_not_exist_is_no_catastrophe(tmp_path: Path) -> None:
    room = Studio(tmp_path, workers=1, limits=Limits(wait_s=0.02), command=("/no/such/program",))
    await room.start()
    assert isinstance(await room.submit(job(1)).end(), Failed)
    await room.close(0.0)


async def test_restarts_slow_down_and_have_a_cap() -> None:
    limits = Limits(restart_s=0.5, restart_most_s=60)
    waits = [limits.restart_after_s(failures) for failures in (0, 1, 2, 3, 7, 8, 9, 10**6)]
    assert waits == [0, 0.5, 1, 2, 32, 60, 60, 60]


async def test_a_finished_job_ends_the_row_of_deaths(tmp_path: Path) -> None:
    marker = str(tmp_path / "marker")
    with structlog.testing.capture_logs() as logs:
        async with studio(tmp_path) as room:
            await room.submit(job(1, "die")).end()  # two deaths
            await room.submit(job(2)).end()
            await room.submit(job(3, "die_once", marker=marker)).end()
    assert [log["in_a_row"] for log in logs if log["event"] == "worker_died"] == [1, 2, 1]


async def test_a_worker_that_dies_at_once_again_and_again_does_not_spin(tmp_path: Path) -> None:
    environ = {"SCRIPT_START": "die"}
    async with studio(tmp_path, environ=environ, wait_s=0.3, restart_s=0.1) as room:
        await room.submit(job(1)).end()
        assert room.status().restarts <= 2  # after 0.1 and 0.3 s


async def test_closing_parks_what_waits_and_what_is_not_finished_in_time(tmp_path: Path) -> None:
    async with studio(tmp_path, workers=2) as room:
        running = await blocked(room)
        finished = room.submit(job(1))
        assert isinstance(await finished.end(), Done)
        deaf = room.submit(job(2, "hang"))
        await at_work(deaf)
        waiting = [room.submit(job(number, person=number)) for number in (3, 4)]
        pids = worker_pids(room)
        await room.close(0.01)
        assert {ticket.latest for ticket in (running, deaf, *waiting)} == {Parked()}
        assert not any(map(alive, pids))
        assert finished.latest.made[0].files["mid"].exists()
        with pytest.raises(ClosedError):
            room.submit(job(5))
        assert room.status().closing
        await room.close(0.0)


async def test_closing_lets_a_job_at_work_finish(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    async with studio(tmp_path) as room:
        ticket = room.submit(job(1, "gate", gate=str(gate)))
        waiting = room.submit(job(2))
        opened = await asyncio.to_thread(gate.open, "wb")  # the worker reads it
        closing = asyncio.create_task(room.close(60))
        assert await waiting.end() == Parked()
        assert not ticket.ended
        opened.close()
        await closing
        assert isinstance(ticket.latest, Done)


async def test_a_worker_that_dies_while_the_studio_closes_leaves_its_job_parked(
    tmp_path: Path,
) -> None:
    async with studio(tmp_path) as room:
        ticket = await blocked(room)
        closing = asyncio.create_task(room.close(60))
        await asyncio.wait([closing], timeout=0)
        os.kill(worker_pids(room)[0], signal.SIGKILL)
        await closing
        assert ticket.latest == Parked()


@pytest.mark.parametrize("iterations", range(0, 60, 6))
@pytest.mark.parametrize("how", ["ok", "die"])
async def test_closing_at_any_moment_of_a_start_leaves_no_worker(
    how: str, iterations: int, tmp_path: Path
) -> None:
    """A cancellation in the middle of a burial once left a process that nobody waited for."""
    async with studio(tmp_path, environ={"SCRIPT_START": how}) as room:
        for _ in range(iterations):
            await asyncio.sleep(0)
        await room.close(0.0)
    gc.collect()  # a transport left open warns, and a warning is an error
    assert children() == []


async def test_closing_while_workers_start_leaves_none(tmp_path: Path) -> None:
    async with studio(tmp_path, workers=3, environ={"SCRIPT_START": "silent"}) as room:
        ticket = room.submit(job(1))
        await asyncio.wait([asyncio.create_task(ticket.end())], timeout=0.05)
        await room.close(0.0)
        assert ticket.latest == Parked()
    assert children() == []


async def test_forgetting_a_job_at_work_stops_it(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        ticket = await blocked(room, 1)
        await room.forget(1)
        assert ticket.latest == Cancelled()
        assert room.ticket(1) is None


async def test_what_an_earlier_life_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    old, other = tmp_path / "jobs/job-7/left.mid", tmp_path / "jobs/notes/1.txt"
    for file in (old, other):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    async with studio(tmp_path):
        assert not old.parent.exists()
        assert other.exists()


async def test_workers_know_no_secret_and_use_one_thread(tmp_path: Path) -> None:
    secrets = {
        "DISCORD_TOKEN": "a.b.c",
        "CADENZA_TOKEN": "x",
        "CADENZA_DATABASE_URL": "postgresql+asyncpg://cadenza:password@host/db",
    }
    environ = {**secrets, "CADENZA_MODEL": "there"}
    async with studio(tmp_path, environ=environ) as room:
        end = await room.submit(job(1)).end()
        assert isinstance(end, Done)
        seen = end.made[0].details["environ"]
        assert not set(secrets) & set(seen)
        assert (seen["CADENZA_MODEL"], seen["OMP_NUM_THREADS"]) == ("there", "1")


async def test_workers_are_out_of_reach_of_the_terminal_s_interrupt(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        await room.submit(job(1)).end()
        (pid,) = worker_pids(room)
        assert os.getsid(pid) == pid != os.getsid(0)


async def test_the_status_tells_who_is_at_work_and_for_how_long(tmp_path: Path) -> None:
    now = [100.0]
    async with studio(tmp_path, clock=lambda: now[0]) as room:
        await blocked(room, 7)
        now[0] = 112.5
        (at,) = room.status().running
        assert (at.job_id, at.kind, at.stage, at.seconds) == (7, "compose", "generate", 12.5)


async def test_a_job_that_no_line_can_say_fails_alone(tmp_path: Path) -> None:
    async with studio(tmp_path) as room:
        end = await room.submit(job(1, shares=[float("nan")])).end()
        assert isinstance(end, Failed)
        assert end.reason == "internal"
        assert isinstance(await room.submit(job(2)).end(), Done)


async def test_of_200_jobs_of_40_people_each_ends_once_however_workers_die(tmp_path: Path) -> None:
    rng, diary = random.Random(7), tmp_path / "diary"
    heard: dict[int, list[End]] = {}

    async def follow(room: Studio, ticket: Ticket) -> None:
        news: list[News] = [one async for one in ticket.news()]
        heard[ticket.job.id] = [one for one in news if isinstance(one, End)]
        if rng.random() < 0.2 and (pids := worker_pids(room)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(pids), signal.SIGKILL)

    async with studio(tmp_path, workers=3, waiting_of_person=5, waiting_of_server=50) as room:
        tickets = [
            room.submit(job(number, person=number % 40, server=number % 8, diary=str(diary)))
            for number in range(200)
        ]
        await asyncio.gather(*(follow(room, ticket) for ticket in tickets))
        status = room.status()

    assert sorted(heard) == list(range(200))
    assert all(len(ends) == 1 for ends in heard.values())
    failures = [ends[0] for ends in heard.values() if not isinstance(ends[0], Done)]
    assert all(isinstance(end, Failed) and end.reason == "worker_died" for end in failures)
    assert (status.done, status.failed) == (200 - len(failures), len(failures))
    assert status.restarts >= 20
    assert status.done >= 150
    assert max(Counter(diary.read_text().split()).values()) <= 2
    for number, (end,) in heard.items():
        assert (tmp_path / f"jobs/job-{number}").exists() == isinstance(end, Done)
    assert children() == []
    assert threading.active_count() < 50


def worker_pids(room: Studio) -> list[int]:
    return [seat.worker.pid for seat in room._seats if seat.worker is not None]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children() -> list[str]:
    """Return the processes of the script that this process has started."""
    mine = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = f"\nPPid:\t{os.getpid()}\n" in status.read_text()
            command = status.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if parent and b"scripted_worker" in command:
            mine.append(status.parent.name)
    return mine
