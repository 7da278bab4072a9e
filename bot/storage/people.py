"""People: seen, told what is kept of them, and forgotten."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ratings import RatingKind
from bot.storage.column_types import Base
from bot.storage.database import Database, affected
from bot.storage.errors import GoneError
from bot.storage.forget import forget_jobs, forget_pieces
from bot.storage.models import (
    ChoiceRow,
    JobRow,
    MessageRow,
    PersonRow,
    PieceRow,
    RatingRow,
    RunRow,
    TrialRow,
)
from bot.storage.records import Clock, Forgotten, Person, Reaction
from bot.storage.rows import columns, primary_key, record


async def meet(database: Database, session: AsyncSession, person_id: int, at: datetime) -> None:
    """The person is known, and locked until the transaction ends: one thing at a time of each."""
    await database.insert(session, PersonRow, {"id": person_id, "first_seen_at": at})
    await lock(session, person_id)


async def lock(session: AsyncSession, person_id: int | None) -> PersonRow | None:
    """The person's row, held until the transaction ends; None for somebody unknown."""
    if person_id is None:
        return None
    return await session.get(PersonRow, person_id, with_for_update=True)


class People:
    """Whoever asked or rated."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def seen(self, person_id: int) -> Person:
        """The person is known, since now or earlier."""
        async with self._database.writing() as session:
            await meet(self._database, session, person_id, self._clock())
            return record(Person, await session.get_one(PersonRow, person_id))

    async def export(self, person_id: int) -> dict[str, Any]:
        """All that is kept of this person, as JSON can say it; MIDI and tokens as base64.

        Keys: person (None if unknown), pieces, messages (that carry these pieces), ratings
        (given), jobs, trials (of these pieces), choices (made), runs (started); lists are in the
        order in which things came about.
        """
        pieces = select(PieceRow.id).where(PieceRow.person_id == person_id).scalar_subquery()
        async with self._database.reading() as session:
            person = await session.get(PersonRow, person_id)
            return {
                "person": person and _as_json(person),
                "pieces": await _rows(session, PieceRow, PieceRow.person_id == person_id),
                "messages": await _rows(session, MessageRow, MessageRow.piece_id.in_(pieces)),
                "ratings": await _rows(session, RatingRow, RatingRow.person_id == person_id),
                "jobs": await _rows(session, JobRow, JobRow.person_id == person_id),
                "trials": await _rows(session, TrialRow, TrialRow.person_id == person_id),
                "choices": await _rows(session, ChoiceRow, ChoiceRow.person_id == person_id),
                "runs": await _rows(session, RunRow, RunRow.started_by == person_id),
            }

    async def delete(self, person_id: int) -> Forgotten:
        """Nothing is kept of this person; what others made of their pieces stays.

        Gone are the pieces with their messages, everybody's ratings of them and the trials they
        stood in, the ratings given, the choices made and the jobs. Fine-tunes stay and name
        nobody. Raises GoneError if nothing was known of the person.
        """
        async with self._database.deleting() as session:
            person = await lock(session, person_id)
            if person is None:
                raise GoneError("Nothing is kept of you, so there is nothing to delete.")
            reactions = await _reactions(session, person_id)
            pieces = await forget_pieces(session, PieceRow.person_id == person_id)
            given = delete(RatingRow).where(RatingRow.person_id == person_id)
            ratings = affected(await session.execute(given))
            made = delete(ChoiceRow).where(ChoiceRow.person_id == person_id)
            choices = affected(await session.execute(made))
            jobs = await forget_jobs(session, JobRow.person_id == person_id)
            await session.execute(_nobodys_runs(person_id))
            await session.delete(person)
        counts = pieces.counts | jobs.counts | {"people": 1}
        counts["ratings"] += ratings
        counts["choices"] += choices
        messages = pieces.messages + jobs.messages
        return Forgotten(counts, messages, reactions, jobs.jobs)


def _nobodys_runs(person_id: int) -> Update:
    """The person's fine-tunes no longer say who started them, nor where they talked to them."""
    nobody = {"started_by": None, "channel_id": None, "message_id": None}
    return update(RunRow).where(RunRow.started_by == person_id).values(nobody)


async def _reactions(session: AsyncSession, person_id: int) -> tuple[Reaction, ...]:
    """The person's reactions that stand on messages about other people's pieces."""
    found = await session.execute(
        select(MessageRow.channel_id, MessageRow.id, RatingRow.kind, MessageRow.server_id)
        .join(MessageRow, RatingRow.message_id == MessageRow.id)
        .where(
            RatingRow.person_id == person_id,
            RatingRow.source == "reaction",
            RatingRow.withdrawn_at.is_(None),
            RatingRow.own.is_(False),
            MessageRow.deleted_at.is_(None),
        )
        .order_by(RatingRow.id)
    )
    return tuple(
        Reaction(channel, message, cast(RatingKind, kind), server)
        for channel, message, kind, server in found
    )


async def _rows(
    session: AsyncSession, table: type[Base], which: ColumnElement[bool]
) -> list[dict[str, Any]]:
    rows = select(table).where(which).order_by(*primary_key(table))
    found = await session.scalars(rows)
    return [_as_json(row) for row in found]


def _as_json(row: Base) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in columns(type(row))}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value
