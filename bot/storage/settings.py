"""Settings of a server, and of the whole bot (server BOT)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from bot.storage.database import Database
from bot.storage.models import SettingRow
from bot.storage.records import Clock


class Settings:
    """Values by server and name; what a name means, its readers know."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, server_id: int, name: str) -> Any:
        """The value, as JSON has it; None if it was never set."""
        async with self._database.reading() as session:
            row = await session.get(SettingRow, (server_id, name))
            return None if row is None else row.value

    async def put(self, server_id: int, name: str, value: Any) -> None:
        """The setting has this value; None takes it away."""
        where = (SettingRow.server_id == server_id, SettingRow.name == name)
        values = {"server_id": server_id, "name": name, "value": value}
        values["changed_at"] = self._clock()
        async with self._database.writing() as session:
            if value is None:
                await session.execute(delete(SettingRow).where(*where))
            else:
                update = ("value", "changed_at")
                await self._database.insert(session, SettingRow, values, update=update)

    async def settled(self, server_id: int, name: str, value: Any) -> Any:
        """The value that the setting has from now on: its own, or this one if it had none."""
        values = {"server_id": server_id, "name": name, "value": value}
        values["changed_at"] = self._clock()
        async with self._database.writing() as session:
            await self._database.insert(session, SettingRow, values)
            return (await session.get_one(SettingRow, (server_id, name))).value

    async def all(self, server_id: int) -> dict[str, Any]:
        """All that is set for this server, by name in alphabetical order."""
        rows = select(SettingRow).where(SettingRow.server_id == server_id)
        async with self._database.reading() as session:
            found = await session.scalars(rows.order_by(SettingRow.name))
            return {row.name: row.value for row in found}
