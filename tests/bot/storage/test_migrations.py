import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.storage.column_types import Base
from bot.storage.database import Database, open_engine, read_url
from bot.storage.errors import StorageError
from bot.storage.migrate import FOLDER, configuration, migrate
from bot.storage.storage import Storage
from tests.bot.storage.kept import BEN, Clock, new_piece, posted

SCRIPTS = ScriptDirectory.from_config(configuration())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


ROWS_OF_0001 = (
    f"INSERT INTO people VALUES ({BEN}, '2026-01-01 00:00:00')",
    "INSERT INTO pieces (id, person_id, channel_id, root_id, version, place, title, brief, seed,"
    " midi, files, changes, explanation, details, made_at)"
    f" VALUES (7, {BEN}, 1, 7, 1, 0, 'Old', '{{}}', 3, :midi, '{{}}', '[]', '', '{{}}',"
    " '2026-01-01 00:00:01')",
    "INSERT INTO ratings (piece_id, person_id, kind, source, own, given_at)"
    f" VALUES (7, {BEN}, 'like', 'button', true, '2026-01-01 00:00:02')",
)


def differences(connection: Connection) -> list[object]:
    """What Alembic would still change."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def left_to_change(url: str) -> list[object]:
    engine = open_engine(read_url(url))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    return found


def test_the_history_is_one_line():
    assert SCRIPTS.get_heads() == REVISIONS[-1:]
    assert SCRIPTS.get_bases() == REVISIONS[:1]


@pytest.mark.asyncio
async def test_from_nothing_it_becomes_what_the_models_say(empty_url: str, clock: Clock):
    assert await left_to_change(empty_url) != []
    async with await Storage.open(empty_url, clock) as storage:
        assert await left_to_change(empty_url) == []
        await storage.pieces.add(new_piece())


@pytest.mark.asyncio
@pytest.mark.parametrize("revision", REVISIONS)
async def test_from_every_revision_it_becomes_what_the_models_say(
    empty_url: str, revision: str, clock: Clock
):
    await migrate(read_url(empty_url), revision=revision)
    async with await Storage.open(empty_url, clock) as storage:
        assert await left_to_change(empty_url) == []
        await storage.pieces.add(new_piece())


@pytest.mark.asyncio
async def test_what_was_kept_before_learning_is_kept_and_has_no_tokens(
    empty_url: str, clock: Clock
):
    await migrate(read_url(empty_url), revision="0001")
    database = Database(read_url(empty_url))
    async with database.writing() as session:
        for statement in ROWS_OF_0001:
            holes = {"midi": b"MThd"} if ":midi" in statement else {}
            await session.execute(text(statement), holes)
    await database.close()
    async with await Storage.open(empty_url, clock) as storage:
        [old] = await storage.pieces.of_person(BEN)
        assert (old.id, old.title, old.midi, old.tokens) == (7, "Old", b"MThd", None)
        assert old.files == {}
        new = await storage.pieces.add(new_piece(parent_id=old.id))
        assert (new.root_id, new.tokens) == (7, new_piece().tokens)
        assert await storage.ratings.count_since(None) == (1, 1, 1)
        [judged] = await storage.ratings.judged()
        assert (judged.id, judged.midi, judged.tokens) == (7, b"MThd", None)
        assert await storage.runs.unfinished() is None


@pytest.mark.asyncio
async def test_many_that_open_it_at_once_migrate_it_once(empty_url: str, clock: Clock):
    for storage in await asyncio.gather(*(Storage.open(empty_url, clock) for _ in range(4))):
        await storage.pieces.add(new_piece())
        await storage.close()
    assert await left_to_change(empty_url) == []


@pytest.mark.asyncio
async def test_a_file_that_another_program_reads_is_waited_for(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "read.sqlite3"
    reader = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    reader.executescript("CREATE TABLE other (id); BEGIN; SELECT * FROM other;")
    waits: list[float] = []

    def let_go(seconds: float) -> None:
        waits.append(seconds)
        reader.close()

    monkeypatch.setattr("bot.storage.database.time.sleep", let_go)
    async with await Storage.open(f"sqlite:///{file}", clock) as storage:
        await storage.pieces.add(new_piece())
    assert len(waits) == 1


@pytest.mark.asyncio
async def test_a_table_that_is_built_anew_keeps_what_points_at_it(
    url: str, clock: Clock, tmp_path: Path
):
    """SQLite drops the old table, and with foreign keys on every rating would go with it."""
    folder = await _with_another(tmp_path, 'batch.alter_column("title", new_column_name="name")')
    async with await Storage.open(url, clock) as storage:
        piece = await storage.pieces.add(new_piece())
        await posted(storage, 11, piece)
        await storage.ratings.give(piece.id, BEN, "like", "reaction", 11)
    await migrate(read_url(url), folder)
    database = Database(read_url(url))
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM ratings")) == 1
        assert await session.scalar(text("SELECT name FROM pieces")) == new_piece().title
    await database.close()


@pytest.mark.asyncio
async def test_a_migration_that_fails_leaves_all_as_it_was(url: str, clock: Clock, tmp_path: Path):
    folder = await _with_another(tmp_path, 'batch.drop_column("title")', "1 / 0")
    with pytest.raises(ZeroDivisionError):
        await migrate(read_url(url), folder)
    assert await left_to_change(url) == []
    async with await Storage.open(url, clock) as storage:
        await storage.pieces.add(new_piece())


@pytest.mark.asyncio
async def test_a_database_of_a_newer_version_is_left_alone(url: str, clock: Clock):
    database = Database(read_url(url))
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    with pytest.raises(StorageError, match="newer version of Cadenza .*9999.* update Cadenza"):
        await Storage.open(url, clock)


async def _with_another(tmp_path: Path, change: str, then: str = "") -> Path:
    """The migrations, and one more that changes the table of pieces."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "later.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = 'later', {REVISIONS[-1]!r}\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('pieces') as batch:\n"
        f"        {change}\n"
        f"    {then}\n"
    )
    return folder
