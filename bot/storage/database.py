"""One database, SQLite or PostgreSQL: its engine, its transactions, its errors as sentences.

SQLite lets one writer at a time in. Writers of this process stand in line for a lock of ours,
which is fair and costs nothing; ``BEGIN IMMEDIATE`` and a timeout hold off writers of others.
"""

from __future__ import annotations

import sqlite3
import time
from asyncio import Lock
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    closing,
    contextmanager,
    nullcontext,
)
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import URL, Connection, CursorResult, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from bot.storage.column_types import Base
from bot.storage.errors import GoneError, StorageError
from bot.storage.rows import primary_key

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_PRAGMAS_OF_MIGRATION = (
    "secure_delete = ON",  # what a person deletes is overwritten
    "synchronous = NORMAL",  # with WAL a crash costs at most the latest moment, never the file
)
_PRAGMAS = ("foreign_keys = ON", *_PRAGMAS_OF_MIGRATION)
_PATIENCE_S = 30  # for SQLite's file held by another process; its writes take milliseconds
_BETWEEN_ATTEMPTS_S = 0.02
_CONNECT_S = 10  # for PostgreSQL to answer; the driver's own minute is long for who waits
_DELETIONS = 0x476F6E65  # "Gone": as ``migrate._LOCK``, any number that others do not use
_FOREIGN_KEY_VIOLATION = "23503"  # SQLSTATE, PostgreSQL's manual, appendix A


def read_url(text: str) -> URL:
    """The URL with the driver that we use.

    Raises StorageError where it names neither a SQLite file nor a PostgreSQL database.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StorageError(_HOW_URLS_LOOK) from error
    if url.drivername not in _DRIVERS:
        raise StorageError(_HOW_URLS_LOOK)
    if url.get_backend_name() == "sqlite" and not _names_a_file(url.database):
        raise StorageError(_HOW_URLS_LOOK)
    return _with_ssl(url.set(drivername=_DRIVERS[url.drivername]))


_HOW_URLS_LOOK = (
    "The database's URL has to look like sqlite:///data/cadenza.sqlite3 or "
    "postgresql://user:password@host/name; correct it in the settings."
)


def _names_a_file(path: str | None) -> bool:
    """In memory every connection would have a database of its own."""
    return bool(path) and path != ":memory:" and not str(path).startswith("file:")


def _with_ssl(url: URL) -> URL:
    """``sslmode``, as hosts of PostgreSQL hand it out, in the driver's spelling."""
    if "sslmode" not in url.query:
        return url
    query = {("ssl" if key == "sslmode" else key): value for key, value in url.query.items()}
    return url.set(query=query)


def open_engine(url: URL, *, migrating: bool = False) -> AsyncEngine:
    """An engine that has not connected yet.

    SQLite: foreign keys hold, except while migrating (a table that is built anew is dropped
    in between, and every row that points at it would go with it).
    """
    if url.get_backend_name() != "sqlite":
        return create_async_engine(
            url, pool_pre_ping=True, hide_parameters=True, connect_args={"timeout": _CONNECT_S}
        )
    connect = {"timeout": _PATIENCE_S, "isolation_level": None}  # we say BEGIN ourselves
    engine = create_async_engine(url, hide_parameters=True, connect_args=connect)

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        for pragma in _PRAGMAS_OF_MIGRATION if migrating else _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


class Database:
    """Transactions, each on a connection of its own."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = open_engine(url)
        self._is_sqlite = url.get_backend_name() == "sqlite"
        # One state of things for all that a transaction reads: SQLite's way, anyway.
        one_state = {} if self._is_sqlite else {"isolation_level": "REPEATABLE READ"}
        reader = self._engine.execution_options(reads=True, **one_state)
        self._reads = async_sessionmaker(reader, expire_on_commit=False)
        self._writes = async_sessionmaker(self._engine, expire_on_commit=False)
        self._turn: AbstractAsyncContextManager[Any] = Lock() if self._is_sqlite else nullcontext()

    async def close(self) -> None:
        """Every connection is closed."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that sees one state of things and changes nothing."""
        with translated(self._url):
            async with self._reads.begin() as session:
                yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction: all of it is kept, or nothing."""
        async with self._turn:
            with translated(self._url):
                async with self._writes.begin() as session:
                    yield session

    @asynccontextmanager
    async def deleting(self) -> AsyncIterator[AsyncSession]:
        """A writing transaction, and the only one of its kind until it ends.

        People rate each other's pieces. Two who leave at once would each wait for the ratings
        that the other one's pieces take along.
        """
        async with self.writing() as session:
            if not self._is_sqlite:  # which has one writer anyway
                lock = text("SELECT pg_advisory_xact_lock(:key)")
                await session.execute(lock, {"key": _DELETIONS})
            yield session

    async def insert(
        self,
        session: AsyncSession,
        table: type[Base],
        values: dict[str, Any],
        *,
        update: tuple[str, ...] = (),
    ) -> bool:
        """The row is there: new, or as it was but for the columns to ``update``.

        Returns whether anything was written.
        """
        dialect = sqlite if self._is_sqlite else postgresql
        insert = dialect.insert(table).values(values)
        if update:
            new = {name: insert.excluded[name] for name in update}
            insert = insert.on_conflict_do_update(index_elements=primary_key(table), set_=new)
        else:
            insert = insert.on_conflict_do_nothing()
        return affected(await session.execute(insert)) > 0


def affected(result: Any) -> int:
    """How many rows a statement has written."""
    assert isinstance(result, CursorResult)
    return result.rowcount


def make_file(url: URL) -> None:
    """The file of a SQLite database is there, with its folder, and is a database with a WAL.

    With a write-ahead log nobody who reads waits for who writes; it stays with the file.

    Raises StorageError. Done without the driver: a connection that it fails to open leaves a
    thread behind, which complains when the program ends.
    """
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    with translated(url):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(url.database, timeout=0)) as connection:
            _keep_a_log(connection, until=time.monotonic() + _PATIENCE_S)


def _keep_a_log(connection: sqlite3.Connection, until: float) -> None:
    """The journal's mode is WAL. SQLite's own timeout does not wait for every lock that hinders."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_BETWEEN_ATTEMPTS_S)
        else:
            return


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Errors of the database and of its drivers leave as StorageError or GoneError."""
    try:
        yield
    except IntegrityError as error:
        if _points_nowhere(error):
            raise GoneError("What this belongs to has been deleted in the meantime.") from error
        raise StorageError(_refusal(url, error.orig)) from error
    except SQLAlchemyError as error:
        raise StorageError(_refusal(url, getattr(error, "orig", None) or error)) from error
    except (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StorageError(_refusal(url, error)) from error


def _points_nowhere(error: IntegrityError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state == _FOREIGN_KEY_VIOLATION or "FOREIGN KEY" in str(error.orig)


def _refusal(url: URL, error: BaseException | None) -> str:
    """One sentence that names the database without its password."""
    if url.get_backend_name() == "sqlite":
        where = f"The database file {url.database}"
        advice = "see that it is a database and that its folder can be written to"
    else:
        where = f"The PostgreSQL database {url.database} at {url.host or 'this machine'}"
        advice = "see that it runs, and that its URL in the settings is right"
    reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    return f"{where} cannot be used ({reason}); {advice}."
