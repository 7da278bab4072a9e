"""Which model is served, as the bot asks and changes it; networks are loaded by another process."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.studio.process import worker_environ
from engine.registry.entry import Entry
from engine.registry.errors import RegistryError
from engine.registry.registry import Registry

PROMOTE = (sys.executable, "-m", "bot.learning.promote")
LOAD_S = 120.0
"""For loading a model on a busy machine; it takes some seconds."""


class Serving:
    """The registry, off the event loop. Whoever changes it is logged."""

    def __init__(
        self,
        registry: Registry,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        promote: Sequence[str] = PROMOTE,
    ) -> None:
        self.registry = registry
        self._environ, self._clock, self._promote = environ, clock, promote
        self._log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")

    async def entries(self) -> list[Entry]:
        """Return every model, the base first."""
        return await asyncio.to_thread(self.registry.entries)

    async def served(self, server: str | None = None) -> Entry:
        """Return the model that a server, or everyone, is served."""
        return await asyncio.to_thread(self.registry.served, server)

    async def entry(self, model_id: str) -> Entry:
        """Return one model; RegistryError for an unknown one."""
        return await asyncio.to_thread(self.registry.entry, model_id)

    async def promote(
        self, model_id: str, *, server: str | None, by: str, forced: bool = False
    ) -> None:
        """Serve the model from the next piece on, once it has been loaded for a trial.

        Raises RegistryError, whose sentence says why it is not served.
        """
        scope = ["--server", server] if server is not None else []
        await self._run(model_id, by, *scope, *(["--forced"] if forced else []))
        self._log.info("model promoted", model=model_id, server=server, by=by, forced=forced)

    async def rollback(self, *, server: str | None, by: str) -> Entry:
        """Return what is served again; RegistryError where nothing was before."""
        entry = await asyncio.to_thread(
            self.registry.rollback, server=server, by=by, at=self._clock()
        )
        self._log.info("model rolled back", model=entry.id, server=server, by=by)
        return entry

    async def begin_trial(self, model_id: str, share: float, *, by: str) -> None:
        """Try a model on a share of the requests; RegistryError where it cannot be loaded."""
        await self._run(model_id, by, "--share", str(share))
        self._log.info("blind test begun", model=model_id, share=share, by=by)

    async def end_trial(self, *, by: str) -> None:
        """No model is on trial."""
        await asyncio.to_thread(self.registry.set_trial, None, by=by, at=self._clock())
        self._log.info("blind test ended", by=by)

    async def _run(self, model_id: str, by: str, *more: str) -> None:
        # Known here first: a wrong name is answered at once.
        await self.entry(model_id)
        command = [*self._promote, model_id, "--models", str(self.registry.folder), "--by", by]
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                *more,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=PIPE,
                env=worker_environ(self._environ),
            )
        except OSError as error:
            raise RegistryError(f"{model_id} cannot be tried ({error.strerror})") from error
        try:
            async with asyncio.timeout(LOAD_S):
                _, said = await process.communicate()
        except TimeoutError as error:
            process.kill()
            raise RegistryError(
                f"{model_id} took more than {LOAD_S:.0f} s to load; try again when less is going on"
            ) from error
        if process.returncode:
            lines = said.decode(errors="replace").strip().splitlines() or [""]
            if "Traceback" in said.decode(errors="replace") or not lines[-1]:
                self._log.error("model not loaded", model=model_id, said="\n".join(lines))
                raise RegistryError(f"{model_id} cannot be loaded; the log says why")
            raise RegistryError(lines[-1])
