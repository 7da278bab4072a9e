"""The tune process, seen from the bot: start, hear, stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from bot.learning.steps import Candidate, Step, read_line
from bot.studio.process import worker_environ
from engine.errors import CadenzaError

CHILD = "bot.learning.child"
_LINE_BYTES = 2**20
_TAIL_BYTES = 8000
"""Of what it said on stderr, the last is kept: the reason stands there."""


class UnstartableError(CadenzaError):
    """The command cannot be run."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    code: int
    """Its exit status; negative: the signal that killed it."""
    tail: str
    """The last of what it said on stderr."""

    @property
    def sentence(self) -> str:
        """The last line that it said; empty if it said nothing."""
        lines = self.tail.strip().splitlines()
        return lines[-1].strip() if lines else ""

    @property
    def killed(self) -> bool:
        """Whether it did not end by itself: a signal, or a request to stop."""
        return self.code < 0 or self.code in (130, 137, 143)

    @property
    def starved(self) -> bool:
        """Whether it wanted more memory than it may have."""
        return "MemoryError" in self.tail or "allocate memory" in self.tail


class TuneProcess:
    """A tune process under way; made by ``start``."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._tail = b""
        self._reading = asyncio.create_task(self._read_errors())
        self._killing: asyncio.TimerHandle | None = None

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        memory_mib: int,
        keep_open: Sequence[int] = (),
    ) -> TuneProcess:
        """Return the process, of low priority and with little memory; it ends when the bot does.

        ``keep_open``: files that it inherits. Raises UnstartableError.
        """
        limits = (sys.executable, "-m", CHILD, str(memory_mib), str(os.getpid()), "--")
        try:
            process = await asyncio.create_subprocess_exec(
                *limits,
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                env=worker_environ(environ),
                limit=_LINE_BYTES,
                pass_fds=tuple(keep_open),
                start_new_session=True,  # Ctrl-C is for the bot, which then stops it in order
            )
        except OSError as error:
            raise UnstartableError(f"a process cannot be started ({error.strerror})") from error
        return cls(process)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    async def says(self) -> AsyncIterator[Step | Candidate]:
        """Yield what it says, until it ends."""
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError, OSError):  # a line without end, a broken pipe
            async for line in self._process.stdout:
                said = read_line(line)
                if said is not None:
                    yield said

    def stop(self, grace_s: float) -> None:
        """Ask it to save and end; after the grace it is killed with whatever it started."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        if self._killing is None:
            self._killing = asyncio.get_running_loop().call_later(grace_s, self.kill)

    def kill(self) -> None:
        """End it now, with whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def ended(self) -> Ended:
        """Return how it ended, once it has."""
        code = await self._process.wait()
        if self._killing is not None:
            self._killing.cancel()
        await self._reading
        return Ended(code, self._tail.decode(errors="replace"))

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        with contextlib.suppress(OSError):
            while said := await self._process.stderr.read(4096):
                self._tail = (self._tail + said)[-_TAIL_BYTES:]
