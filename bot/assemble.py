"""Joins settings, storage, studio and commissions, for Discord, the terminal and the demo alike."""

from __future__ import annotations

import sys
from collections import ChainMap
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.commissions import Commissions, Wait, plain_wait
from bot.learning.learning import Learning
from bot.learning.serving import PROMOTE, Serving
from bot.learning.supervisor import TUNE, Recipe, Supervisor
from bot.settings import Settings
from bot.storage.storage import Storage
from bot.studio import Limits, Studio
from engine.registry.registry import Registry

WORKER = (sys.executable, "-m", "bot.worker")


@dataclass(frozen=True, slots=True)
class House:
    """The parts that live as long as the bot."""

    settings: Settings
    storage: Storage
    studio: Studio
    commissions: Commissions
    learning: Learning


def utc_now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_house(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    wait: Wait[Any] = plain_wait,
    clock: Callable[[], datetime] = utc_now,
    worker: Sequence[str] = WORKER,
    making: Path | None = None,
) -> AsyncIterator[House]:
    """Open storage and studio; when left, the studio parks what runs and the database is closed.

    Learning is not started: only one process of those that share a data folder does that.

    ``worker``: the command of a worker process. ``making``: the folder of files in the making,
    emptied at the start; in the data folder if None. Raises StorageError where the database cannot
    be used.
    """
    async with await Storage.open(settings.database_url, clock) as storage:
        studio = Studio(
            making or settings.data / "making",
            workers=settings.workers,
            limits=Limits(
                waiting=settings.queue,
                waiting_of_server=settings.queue_per_server,
                waiting_of_person=settings.queue_per_person,
                wait_s=settings.wait_s,
                work_s=settings.work_s,
            ),
            command=worker,
            environ={**environ, **of_workers(settings)},
        )
        commissions = Commissions(
            storage,
            studio,
            per_day=settings.per_day,
            clock=clock,
            wait=wait,
            registry=registry_of(settings, environ),
        )
        learning = learning_of(settings, storage, environ, wait=wait, clock=clock)
        await studio.start()
        try:
            yield House(settings, storage, studio, commissions, learning)
        finally:
            await learning.runs.close()
            await studio.close(settings.shutdown_s)


def learning_of(
    settings: Settings,
    storage: Storage,
    environ: Mapping[str, str],
    *,
    wait: Wait[Any] = plain_wait,
    clock: Callable[[], datetime] = utc_now,
    tune: Sequence[str] = TUNE,
    promote: Sequence[str] = PROMOTE,
) -> Learning:
    """Return what learns, not started yet. ``tune``, ``promote``: the commands of its processes."""
    both = ChainMap(of_workers(settings), environ)  # type: ignore[arg-type]  # is only read
    recipe = Recipe(
        folder=settings.data / "learning",
        models=settings.models,
        environ=both,
        memory_mib=settings.learning_mib,
        grace_s=settings.shutdown_s,
        tune=tune,
    )
    registry = registry_of(settings, environ)
    return Learning(Supervisor(storage, recipe), Serving(registry, both, clock, promote), wait)


def registry_of(settings: Settings, environ: Mapping[str, str]) -> Registry:
    """Return the registry that the workers serve from."""
    return Registry.open({**environ, **of_workers(settings)})


def of_workers(settings: Settings) -> dict[str, str]:
    """What the workers read from their environment, whether it was set there or in ``.env``."""
    values = {
        "CADENZA_CANDIDATES": settings.candidates,
        "CADENZA_MODEL": settings.model,
        "CADENZA_MODELS": settings.models,
        "CADENZA_SOUNDFONT": settings.soundfont,
        "CADENZA_LOG_LEVEL": settings.log_level,
        "CADENZA_LOG_FORMAT": settings.log_format,
    }
    return {name: str(value) for name, value in values.items() if value is not None}
