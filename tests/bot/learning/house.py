"""A storage with rated pieces, and a supervisor of scripted runs over it, without Discord."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from bot.assemble import utc_now
from bot.learning.supervisor import Recipe, Supervisor
from bot.storage.learning_records import Run
from bot.storage.records import NewPiece
from bot.storage.storage import Storage
from engine.request import parse, resolve
from engine.tokens import vocab
from tests.bot.quick_worker import MIDI
from tests.bot.stage import SCRIPTED_TUNE, soon

ANN, BEN = 1, 2
TOKENS = b"".join(token.to_bytes(2, "little") for token in (vocab.bar_id(0), vocab.END))
"""Of a piece of one silent bar."""


@contextlib.asynccontextmanager
async def rated(folder: Path) -> AsyncIterator[Storage]:
    """A storage with a piece of ann's that she and ben have rated."""
    async with await Storage.open(f"sqlite:///{folder / 'cadenza.db'}", utc_now) as storage:
        brief = resolve(parse("jazz calm"), seed=1)
        new = NewPiece(
            person_id=ANN,
            channel_id=5,
            server_id=6,
            title="x",
            brief=brief.to_json(),
            seed=1,
            midi=MIDI,
            tokens=TOKENS,
        )
        piece = await storage.pieces.add(new)
        for person in (ANN, BEN):
            await storage.ratings.give(piece.id, person, "like", "button")
        yield storage


def supervisor(storage: Storage, folder: Path, **changes: object) -> Supervisor:
    """A supervisor of scripted runs, not started."""
    recipe = {"folder": folder / "learning", "models": folder / "models", "environ": os.environ}
    usual = {"memory_mib": 0, "grace_s": 10.0, "tune": SCRIPTED_TUNE}
    return Supervisor(storage, Recipe(**(recipe | usual | changes)))  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def learning(folder: Path) -> AsyncIterator[tuple[Storage, Supervisor]]:
    """The storage of ``rated``, and a supervisor that sees to it; it is closed in the end."""
    async with rated(folder) as storage:
        runs = supervisor(storage, folder)
        runs.start()
        try:
            yield storage, runs
        finally:
            await runs.close()


async def at_the_end(runs: Supervisor, storage: Storage, run_id: int) -> Run:
    """The run, once it has ended or its supervisor closes."""

    async def wait() -> None:
        async for _ in runs.news(run_id):
            pass

    await soon(wait())
    run = await storage.runs.get(run_id)
    assert run is not None
    return run


async def at_work(runs: Supervisor, run_id: int, stage: str = "tune") -> None:
    """Return when the process has come so far."""

    async def wait() -> None:
        async for step in runs.news(run_id):
            if step.stage == stage:
                return

    await soon(wait())


def begun(folder: Path, run_id: int) -> list[str]:
    """The hash of the ratings at each start of the run's process."""
    return (folder / "learning" / f"run-{run_id}" / "begun").read_text().splitlines()
