"""Messages of the bot that carry a piece: how an answer or a reaction finds its piece."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from bot.storage.database import Database, affected
from bot.storage.models import MessageRow, PieceRow
from bot.storage.records import Clock, Message, MessageKind, Piece
from bot.storage.rows import piece_record, record
from bot.storage.servers import enter


class Messages:
    """The bot's messages by their ids."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self,
        message_id: int,
        *,
        channel_id: int,
        server_id: int | None,
        piece_id: int,
        kind: MessageKind,
    ) -> Message:
        """The message carries this piece; a message known before carries it from now on.

        Raises GoneError for a piece that was deleted.
        """
        now = self._clock()
        values = {
            "id": message_id,
            "channel_id": channel_id,
            "server_id": server_id,
            "piece_id": piece_id,
            "kind": kind,
            "sent_at": now,
            "deleted_at": None,
        }
        async with self._database.writing() as session:
            await enter(self._database, session, server_id, now)
            await self._database.insert(session, MessageRow, values, update=("piece_id", "kind"))
            return record(Message, await session.get_one(MessageRow, message_id))

    async def of_piece(self, piece_id: int, *, deleted: bool = False) -> list[Message]:
        """Messages that carry this piece, the oldest first; deleted ones only if asked for."""
        rows = select(MessageRow).where(MessageRow.piece_id == piece_id)
        if not deleted:
            rows = rows.where(MessageRow.deleted_at.is_(None))
        async with self._database.reading() as session:
            found = await session.scalars(rows.order_by(MessageRow.id))
            return [record(Message, row) for row in found]

    async def piece_of(self, message_id: int) -> Piece | None:
        """The piece that this message carries, or carried until it was deleted."""
        row = select(PieceRow).join(MessageRow, MessageRow.piece_id == PieceRow.id)
        async with self._database.reading() as session:
            found = await session.scalar(row.where(MessageRow.id == message_id))
            return None if found is None else piece_record(found)

    async def deleted(self, message_ids: Collection[int]) -> int:
        """These messages are marked as deleted; returns how many of them were known."""
        rows = update(MessageRow).where(
            MessageRow.id.in_(message_ids), MessageRow.deleted_at.is_(None)
        )
        async with self._database.writing() as session:
            return affected(await session.execute(rows.values(deleted_at=self._clock())))

    async def recent(self, since: datetime, limit: int) -> list[Message]:
        """Messages that were sent at or after this time and stand, the newest first."""
        rows = select(MessageRow).where(
            MessageRow.sent_at >= since, MessageRow.deleted_at.is_(None)
        )
        newest = rows.order_by(MessageRow.sent_at.desc(), MessageRow.id.desc()).limit(limit)
        async with self._database.reading() as session:
            return [record(Message, row) for row in await session.scalars(newest)]
