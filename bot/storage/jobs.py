"""Jobs: what was asked for and is not lost by a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import VARIATIONS
from bot.storage.database import Database
from bot.storage.errors import GoneError, StateError
from bot.storage.forget import UNFINISHED
from bot.storage.models import JobRow, PieceRow
from bot.storage.people import lock, meet
from bot.storage.pieces import add_piece
from bot.storage.records import Clock, JobEnd, JobState, NewJob, NewPiece, Piece, StoredJob
from bot.storage.rows import piece_record, record
from bot.storage.servers import enter

FOLLOWS: dict[str, tuple[JobState, ...]] = {
    "queued": ("running", "cancelled", "failed"),
    "running": ("composed", "posted", "queued", "cancelled", "failed"),
    "composed": ("posted", "failed"),
    "posted": (),
    "failed": (),
    "cancelled": (),
}
"""State to the states that may follow. Running to posted: stems, which are no new piece."""


class Jobs:
    """All jobs, waiting, at work and ended."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, job: NewJob) -> StoredJob:
        """The job is queued."""
        now = self._clock()
        async with self._database.writing() as session:
            await meet(self._database, session, job.person_id, now)
            await enter(self._database, session, job.server_id, now)
            row = JobRow(**asdict(job), state="queued", attempts=0, queued_at=now)
            session.add(row)
            await session.flush()
            return record(StoredJob, row)

    async def get(self, job_id: int) -> StoredJob | None:
        """The job; None if it is not, or no longer, there."""
        async with self._database.reading() as session:
            row = await session.get(JobRow, job_id)
            return None if row is None else record(StoredJob, row)

    async def start(self, job_id: int) -> StoredJob:
        """The job runs, one attempt more. Raises GoneError and StateError, as all below."""
        async with self._database.writing() as session:
            row = await _step(session, job_id, "running")
            row.attempts += 1
            row.started_at = self._clock()
            return record(StoredJob, row)

    async def requeue(self, job_id: int) -> StoredJob:
        """A job that was running waits again, at its old place."""
        async with self._database.writing() as session:
            return record(StoredJob, await _step(session, job_id, "queued"))

    async def park(self, job_id: int) -> StoredJob:
        """A job that was running waits again, as if it had not been begun."""
        async with self._database.writing() as session:
            row = await _step(session, job_id, "queued")
            row.attempts -= 1
            return record(StoredJob, row)

    async def composed(self, job_id: int, pieces: Sequence[NewPiece]) -> list[Piece]:
        """The job is composed and its pieces are kept, all of it or nothing.

        Told twice, it keeps and returns what it was told first.
        """
        asked_by = select(JobRow.person_id).where(JobRow.id == job_id)
        async with self._database.writing() as session:
            # The person first, as a deletion of all that is theirs does: else each would wait
            # for what the other holds.
            await lock(session, await session.scalar(asked_by))
            row = await _locked(session, job_id)
            if row.state in ("composed", "posted"):
                return await _pieces_of(session, job_id)
            _check(row, "composed")
            kept = [
                await add_piece(
                    self._database, session, piece, at=self._clock(), job_id=job_id, place=place
                )
                for place, piece in enumerate(pieces)
            ]
            row.state = "composed"
            return kept

    async def pieces(self, job_id: int) -> list[Piece]:
        """What the job has made, in the order in which it was told."""
        async with self._database.reading() as session:
            return await _pieces_of(session, job_id)

    async def finish(self, job_id: int, state: JobEnd, sentence: str | None = None) -> StoredJob:
        """The job has ended; ``sentence`` says why it failed. Its payload is emptied."""
        async with self._database.writing() as session:
            row = await _step(session, job_id, state)
            row.sentence = sentence
            row.ended_at = self._clock()
            row.payload = {}
            return record(StoredJob, row)

    async def set_progress_message(self, job_id: int, message_id: int | None) -> None:
        """This message shows how far the job is; None when there is none any more."""
        async with self._database.writing() as session:
            (await _locked(session, job_id)).progress_message_id = message_id

    async def unfinished(self) -> list[StoredJob]:
        """Jobs that have not ended, in the order in which they were asked for."""
        rows = select(JobRow).where(JobRow.state.in_(UNFINISHED)).order_by(JobRow.id)
        async with self._database.reading() as session:
            return [record(StoredJob, row) for row in await session.scalars(rows)]

    async def count_of_day(self, person_id: int, since: datetime) -> int:
        """How many pieces the person asked for since then; variations are several.

        The failed and cancelled do not count, nor what only plays a piece that is there.
        """
        pieces = case((JobRow.kind == "variations", VARIATIONS), else_=1)
        count = select(func.sum(pieces)).where(
            JobRow.kind != "render",
            JobRow.person_id == person_id,
            JobRow.queued_at >= since,
            JobRow.state.not_in(("failed", "cancelled")),
        )
        async with self._database.reading() as session:
            return await session.scalar(count) or 0

    async def waiting(self, person_id: int | None = None) -> int:
        """How many jobs of this person, or of all (None), are queued or running."""
        count = select(func.count()).where(JobRow.state.in_(("queued", "running")))
        if person_id is not None:
            count = count.where(JobRow.person_id == person_id)
        async with self._database.reading() as session:
            return await session.scalar(count) or 0


async def _step(session: AsyncSession, job_id: int, state: JobState) -> JobRow:
    """The job, locked and in its new state. Raises GoneError and StateError."""
    row = await _locked(session, job_id)
    _check(row, state)
    row.state = state
    return row


async def _locked(session: AsyncSession, job_id: int) -> JobRow:
    row = await session.get(JobRow, job_id, with_for_update=True)
    if row is None:
        raise GoneError(f"Job {job_id} has been deleted.")
    return row


def _check(row: JobRow, state: JobState) -> None:
    if state not in FOLLOWS[row.state]:
        raise StateError(f"Job {row.id} is {row.state} and cannot become {state}.")


async def _pieces_of(session: AsyncSession, job_id: int) -> list[Piece]:
    rows = select(PieceRow).where(PieceRow.job_id == job_id).order_by(PieceRow.place)
    return [piece_record(row) for row in await session.scalars(rows)]
