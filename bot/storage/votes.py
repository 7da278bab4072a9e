"""Votes as SQL: which count, what they score, and which are learned from."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ratings import SCORES
from bot.storage.learning_records import Counted, JudgedPiece
from bot.storage.models import ModelRow, PieceRow, RatingRow
from bot.storage.records import Rating
from bot.storage.rows import record


def counted_votes(*which: ColumnElement[bool]) -> Select[Any]:
    """Of each person and piece the vote that counts: the latest that is not withdrawn."""
    newest = func.row_number().over(
        partition_by=(RatingRow.piece_id, RatingRow.person_id), order_by=RatingRow.id.desc()
    )
    standing = (
        select(*RatingRow.__table__.columns, newest.label("age"))
        .where(RatingRow.withdrawn_at.is_(None), *which)
        .subquery()
    )
    return select(standing).where(standing.c.age == 1)


def score_of(kind: ColumnElement[str]) -> ColumnElement[int]:
    """The score of a vote, as SQL."""
    return case(dict(SCORES), value=kind)


def _learned_from(server_id: int | None, since: datetime | None) -> Select[Any]:
    """The counted votes on pieces of this server, or of all (None), given then or later."""
    votes = counted_votes().subquery()
    rows = select(votes)
    if since is not None:
        rows = rows.where(votes.c.given_at >= since)
    if server_id is not None:
        here = select(PieceRow.id).where(PieceRow.server_id == server_id)
        rows = rows.where(votes.c.piece_id.in_(here))
    return rows


async def count_votes(
    session: AsyncSession, server_id: int | None, since: datetime | None
) -> Counted:
    """How many such votes there are, on how many pieces, by how many people."""
    votes = _learned_from(server_id, since).subquery()
    row = await session.execute(
        select(
            func.count(),
            func.count(votes.c.piece_id.distinct()),
            func.count(votes.c.person_id.distinct()),
        ).select_from(votes)
    )
    return Counted(*row.one())


async def voters(
    session: AsyncSession, server_id: int | None, since: datetime | None
) -> set[tuple[int, int]]:
    """Piece and person of every such vote."""
    votes = _learned_from(server_id, since).subquery()
    found = await session.execute(select(votes.c.piece_id, votes.c.person_id))
    return {(piece, person) for piece, person in found}


async def judged_pieces(
    session: AsyncSession, server_id: int | None, since: datetime | None
) -> list[JudgedPiece]:
    """The pieces with such votes, in the order of their ids."""
    votes = _learned_from(server_id, since).subquery()
    rows = select(RatingRow).join(votes, votes.c.id == RatingRow.id)
    by_piece: dict[int, list[Rating]] = defaultdict(list)
    for row in await session.scalars(rows.order_by(RatingRow.piece_id, RatingRow.person_id)):
        by_piece[row.piece_id].append(record(Rating, row))
    if_needed = case((PieceRow.tokens.is_(None), PieceRow.midi))  # much larger: only where needed
    pieces = await session.execute(
        select(PieceRow.id, ModelRow.name, PieceRow.brief, PieceRow.tokens, if_needed)
        .outerjoin(ModelRow, ModelRow.id == PieceRow.model_id)
        .where(PieceRow.id.in_(select(votes.c.piece_id)))
        .order_by(PieceRow.id)
    )
    return [
        JudgedPiece(piece, model, brief, tokens, midi, tuple(by_piece[piece]))
        for piece, model, brief, tokens, midi in pieces
    ]
