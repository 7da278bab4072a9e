"""The worker's side of the conversation with the bot."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from bot.jobs import Job, Running
from bot.studio.protocol import decode, encode
from engine.errors import CancelledError

TELL_EVERY_S = 0.25
"""Progress is told no more often, but for the first word of a stage."""


class Voice:
    """Says messages on what was the standard output when the process began."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    @staticmethod
    def of_this_process() -> Voice:
        """Return the only voice: whatever libraries print from now on goes to the log's stream."""
        kept = os.dup(1)
        os.dup2(2, 1)
        return Voice(os.fdopen(kept, "wb"))

    def say(self, message: Mapping[str, Any]) -> None:
        """Say a message; the process ends where nobody listens any more."""
        try:
            self._stream.write(encode(message))
            self._stream.flush()
        except BrokenPipeError:
            os._exit(0)


@dataclass(frozen=True, slots=True)
class Given:
    """A job, and where its files go."""

    job: Job
    folder: Path


class Inbox:
    """What the bot says, heard by a thread of its own, so that it is heard while composing."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._jobs: queue.SimpleQueue[Given] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._listen, name="inbox", daemon=True).start()

    def next(self) -> Given:
        """Return the next job, once there is one."""
        return self._jobs.get()

    def is_cancelled(self, job_id: int) -> bool:
        """Whether the bot has asked to leave this job."""
        return job_id in self._cancelled

    def close(self, job_id: int) -> None:
        """Forget whether a job was cancelled; it has ended."""
        self._cancelled.discard(job_id)

    def _listen(self) -> NoReturn:
        """Hear until the input ends; the process ends with it, whatever it does then."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            for line in self._stream:
                message = decode(line)
                if "cancel" in message:
                    self._cancelled.add(int(message["cancel"]))
                else:
                    job = Job.from_json(message["job"])
                    # The number is the bot's: when it comes again, it is wanted again.
                    self._cancelled.discard(job.id)
                    self._jobs.put(Given(job, Path(message["folder"])))
        os._exit(0)


class Progress:
    """Tells how far a job is, not too often, and stops it when the bot has asked for that."""

    def __init__(
        self,
        tell: Callable[[Running], None],
        is_cancelled: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._tell, self._is_cancelled, self._clock = tell, is_cancelled, clock
        self._stage = ""
        self._told_s = 0.0

    def __call__(self, stage: str, share: float) -> None:
        """Tell; raises CancelledError."""
        self.stop_if_asked()
        now_s = self._clock()
        if stage != self._stage or now_s - self._told_s >= TELL_EVERY_S:
            self._stage, self._told_s = stage, now_s
            self._tell(Running(stage, min(1.0, max(0.0, share))))

    def stop_if_asked(self) -> None:
        """Raise CancelledError where the bot has asked to leave the job."""
        if self._is_cancelled():
            raise CancelledError("stopped as asked")
