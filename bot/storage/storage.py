"""The storage as one thing: opened, brought up to date, closed."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from bot.storage.database import Database, make_file, read_url
from bot.storage.jobs import Jobs
from bot.storage.messages import Messages
from bot.storage.migrate import migrate
from bot.storage.people import People
from bot.storage.pieces import Pieces
from bot.storage.ratings import Ratings
from bot.storage.records import Clock
from bot.storage.runs import Runs
from bot.storage.served import Models
from bot.storage.servers import Servers
from bot.storage.settings import Settings
from bot.storage.trials import Trials


class Storage:
    """All that is kept. Any number of tasks may use it at once.

    Every method of its parts is one transaction: it happens as a whole or not at all. All
    raise StorageError when the database cannot be used.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.people = People(database, clock)
        self.servers = Servers(database, clock)
        self.pieces = Pieces(database, clock)
        self.messages = Messages(database, clock)
        self.ratings = Ratings(database, clock)
        self.jobs = Jobs(database, clock)
        self.settings = Settings(database, clock)
        self.models = Models(database, clock)
        self.runs = Runs(database, clock)
        self.trials = Trials(database, clock)

    @classmethod
    async def open(cls, url: str, clock: Clock) -> Storage:
        """The storage at this URL, its tables as this version of the code knows them.

        ``sqlite:///data/cadenza.sqlite3`` (the file and its folder are made where missing) or
        ``postgresql://user:password@host/name``. Raises StorageError.
        """
        where = read_url(url)
        await asyncio.to_thread(make_file, where)
        await migrate(where)
        return cls(Database(where), clock)

    async def close(self) -> None:
        """Every connection is closed; nothing may be asked any more."""
        await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
