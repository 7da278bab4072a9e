"""One place for a worker: it is kept filled, and jobs are brought to it one by one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from bot.jobs import Done, End, Failed, Running
from bot.studio.errors import WorkerDiedError
from bot.studio.limits import Limits
from bot.studio.process import WorkerProcess
from bot.studio.protocol import Word, word_from_json
from bot.studio.ticket import Ticket
from engine.errors import MissingPartError

TOO_LONG = Failed(
    "this piece took longer than I may work on one; ask for a shorter one", "deadline"
)
_LAST_S = 2.0
"""For a worker to end by itself when its input has ended, which it does at once."""
_INTERNAL = Failed(
    "something went wrong while I worked on this; it is noted, please try again", "internal"
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a worker is started, and where the files of its jobs go."""

    command: Sequence[str]
    environ: Mapping[str, str]
    folder: Path
    limits: Limits

    def folder_of(self, job_id: int) -> Path:
        """Return the job's own folder."""
        return self.folder / f"job-{job_id}"


class Office(Protocol):
    """What a seat reports to."""

    def ready(self, seat: Seat) -> None:
        """The seat has a worker that waits for a job."""

    def missing(self, sentence: str) -> None:
        """A worker could not start, because something is missing."""

    def finished(self, ticket: Ticket, end: End | None, seconds: float) -> None:
        """A job has left its worker; no end where the worker died over it."""


class Seat:
    """Runs workers, one after the other, and one job at a time on each."""

    def __init__(
        self,
        recipe: Recipe,
        office: Office,
        clock: Callable[[], float],
        log: FilteringBoundLogger,
    ) -> None:
        self.worker: WorkerProcess | None = None
        """Ready or at work; None while there is none."""
        self.ticket: Ticket | None = None
        """The job it has."""
        self.began_s = 0.0
        """When it got the job, by the clock."""
        self.idle = False
        """Whether a worker waits here for a job."""
        self.starts = 0
        self._recipe = recipe
        self._office = office
        self._clock = clock
        self._log = log
        self._failures = 0
        """Deaths in a row without a finished job."""
        self._given = asyncio.Event()
        self._stopped_as: End | None = None
        self._patience: asyncio.Timeout | None = None

    def give(self, ticket: Ticket) -> None:
        """Bring a job to the worker that waits."""
        self.ticket = ticket
        self.idle = False
        self.began_s = self._clock()
        self._stopped_as = None
        ticket.tell(Running("start", 0.0))
        self._given.set()

    def stop(self, end: End, grace_s: float) -> None:
        """Ask the worker to leave its job, which ends so; after the grace it is killed.

        The first to ask decides how the job ends.
        """
        if self.ticket is None or self._stopped_as is not None:
            return
        self._stopped_as = end
        if self._patience is not None and self.worker is not None:
            self.worker.say({"cancel": self.ticket.job.id})
            self._patience.reschedule(asyncio.get_running_loop().time() + grace_s)

    async def run(self) -> None:
        """Keep a worker at work until cancelled; whatever fails here is logged and begun anew."""
        while True:
            try:
                await self._employ()
            except Exception:  # noqa: BLE001 - whatever it is, the place must not stay empty
                self._log.exception("seat_failed")
                self._failures += 1
                self._leave(_INTERNAL)
            await asyncio.sleep(self._recipe.limits.restart_after_s(self._failures))

    async def _employ(self) -> None:
        """Start a worker and bring it jobs until it dies."""
        recipe = self._recipe
        self.starts += 1
        try:
            self.worker = await WorkerProcess.start(
                recipe.command, recipe.environ, recipe.limits.start_s
            )
            self._log.info("worker_ready", pid=self.worker.pid, model=self.worker.model)
            await self._serve(self.worker)
        except MissingPartError as error:
            self._failures += 1
            self._log.error("worker_lacks_a_part", what=str(error))
            self._office.missing(str(error))
        except WorkerDiedError as error:
            self._failures += 1
            self._log.error("worker_died", why=str(error), in_a_row=self._failures)
        finally:
            worker, self.worker = self.worker, None
            if worker is not None:
                await worker.close(_LAST_S)

    async def _serve(self, worker: WorkerProcess) -> None:
        """Do job after job; raises WorkerDiedError once the worker is dead."""
        while True:
            self._given.clear()
            self.idle = True
            self._office.ready(self)
            given = asyncio.create_task(self._given.wait())
            try:
                await asyncio.wait([given, worker.gone], return_when=asyncio.FIRST_COMPLETED)
            finally:
                given.cancel()
                self.idle = False
            if self.ticket is None:
                raise WorkerDiedError("it ended while it waited")
            await self._do(worker, self.ticket)

    async def _do(self, worker: WorkerProcess, ticket: Ticket) -> None:
        """Bring one job to its end; WorkerDiedError, with the job handed back, if it kills."""
        end: End | None = None
        death: WorkerDiedError | None = None
        try:
            end = await self._until_end(worker, ticket)
            self._failures = 0
        except WorkerDiedError as error:
            death = error
            await worker.kill()
        if not isinstance(end, Done) or self._stopped_as is not None:
            folder = self._recipe.folder_of(ticket.job.id)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        self._leave(self._stopped_as or end)
        if death is not None:
            raise death

    async def _until_end(self, worker: WorkerProcess, ticket: Ticket) -> End:
        """Return the end that the worker tells; WorkerDiedError if it has to be killed."""
        limits, job = self._recipe.limits, ticket.job
        if self._stopped_as is not None:
            return self._stopped_as  # the worker has not heard of it
        loop = asyncio.get_running_loop()
        late = loop.call_later(limits.work_s, self.stop, TOO_LONG, limits.grace_s)
        try:
            async with asyncio.timeout(None) as self._patience:
                folder = self._recipe.folder_of(job.id)
                worker.say({"job": job.to_json(), "folder": str(folder)})
                while isinstance(word := await self._word(worker, job.id), Running):
                    ticket.tell(word)
                return word
        except TimeoutError:
            raise WorkerDiedError("it did not stop when asked") from None
        finally:
            self._patience = None
            late.cancel()

    async def _word(self, worker: WorkerProcess, job_id: int) -> Word:
        message = await worker.hear(self._recipe.limits.silence_s)
        try:
            about, word = word_from_json(message)
        except (KeyError, TypeError, ValueError) as error:
            raise WorkerDiedError("it said something that means nothing") from error
        if about != job_id:
            raise WorkerDiedError("it spoke of a job that it does not have")
        return word

    def _leave(self, end: End | None) -> None:
        """Hand the job back; the seat is without one."""
        ticket, self.ticket = self.ticket, None
        if ticket is not None:
            seconds = self._clock() - self.began_s
            self._office.finished(ticket, end, seconds)
