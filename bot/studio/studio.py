"""Jobs in, results out: who waits, who is at work, and what happens when something breaks."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path

import structlog
from structlog.typing import FilteringBoundLogger

from bot.jobs import Cancelled, Done, End, Failed, Job, Parked, Running, Waiting
from bot.studio.errors import ClosedError, StudioFullError, TooManyWaitingError
from bot.studio.limits import AtWork, Limits, Status
from bot.studio.queue import FairQueue
from bot.studio.seat import Recipe, Seat
from bot.studio.ticket import Ticket

_TRIES = 2
"""A job whose worker dies is begun anew once: a second death is likely its own doing."""

_WAITED_TOO_LONG = Failed(
    "so many pieces are wanted that this one did not get its turn in time; ask again a bit later",
    "deadline",
)
_WORKER_DIED = Failed(
    "this piece broke my instrument twice, so I stopped; change the wish a little and try again",
    "worker_died",
)


class Studio:
    """Serves jobs fairly on worker processes; ``start`` it, ``close`` it.

    ``folder`` is the studio's own: what an earlier life left in it is removed. ``environ`` is the
    workers', less the bot's secrets. Everything but ``start``, ``forget`` and ``close`` returns at
    once; all is to be called from one event loop.
    """

    def __init__(
        self,
        folder: Path,
        *,
        workers: int,
        limits: Limits | None = None,
        command: Sequence[str] = (sys.executable, "-m", "bot.worker"),
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        log: FilteringBoundLogger | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._clock = clock
        self._log: FilteringBoundLogger = log or structlog.get_logger()
        environ = os.environ if environ is None else environ
        self._recipe = Recipe(command, environ, folder.resolve(), self._limits)
        self._seats = [
            Seat(self._recipe, self, clock, self._log.bind(seat=number))
            for number in range(1, workers + 1)
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._queue: FairQueue[Ticket] = FairQueue()
        self._tickets: dict[int, Ticket] = {}
        self._deadlines: dict[Ticket, asyncio.TimerHandle] = {}
        self._ended = asyncio.Event()
        self._closing = False
        self._missing: str | None = None
        self._model: str | None = None
        self._done = self._failed = self._cancelled = 0
        self._done_s = 0.0

    async def start(self) -> None:
        """Empty the folder and let the workers start; jobs may be submitted before they are ready.

        Raises OSError where the folder cannot be made.
        """
        await asyncio.to_thread(_emptied, self._recipe.folder)
        self._tasks = [asyncio.create_task(seat.run()) for seat in self._seats]

    def submit(self, job: Job, *, promised: bool = False) -> Ticket:
        """Return the ticket of a job, which now waits or is at work.

        One whose id is known gets the ticket that there is, until the job is forgotten. Raises
        ClosedError, StudioFullError and TooManyWaitingError, each one sentence for the person; the
        latter two not for a job that was ``promised`` before a restart.
        """
        if job.id in self._tickets:
            return self._tickets[job.id]
        self._check_room(job, promised)
        ticket = self._tickets[job.id] = Ticket(job, self._cancel)
        self._log_of(ticket).info("job_submitted", kind=job.kind)
        if self._missing is not None and not self._alive():
            self._finish(ticket, Failed(self._missing, "missing_part"))
        else:
            self._wait(ticket, self._queue.add)
        return ticket

    def _check_room(self, job: Job, promised: bool) -> None:
        limits = self._limits
        if self._closing:
            raise ClosedError("I am about to rest for a moment; ask again in a few minutes")
        if promised:
            return
        if self._queue.of_person(job.person_id) >= limits.waiting_of_person:
            raise TooManyWaitingError(
                f"you have {_count(limits.waiting_of_person)} waiting already; "
                "let one of them be finished first"
            )
        if self._queue.of_server(_server_of(job)) >= limits.waiting_of_server:
            raise TooManyWaitingError(
                f"{_count(limits.waiting_of_server)} of this server wait already; "
                "ask again when some are finished"
            )
        if len(self._queue) >= limits.waiting:
            raise StudioFullError("everybody wants music now; ask again in a few minutes")

    def ticket(self, job_id: int) -> Ticket | None:
        """Return the ticket of a job that is known; None for others."""
        return self._tickets.get(job_id)

    async def forget(self, job_id: int) -> None:
        """Remove a job's files and all memory of it; one that has not ended is stopped first.

        To be called for every job once its end is dealt with, however it ended.
        """
        ticket = self._tickets.get(job_id)
        if ticket is not None:
            ticket.cancel()
            await ticket.end()
            self._tickets.pop(job_id, None)
        folder = self._recipe.folder_of(job_id)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def status(self) -> Status:
        """Return what goes on at this moment."""
        return Status(
            waiting=len(self._queue),
            running=tuple(at for seat in self._seats if (at := self._at_work(seat)) is not None),
            workers=len(self._seats),
            alive=self._alive(),
            restarts=sum(max(0, seat.starts - 1) for seat in self._seats),
            done=self._done,
            failed=self._failed,
            cancelled=self._cancelled,
            mean_s=self._done_s / self._done if self._done else None,
            model=self._model,
            missing=self._missing,
            closing=self._closing,
        )

    def _at_work(self, seat: Seat) -> AtWork | None:
        if seat.ticket is None:
            return None
        job, latest = seat.ticket.job, seat.ticket.latest
        stage = latest.stage if isinstance(latest, Running) else "start"
        return AtWork(job.id, job.kind, stage, self._clock() - seat.began_s)

    def _alive(self) -> int:
        return sum(seat.worker is not None for seat in self._seats)

    async def close(self, grace_s: float) -> None:
        """End the studio: what waits is parked, what runs may finish within the grace.

        Afterwards every job has its end, no worker lives, and the files of jobs that are done are
        still there.
        """
        self._closing = True
        for ticket in self._queue.order():
            self._leave_queue(ticket)
            self._finish(ticket, Parked())
        await self._until_idle(grace_s)
        for seat in self._seats:
            seat.stop(Parked(), 0.0)
        await self._until_idle(None)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._log.info("studio_closed")

    async def _until_idle(self, within_s: float | None) -> None:
        """Return when no job is at work, or the time is over."""
        try:
            async with asyncio.timeout(within_s):
                while any(seat.ticket is not None for seat in self._seats):
                    self._ended.clear()
                    await self._ended.wait()
        except TimeoutError:
            return

    # What the seats report.

    def ready(self, seat: Seat) -> None:
        """Give a seat whose worker waits the next job."""
        self._missing = None
        if seat.worker is not None:
            self._model = seat.worker.model
        self._dispatch()

    def missing(self, sentence: str) -> None:
        """A worker cannot start: with no other alive, nobody need wait for it."""
        self._missing = sentence
        if not self._alive():
            for ticket in self._queue.order():
                self._leave_queue(ticket)
                self._finish(ticket, Failed(sentence, "missing_part"))

    def finished(self, ticket: Ticket, end: End | None, seconds: float) -> None:
        """End a job that has left its worker, or let it wait once more where the worker died."""
        if end is None:
            ticket.deaths += 1
            if self._closing:
                end = Parked()
            elif ticket.deaths >= _TRIES:
                end = _WORKER_DIED
            else:
                self._log_of(ticket).warning("job_tried_again")
                self._wait(ticket, self._queue.add_first)
        if isinstance(end, Done):
            self._done_s += seconds
        if end is not None:
            self._finish(ticket, end)
        self._ended.set()

    # The queue.

    def _wait(self, ticket: Ticket, add: Callable[[Ticket, Hashable, Hashable], None]) -> None:
        """Let a ticket wait, with a deadline; it is at work already where a worker is free."""
        add(ticket, _server_of(ticket.job), ticket.job.person_id)
        loop = asyncio.get_running_loop()
        self._deadlines[ticket] = loop.call_later(self._limits.wait_s, self._overdue, ticket)
        self._dispatch()

    def _leave_queue(self, ticket: Ticket) -> None:
        self._queue.remove(ticket)
        self._deadlines.pop(ticket).cancel()

    def _overdue(self, ticket: Ticket) -> None:
        self._leave_queue(ticket)
        self._finish(ticket, _WAITED_TOO_LONG)
        self._tell_places()

    def _cancel(self, ticket: Ticket) -> None:
        if ticket in self._queue:
            self._leave_queue(ticket)
            self._finish(ticket, Cancelled())
            self._tell_places()
            return
        for seat in self._seats:
            if seat.ticket is ticket:
                seat.stop(Cancelled(), self._limits.grace_s)

    def _dispatch(self) -> None:
        """Bring jobs to the workers that wait for one, and tell all others their places."""
        for seat in self._seats:
            if seat.idle and self._queue and not self._closing:
                ticket = self._queue.take()
                self._deadlines.pop(ticket).cancel()
                seat.give(ticket)
        self._tell_places()

    def _tell_places(self) -> None:
        for place, ticket in enumerate(self._queue.order(), start=1):
            ticket.tell(Waiting(place))

    def _finish(self, ticket: Ticket, end: End) -> None:
        self._done += isinstance(end, Done)
        self._failed += isinstance(end, Failed)
        self._cancelled += isinstance(end, Cancelled)
        reason = {"reason": end.reason} if isinstance(end, Failed) else {}
        self._log_of(ticket).info("job_ended", end=type(end).__name__.lower(), **reason)
        ticket.tell(end)

    def _log_of(self, ticket: Ticket) -> FilteringBoundLogger:
        return self._log.bind(job=ticket.job.id, request=ticket.job.request_id)


def _server_of(job: Job) -> Hashable:
    """Return whose turn the job takes: in direct messages each person is a server of their own."""
    return job.server_id if job.server_id is not None else ("person", job.person_id)


def _count(pieces: int) -> str:
    return "one piece" if pieces == 1 else f"{pieces} pieces"


def _emptied(folder: Path) -> None:
    """Make the folder, without what an earlier life left in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("job-*"):
        shutil.rmtree(left, ignore_errors=True)
