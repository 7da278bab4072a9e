"""Fine-tunes: asked for, under way, ended; one at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, get_args

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database
from bot.storage.errors import GoneError, StateError
from bot.storage.learning_records import Counted, NewRun, Run, RunEnd, RunState
from bot.storage.models import RunRow
from bot.storage.people import meet
from bot.storage.records import Clock
from bot.storage.rows import record
from bot.storage.servers import enter

RUN_FOLLOWS: dict[str, tuple[RunState, ...]] = {
    "queued": ("running", "failed", "cancelled"),
    "running": ("passed", "refused", "failed", "cancelled", "queued"),
    "passed": (),
    "refused": (),
    "failed": (),
    "cancelled": (),
}
"""State to the states that may follow. Running to queued: it stopped midway and will go on."""


class Runs:
    """All fine-tunes. A scope is a server, or everyone (None)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, run: NewRun) -> Run:
        """The run is queued. Raises StateError while another one is unfinished."""
        now = self._clock()
        values = {**asdict(run), "state": "queued", "unfinished": True}
        values |= {"asked_at": now, "attempts": 0}
        async with self._database.writing() as session:
            if run.started_by is not None:
                await meet(self._database, session, run.started_by, now)
            await enter(self._database, session, run.server_id, now)
            # The database itself lets one in: of two at once the other waits here and is told.
            if not await self._database.insert(session, RunRow, values):
                raise StateError(
                    "A fine-tune is under way already; wait for its end, or cancel it."
                )
            return record(Run, (await session.scalars(_UNFINISHED)).one())

    async def get(self, run_id: int) -> Run | None:
        """The run; None if it is not, or no longer, there."""
        async with self._database.reading() as session:
            row = await session.get(RunRow, run_id)
            return None if row is None else record(Run, row)

    async def unfinished(self) -> Run | None:
        """The run that is queued or running; there is one at most."""
        async with self._database.reading() as session:
            row = await session.scalar(_UNFINISHED)
            return None if row is None else record(Run, row)

    async def latest(
        self,
        server_id: int | None,
        states: Collection[RunState] = get_args(RunState),
        *,
        again: bool = True,
    ) -> Run | None:
        """The run of this scope that was asked for last, among those in one of these states.

        ``again``: also one that makes a model again to judge it, and so learns nothing new.
        """
        rows = select(RunRow).where(_of(server_id), RunRow.state.in_(states))
        if not again:
            rows = rows.where(RunRow.config["again"].as_string().is_(None))
        async with self._database.reading() as session:
            row = await session.scalar(rows.order_by(RunRow.id.desc()).limit(1))
            return None if row is None else record(Run, row)

    async def of_scope(
        self, server_id: int | None, *, offset: int = 0, limit: int = 10
    ) -> list[Run]:
        """The runs of this scope, the newest first."""
        rows = select(RunRow).where(_of(server_id)).order_by(RunRow.id.desc())
        async with self._database.reading() as session:
            found = await session.scalars(rows.offset(offset).limit(limit))
            return [record(Run, row) for row in found]

    async def start(self, run_id: int, *, ratings_sha256: str, counted: Counted) -> Run:
        """The run is under way with these ratings, one attempt more.

        Raises GoneError and StateError, as all below.
        """
        async with self._database.writing() as session:
            row = await _step(session, run_id, "running")
            row.attempts += 1
            row.started_at = self._clock()
            row.ratings_sha256 = ratings_sha256
            row.ratings, row.pieces, row.raters = counted
            return record(Run, row)

    async def requeue(self, run_id: int) -> Run:
        """A run that stopped midway waits to go on."""
        async with self._database.writing() as session:
            return record(Run, await _step(session, run_id, "queued"))

    async def finish(
        self,
        run_id: int,
        state: RunEnd,
        *,
        candidate: str | None = None,
        verdict: dict[str, Any] | None = None,
        sentence: str | None = None,
    ) -> Run:
        """The run has ended; ``sentence`` says why it failed or was refused."""
        async with self._database.writing() as session:
            row = await _step(session, run_id, state)
            row.candidate, row.verdict, row.sentence = candidate, verdict, sentence
            row.ended_at = self._clock()
            row.unfinished = None
            return record(Run, row)

    async def set_message(self, run_id: int, message_id: int | None) -> None:
        """This message shows how far the run is; None when there is none any more."""
        async with self._database.writing() as session:
            (await _locked(session, run_id)).message_id = message_id


_UNFINISHED = select(RunRow).where(RunRow.unfinished.is_(True))


def _of(server_id: int | None) -> ColumnElement[bool]:
    return RunRow.server_id.is_(None) if server_id is None else RunRow.server_id == server_id


async def _step(session: AsyncSession, run_id: int, state: RunState) -> RunRow:
    """The run, locked and in its new state. Raises GoneError and StateError."""
    row = await _locked(session, run_id)
    if state not in RUN_FOLLOWS[row.state]:
        raise StateError(f"Fine-tune {row.id} is {row.state} and cannot become {state}.")
    row.state = state
    return row


async def _locked(session: AsyncSession, run_id: int) -> RunRow:
    row = await session.get(RunRow, run_id, with_for_update=True)
    if row is None:
        raise GoneError(f"Fine-tune {run_id} has been deleted.")
    return row
