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
from engine.registry.state import Trial

PROMOTE = (sys.executable, "-m", "bot.learning.promote")
LOAD_S = 120.0
"""For loading a model on a busy machine; it takes some seconds."""
OWNER, AUTOMATIC = "owner", "automatic mode"
"""Who changed what is served, as the history of models tells it: no person by number."""


class Serving:
    """The registry, off the event loop.

    ``by`` is the number of the owner who changes it, None for automatic mode. The log has it; the
    history of models, which outlives whoever has their data deleted, says OWNER.
    """

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

    async def served_to(self) -> dict[str | None, Entry]:
        """Return what is served to everyone (None), and to each server that has its own."""
        return await asyncio.to_thread(self.registry.served_to)

    async def trial(self) -> Trial | None:
        """Return the model on trial; None where there is none, or it cannot be served."""
        return await asyncio.to_thread(lambda: self.registry.trial)

    async def damaged(self) -> list[str]:
        """Return, in sentences, what should be served or tried and cannot be."""
        return await asyncio.to_thread(self.registry.damaged)

    async def promote(
        self, model_id: str, *, server: str | None, by: int | None, forced: bool = False
    ) -> None:
        """Serve the model from the next piece on, once it has been loaded for a trial.

        Raises RegistryError, whose sentence says why it is not served.
        """
        scope = ["--server", server] if server is not None else []
        await self._run(model_id, by, *scope, *(["--forced"] if forced else []))
        self._log.info("model promoted", model=model_id, server=server, person=by, forced=forced)

    async def rollback(self, *, server: str | None, by: int | None) -> Entry:
        """Return what is served again; RegistryError where nothing was before."""
        entry = await asyncio.to_thread(
            self.registry.rollback, server=server, by=_word(by), at=self._clock()
        )
        self._log.info("model rolled back", model=entry.id, server=server, person=by)
        return entry

    async def begin_trial(self, model_id: str, share: float, *, by: int | None) -> None:
        """Try a model on a share of the requests; RegistryError where it cannot be loaded."""
        await self._run(model_id, by, "--share", str(share))
        self._log.info("blind test begun", model=model_id, share=share, person=by)

    async def end_trial(self, *, by: int | None) -> None:
        """No model is on trial."""
        await asyncio.to_thread(self.registry.set_trial, None, by=_word(by), at=self._clock())
        self._log.info("blind test ended", person=by)

    async def forget(self, *, person_id: int | None = None, server_id: int | None = None) -> None:
        """No history of models names this person or this server any more."""
        if person_id is not None:  # in what earlier versions wrote
            await asyncio.to_thread(self.registry.retell, f"Discord user {person_id}", OWNER)
        if server_id is not None:
            await asyncio.to_thread(self.registry.forget, str(server_id))

    async def _run(self, model_id: str, by: int | None, *more: str) -> None:
        # Known here first: a wrong name is answered at once.
        await self.entry(model_id)
        folder = str(self.registry.folder)
        command = [*self._promote, model_id, "--models", folder, "--by", _word(by)]
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


def _word(by: int | None) -> str:
    return AUTOMATIC if by is None else OWNER
