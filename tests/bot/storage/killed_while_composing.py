"""A process that dies between the first and the second piece of a job.

python -m tests.bot.storage.killed_while_composing URL JOB
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime

from bot.storage.storage import Storage
from tests.bot.storage.kept import Clock, new_piece


class Deadly(Clock):
    """Kills its process at the second look."""

    looks = 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__()


async def main(url: str, job_id: int) -> None:
    async with await Storage.open(url, Deadly()) as storage:
        await storage.jobs.composed(job_id, [new_piece(), new_piece()])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
