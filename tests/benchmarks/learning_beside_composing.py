"""How long people wait for a piece while the bot learns, and while it does not.

    python -m tests.benchmarks.learning_beside_composing RATINGS.jsonl [--times 5]

The bot with one worker composes the same piece in turn, with and without a fine-tune beside it
that runs as the bot runs it: lowest priority, one thread. Prints seconds and their ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests.bot.test_own_process import TOKEN, bot
from tests.discord import LoopbackDiscord

LONG_S = 600.0
PROMPT = "jazz calm 90bpm, piano, bass and drums, 8 bars, seed 7"


async def measure(ratings: Path, times: int) -> None:
    """Compose in turn without and with learning; print medians."""
    folder = Path(tempfile.mkdtemp())
    waits: dict[str, list[tuple[float, float]]] = {"alone": [], "beside learning": []}
    async with LoopbackDiscord(TOKEN, ack_limit_s=60) as loopback:
        guild = loopback.add_guild("Music lovers")
        channel = guild.add_text_channel("music")
        ann = loopback.add_user("ann")
        guild.add_member(ann)
        more = {"CADENZA_CANDIDATES": "4", "CADENZA_MODELS": str(folder / "models")}
        async with bot(loopback, folder, **more):
            for number in range(times + 1):
                for name in waits:
                    learning = None if name == "alone" else await _learn(ratings, folder)
                    waits[name].append(await _compose(loopback, channel, ann))
                    if learning is not None:
                        assert learning.returncode is None, "the fine-tune ended too soon"
                        learning.kill()
                        await learning.wait()
                if number == 0:  # the worker has only just loaded
                    for found in waits.values():
                        found.clear()
    for name, found in waits.items():
        print(
            f"{name}: acknowledged {median(ack for ack, _ in found):.3f} s, "
            f"posted {median(whole for _, whole in found):.1f} s (medians of {len(found)})"
        )
    ratio = [median(whole for _, whole in found) for found in waits.values()]
    print(f"posted beside learning takes {ratio[1] / ratio[0]:.2f} times as long")


async def _learn(ratings: Path, folder: Path) -> asyncio.subprocess.Process:
    """Begin a fine-tune as the bot does."""
    tune = [sys.executable, "-m", "engine", "tune", "--ratings", str(ratings), "--threads", "1"]
    where = ["--run", str(folder / f"run-{time.monotonic()}"), "--models", str(folder / "other")]
    child = [sys.executable, "-m", "bot.learning.child", "4096", str(os.getpid()), "--"]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *child, *tune, *where, "--json",
        stdout=asyncio.subprocess.PIPE, stderr=quiet, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    while b'"reference"' not in await process.stdout.readline():
        pass
    return process


async def _compose(loopback: LoopbackDiscord, channel: Any, person: Any) -> tuple[float, float]:
    """Return seconds to the acknowledgement and to the posted piece."""
    before = sum(bool(m.attachments) for m in channel.messages.values())
    began = time.monotonic()
    shown = await person.slash(channel, "compose", prompt=PROMPT)
    await loopback.until(
        lambda: sum(bool(m.attachments) for m in channel.messages.values()) > before,
        LONG_S,
    )
    return shown.acknowledged_s or 0.0, time.monotonic() - began


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ratings", type=Path)
    parser.add_argument("--times", type=int, default=4)
    options = parser.parse_args()
    asyncio.run(measure(options.ratings, options.times))


if __name__ == "__main__":
    main()
