"""One worker process, seen from the bot: start, say, hear, end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from bot.studio.errors import WorkerDiedError
from bot.studio.protocol import MAX_LINE_BYTES, decode, encode
from engine.errors import MissingPartError

_SECRETS = ("DISCORD_", "CADENZA_DATABASE", "CADENZA_TOKEN")
"""Beginnings of names that a worker has no need to know."""

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Work is shared by processes; threads of the libraries would fight over the same cores."""

NICENESS = 5
"""Workers run so far below the bot, which answers first."""

_Result = TypeVar("_Result")

_BURIAL_S = 5.0
"""For the system to take away a process that was killed; far more than it needs."""


def worker_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a worker: no token, no database, one thread."""
    return {k: v for k, v in environ.items() if not k.startswith(_SECRETS)} | _ONE_THREAD


class WorkerProcess:
    """A worker that is ready; made by ``start``, ended by ``close`` or ``kill``."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.gone = asyncio.create_task(process.wait())
        """Done when the process has ended."""
        self.model = ""

    @staticmethod
    async def start(
        command: Sequence[str], environ: Mapping[str, str], start_s: float
    ) -> WorkerProcess:
        """Return a worker once it is ready.

        Raises MissingPartError with the worker's own sentence, WorkerDiedError for one that ends
        or says nothing within ``start_s``.
        """
        worker = await _though_cancelled(_spawned(command, environ))
        try:
            await worker._greet(start_s)
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def _greet(self, start_s: float) -> None:
        message = await self.hear(start_s)
        if "missing" in message:
            raise MissingPartError(str(message["missing"]))
        if not isinstance(message.get("ready"), dict):
            raise WorkerDiedError("it began with something other than ready")
        self.model = str(message["ready"].get("model", ""))

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def say(self, message: Mapping[str, Any]) -> None:
        """Send a message; one that has died does not hear it."""
        assert self._process.stdin is not None
        if not self._process.stdin.is_closing():
            self._process.stdin.write(encode(message))

    async def hear(self, silence_s: float) -> dict[str, Any]:
        """Return the next message; WorkerDiedError at the end, for garbage and after silence."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(silence_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise WorkerDiedError(f"it said nothing for {silence_s:g} s") from None
        except (ValueError, OSError) as error:  # a line without end, a broken pipe
            raise WorkerDiedError(f"its words cannot be read ({error})") from error
        if not line.endswith(b"\n"):
            raise WorkerDiedError("it ended")
        try:
            return decode(line)
        except ValueError as error:
            raise WorkerDiedError("it said something that is not a message") from error

    async def close(self, grace_s: float) -> None:
        """End the worker: its input ends, and if that is not enough it is killed."""
        await _though_cancelled(self._bury(grace_s))

    async def kill(self) -> None:
        """End the process and whatever it started, at once; afterwards all its pipes are closed."""
        await _though_cancelled(self._bury(None))

    async def _bury(self, grace_s: float | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        if grace_s is not None:
            await asyncio.wait([self.gone], timeout=grace_s)
        if not self.gone.done():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        # Its last words have to be taken before asyncio counts it as gone; a child that left the
        # group might hold the pipe for ever.
        with contextlib.suppress(ValueError, OSError, TimeoutError):
            async with asyncio.timeout(_BURIAL_S):
                await self._process.stdout.read()
        await asyncio.wait([self.gone], timeout=_BURIAL_S)


async def _spawned(command: Sequence[str], environ: Mapping[str, str]) -> WorkerProcess:
    """Return a worker that begins; WorkerDiedError where the command cannot be run."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,  # its log goes to our stderr, line by line as JSON
            env=worker_environ(environ),
            limit=MAX_LINE_BYTES,
            start_new_session=True,  # Ctrl-C is for the bot, which then closes in order
        )
    except OSError as error:
        raise WorkerDiedError(f"{command[0]} cannot be run ({error.strerror})") from error
    # From the first moment: a worker that loads its libraries computes for seconds, too.
    with contextlib.suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
    return WorkerProcess(process)


async def _though_cancelled(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Return what the work returns; a cancellation counts only when it is done.

    A process half begun or half ended would be nobody's. One that was begun for nobody is killed.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if task.exception() is None and isinstance(worker := task.result(), WorkerProcess):
            await worker.kill()
        raise
