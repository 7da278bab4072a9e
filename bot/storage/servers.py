"""Servers that the bot is or was in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database, affected
from bot.storage.errors import GoneError
from bot.storage.forget import forget_jobs, forget_pieces
from bot.storage.models import JobRow, MessageRow, PieceRow, RunRow, ServerRow, SettingRow
from bot.storage.records import Clock, Forgotten, Server
from bot.storage.rows import record


async def enter(
    database: Database, session: AsyncSession, server_id: int | None, at: datetime
) -> None:
    """The server is known; None, which is no server, needs nothing."""
    if server_id is not None:
        values = {"id": server_id, "joined_at": at, "left_at": None}
        await database.insert(session, ServerRow, values)


class Servers:
    """The servers by their ids."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def seen(self, server_id: int) -> Server:
        """The bot is in this server: since it joined first, or again."""
        async with self._database.writing() as session:
            await enter(self._database, session, server_id, self._clock())
            row = await session.get_one(ServerRow, server_id)
            row.left_at = None
            return record(Server, row)

    async def left(self, server_id: int) -> Server | None:
        """The bot is no longer there, since now; None for a server that was never known."""
        async with self._database.writing() as session:
            row = await session.get(ServerRow, server_id)
            if row is None:
                return None
            row.left_at = row.left_at or self._clock()
            return record(Server, row)

    async def delete(self, server_id: int) -> Forgotten:
        """Nothing is kept of this server: pieces, their ratings, messages, jobs, settings, runs.

        People stay known. Raises GoneError if the server was not known.
        """
        async with self._database.deleting() as session:
            row = await session.get(ServerRow, server_id)
            if row is None:
                raise GoneError("Nothing is kept of this server, so there is nothing to delete.")
            pieces = await forget_pieces(session, PieceRow.server_id == server_id)
            jobs = await forget_jobs(session, JobRow.server_id == server_id)
            others = delete(MessageRow).where(MessageRow.server_id == server_id)
            elsewhere = affected(await session.execute(others))
            settings = delete(SettingRow).where(SettingRow.server_id == server_id)
            kept = affected(await session.execute(settings))
            learned = delete(RunRow).where(RunRow.server_id == server_id)
            runs = affected(await session.execute(learned))
            await session.delete(row)
        counts = pieces.counts | jobs.counts | {"settings": kept, "runs": runs, "servers": 1}
        counts["messages"] += elsewhere
        messages = pieces.messages + jobs.messages
        return Forgotten(counts, messages, jobs=jobs.jobs)
