"""The bot, with a watch on its event loop: ``LAGS=FILE python -m tests.benchmarks.measured_bot``.

Once a second the file gets a line: the longest time, in milliseconds, for which the loop did not
come round since the line before.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from bot.__main__ import serve
from bot.logs import configure_logs
from bot.settings import read_settings

_TICK_S = 0.005


async def watch(file: Path) -> None:
    """Write down how late the loop comes round, for ever."""
    longest, written = 0.0, time.perf_counter()
    with file.open("a") as lines:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            now = time.perf_counter()
            longest = max(longest, now - before - _TICK_S)
            if now - written >= 1:
                lines.write(f"{longest * 1000:.1f}\n")
                lines.flush()
                longest, written = 0.0, now


async def run(file: Path) -> None:
    """Serve, watched."""
    settings = read_settings(os.environ)
    configure_logs(settings.log_level)
    watching = asyncio.create_task(watch(file))
    await serve(settings)
    watching.cancel()


if __name__ == "__main__":
    asyncio.run(run(Path(os.environ["LAGS"])))
