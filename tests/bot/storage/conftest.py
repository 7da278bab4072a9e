"""Every test that asks for ``storage`` runs on SQLite and on PostgreSQL, each time on a new one."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.storage.database import read_url
from bot.storage.migrate import migrate
from bot.storage.storage import Storage
from tests.bot.postgres import NoPostgresError, Postgres
from tests.bot.storage.kept import Clock

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the run (for each process of it)."""
    try:
        server = Postgres()
    except NoPostgresError as error:
        pytest.skip(str(error))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated() -> dict[str, str]:
    """The kind of database to where a migrated one waits to be copied."""
    return {}


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database: asked for first, so that a missing PostgreSQL skips its half."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    return str(request.param)


@pytest_asyncio.fixture
async def empty_url(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """A database without tables (a file that is not there yet)."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = await server.create()
    yield server.url(name)
    await server.drop(name)


@pytest_asyncio.fixture
async def url(
    kind: str,
    request: pytest.FixtureRequest,
    migrated: dict[str, str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[str]:
    """A database with all tables and no rows."""
    if kind == "sqlite":
        if kind not in migrated:
            migrated[kind] = f"{tmp_path_factory.mktemp('sqlite')}/migrated.sqlite3"
            await migrate(read_url(f"sqlite:///{migrated[kind]}"))
        shutil.copy(migrated[kind], tmp_path / "cadenza.sqlite3")
        yield f"sqlite:///{tmp_path}/cadenza.sqlite3"
        return
    server: Postgres = request.getfixturevalue("postgres")
    if kind not in migrated:
        migrated[kind] = await server.create()
        await migrate(read_url(server.url(migrated[kind])))
    name = await server.create(template=migrated[kind])
    yield server.url(name)
    await server.drop(name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def storage(url: str, clock: Clock) -> AsyncIterator[Storage]:
    async with await Storage.open(url, clock) as opened:
        yield opened
