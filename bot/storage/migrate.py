"""Brings a database to the tables that this version of the code knows (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text

from bot.storage.database import open_engine, translated
from bot.storage.errors import StorageError

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_LOCK = 0x43616465  # "Cade": any number that others do not use in the same database


async def migrate(url: URL, folder: Path = FOLDER, revision: str = "head") -> None:
    """The database has the tables of this revision, from whatever earlier one it had.

    One transaction: it is brought there as a whole or stays as it was. Of two processes that
    start at once, one migrates and the other waits. Raises StorageError.
    """
    engine = open_engine(url, migrating=True)
    try:
        with translated(url):
            async with engine.begin() as connection:
                await connection.run_sync(upgrade, folder, revision)
    finally:
        await engine.dispose()


def upgrade(connection: Connection, folder: Path = FOLDER, revision: str = "head") -> None:
    """The same within a transaction that has begun."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = configuration(folder)
    scripts = ScriptDirectory.from_config(config)
    present = MigrationContext.configure(connection).get_current_heads()
    _refuse_newer(present, scripts)
    if set(present) == {script.revision for script in scripts.get_revisions(revision)}:
        return
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "sqlite":
        _check_keys(connection)


def configuration(folder: Path = FOLDER) -> Config:
    """Alembic's settings, without a file: the folder is all that there is to set."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(present: tuple[str, ...], scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    for revision in present:
        if revision not in known:
            raise StorageError(
                f"The database was written by a newer version of Cadenza (its revision {revision} "
                "is not known here); update Cadenza, or use the copy from before."
            )


def _check_keys(connection: Connection) -> None:
    """Foreign keys were not watched meanwhile; they hold again."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise StorageError(
            f"The database was left as it was, because rows of {broken[0]} would point at "
            f"nothing in {broken[2]}; tell the makers of Cadenza."
        )
