"""Models that have written pieces."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.models import ModelRow
from bot.storage.records import Clock, Model
from bot.storage.rows import record


class Models:
    """Models by id and by name."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def served(self, name: str, card: dict[str, Any]) -> Model:
        """The model is known since it was first served; its card is as it was then."""
        values = {"name": name, "first_served_at": self._clock(), "card": card}
        async with self._database.writing() as session:
            await self._database.insert(session, ModelRow, values)
            row = select(ModelRow).where(ModelRow.name == name)
            return record(Model, (await session.scalars(row)).one())

    async def get(self, model_id: int) -> Model | None:
        """The model; None if it is not there."""
        async with self._database.reading() as session:
            row = await session.get(ModelRow, model_id)
            return None if row is None else record(Model, row)
