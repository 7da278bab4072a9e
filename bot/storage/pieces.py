"""Pieces: kept, found again, ranked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Float, cast, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database
from bot.storage.forget import forget_pieces
from bot.storage.models import MessageRow, PieceRow
from bot.storage.people import meet
from bot.storage.records import Clock, Forgotten, NewPiece, Piece, RatedPiece
from bot.storage.rows import columns, piece_record
from bot.storage.servers import enter
from bot.storage.votes import counted_votes, score_of

PRIOR_VOTES = 3
"""Votes of score 0 that every piece is thought to have: set by hand, so that four listeners who
like a piece (4/7) weigh more than one who is on fire (2/4)."""


async def add_piece(
    database: Database,
    session: AsyncSession,
    piece: NewPiece,
    *,
    at: datetime,
    job_id: int | None = None,
    place: int = 0,
) -> Piece:
    """The piece is in the session's transaction, behind its parent if that is still there."""
    await meet(database, session, piece.person_id, at)
    await enter(database, session, piece.server_id, at)
    parent = await _parent(session, piece.parent_id)
    given = {name: getattr(piece, name) for name in columns(PieceRow) if hasattr(piece, name)}
    row = PieceRow(**given)
    row.files = {kind: asdict(file) for kind, file in piece.files.items()}
    row.changes = list(piece.changes)
    row.parent_id = parent.id if parent else None
    row.version = parent.version + 1 if parent else 1
    row.job_id, row.place, row.made_at = job_id, place, at
    session.add(row)
    await session.flush()
    row.root_id = parent.root_id if parent else row.id
    await session.flush()
    return piece_record(row)


async def _parent(session: AsyncSession, piece_id: int | None) -> PieceRow | None:
    """The parent, held against deletion until the transaction ends."""
    if piece_id is None:
        return None
    return await session.get(PieceRow, piece_id, with_for_update={"read": True})


class Pieces:
    """All pieces that were made."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, piece: NewPiece) -> Piece:
        """The piece is kept. What a job has made goes by ``Jobs.composed`` instead."""
        async with self._database.writing() as session:
            return await add_piece(self._database, session, piece, at=self._clock())

    async def get(self, piece_id: int) -> Piece | None:
        """The piece; None if it is not, or no longer, there."""
        return await self._one(PieceRow.id == piece_id)

    async def parent(self, piece_id: int) -> Piece | None:
        """The piece that this one is a version of."""
        child = select(PieceRow.parent_id).where(PieceRow.id == piece_id).scalar_subquery()
        return await self._one(PieceRow.id == child)

    async def first(self, piece_id: int) -> Piece | None:
        """The first version that this piece goes back to; itself if it is that."""
        child = select(PieceRow.root_id).where(PieceRow.id == piece_id).scalar_subquery()
        return await self._one(PieceRow.id == child)

    async def latest_in_channel(self, channel_id: int, person_id: int) -> Piece | None:
        """The person's piece that was posted last in this channel, or composed last for it.

        A piece that is shown again ("undo") is the latest from then on.
        """
        shown = (
            select(PieceRow)
            .join(MessageRow, MessageRow.piece_id == PieceRow.id)
            .where(MessageRow.channel_id == channel_id, PieceRow.person_id == person_id)
            .where(MessageRow.kind == "piece", MessageRow.deleted_at.is_(None))
            .order_by(MessageRow.id.desc())
            .limit(1)
        )
        async with self._database.reading() as session:
            row = await session.scalar(shown)
            if row is not None:
                return piece_record(row)
        return await self._one(
            (PieceRow.channel_id == channel_id) & (PieceRow.person_id == person_id)
        )

    async def of_person(
        self, person_id: int, server_id: int | None = None, *, offset: int = 0, limit: int = 10
    ) -> list[Piece]:
        """The person's pieces, in this server or anywhere (None), the newest first."""
        rows = select(PieceRow).where(_of_person(person_id, server_id))
        page = rows.order_by(PieceRow.id.desc()).offset(offset).limit(limit)
        async with self._database.reading() as session:
            return [piece_record(row) for row in await session.scalars(page)]

    async def count_of_person(self, person_id: int, server_id: int | None = None) -> int:
        """How many pieces ``of_person`` would give without a limit."""
        count = select(func.count()).where(_of_person(person_id, server_id))
        async with self._database.reading() as session:
            return await session.scalar(count) or 0

    async def top(
        self, server_id: int | None = None, *, offset: int = 0, limit: int = 10
    ) -> list[RatedPiece]:
        """The best liked pieces of this server, or of all (None), the best first.

        The score is a shrunk mean: the sum of the scores of the counted votes (one of each
        person, own votes left out; bot.ratings has the scores), divided by their number plus
        PRIOR_VOTES. So it lies between -1 and 2, and a single vote is believed less than
        many. Pieces at or below 0 are left out: nobody's best. Ties go to more votes, then to
        the newer piece.
        """
        voted = counted_votes().subquery()
        votes = (
            select(
                voted.c.piece_id,
                func.count().label("number"),
                func.sum(score_of(voted.c.kind)).label("total"),
            )
            .where(voted.c.own.is_(False))
            .group_by(voted.c.piece_id)
            .subquery()
        )
        score = cast(votes.c.total, Float) / (votes.c.number + PRIOR_VOTES)
        best = (
            select(PieceRow, score, votes.c.number)
            .join(votes, votes.c.piece_id == PieceRow.id)
            .where(votes.c.total > 0, _in_server(server_id))
            .order_by(score.desc(), votes.c.number.desc(), PieceRow.id.desc())
            .offset(offset)
            .limit(limit)
        )
        async with self._database.reading() as session:
            found = await session.execute(best)
            return [RatedPiece(piece_record(row), value, many) for row, value, many in found]

    async def delete(self, piece_id: int) -> Forgotten:
        """This piece is gone with its ratings and messages; versions made of it stay."""
        async with self._database.deleting() as session:
            return await forget_pieces(session, PieceRow.id == piece_id)

    async def _one(self, which: ColumnElement[bool]) -> Piece | None:
        """The newest such piece."""
        newest = select(PieceRow).where(which).order_by(PieceRow.id.desc()).limit(1)
        async with self._database.reading() as session:
            row = await session.scalar(newest)
            return None if row is None else piece_record(row)


def _in_server(server_id: int | None) -> ColumnElement[bool]:
    return true() if server_id is None else PieceRow.server_id == server_id


def _of_person(person_id: int, server_id: int | None) -> ColumnElement[bool]:
    return (PieceRow.person_id == person_id) & _in_server(server_id)
