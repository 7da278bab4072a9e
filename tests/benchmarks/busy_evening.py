"""200 wishes of 40 people in 8 servers, real engine, workers killed at random; figures to stdout.

    python -m tests.benchmarks.busy_evening [--workers 2] [--kills 12] [--bars 2] [--times 5]

The bot is its own process and talks over a socket to the loopback Discord. All wishes come at
once, the worst case for a queue. Takes minutes: every piece is composed, played and encoded.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from bot.assemble import utc_now
from bot.storage.storage import Storage
from tests.bot.test_own_process import TOKEN, bot, children
from tests.discord import LoopbackDiscord

SERVERS, PEOPLE = 8, 40
LONG_S = 3600.0
GENRES = ("jazz", "rock", "lo-fi", "classical", "techno", "blues", "folk", "ambient")


def resident_mib(pid: int) -> float:
    """Return the memory that a process holds; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def unfairness(order: list[Any], shares: dict[Any, int]) -> int:
    """Return by how many pieces somebody was ahead of somebody else who still waited."""
    served: Counter[Any] = Counter()
    worst = 0
    for one in order:
        served[one] += 1
        waiting = [served[other] for other in shares if served[other] < shares[other]]
        if waiting:
            worst = max(worst, max(served.values()) - min(waiting))
    return worst


async def evening(workers: int, kills: int, bars: int, times: int) -> None:
    """Play the evening and print what was measured."""
    rng = random.Random(7)
    folder = Path(tempfile.mkdtemp())
    async with LoopbackDiscord(TOKEN, ack_limit_s=60) as loopback:
        channels = [loopback.add_guild(f"g{n}").add_text_channel("music") for n in range(SERVERS)]
        people = []
        for number in range(PEOPLE):
            user, channel = loopback.add_user(f"user{number}"), channels[number % SERVERS]
            assert channel.guild is not None
            channel.guild.add_member(user)
            people.append((user, channel))
        settings = {
            "LAGS": str(folder / "lags"),
            "CADENZA_WORKERS": str(workers),
            "CADENZA_QUEUE_PER_PERSON": str(times),
            "CADENZA_WAIT_S": str(LONG_S),
            "CADENZA_LOG_LEVEL": "error",
        }
        async with bot(loopback, folder, "tests.benchmarks.measured_bot", **settings) as process:
            began = time.monotonic()
            asked = [
                asyncio.create_task(
                    user.slash(channel, "compose", prompt=f"{rng.choice(GENRES)}, {bars} bars")
                )
                for _ in range(times)
                for user, channel in people
            ]

            def ended() -> int:
                texts = [m.content for c in channels for m in c.messages.values()]
                pieces = sum(bool(m.attachments) for c in channels for m in c.messages.values())
                return pieces + sum(text.startswith("😔") for text in texts)

            total, memory, killed = PEOPLE * times, [], 0
            step = max(1, total // (kills + 1))
            for wanted in range(step, total + 1, step):
                await loopback.until(lambda wanted=wanted: ended() >= wanted, LONG_S)  # type: ignore[misc]
                memory.append(resident_mib(process.pid))
                workers_now = children(process.pid)
                if killed < kills and workers_now:
                    os.kill(rng.choice(workers_now), signal.SIGKILL)
                    killed += 1
            await loopback.until(lambda: ended() >= total, LONG_S)
            exchanges = await asyncio.gather(*asked)
            seconds = time.monotonic() - began
            worker_mib = [round(resident_mib(pid)) for pid in children(process.pid)]
        # Without the first second, in which the bot starts and nobody can ask yet.
        lags = [float(line) for line in (folder / "lags").read_text().split()][1:]
        acks = sorted(one.acknowledged_s or 0.0 for one in exchanges)
        print(f"wishes {total}, failed exchanges {sum(bool(one.failed) for one in exchanges)}")
        print(f"loopback problems {len(loopback.problems)}")
    url = f"sqlite:///{folder / 'cadenza.db'}"
    async with await Storage.open(url, utc_now) as storage:
        jobs = [await storage.jobs.get(number) for number in range(1, total + 1)]
        pieces = [p for n in range(1, total + 1) for p in await storage.jobs.pieces(n)]
        posted = {p.id: len(await storage.messages.of_piece(p.id)) for p in pieces}
    ends = Counter(job.state for job in jobs if job)
    by_end = sorted((job for job in jobs if job and job.ended_at), key=lambda j: str(j.ended_at))
    share = dict.fromkeys(
        (channel.guild.id for channel in channels if channel.guild), times * PEOPLE // SERVERS
    )
    persons = {user.id: times for user, _ in people}
    print(
        f"jobs {dict(ends)}, pieces {len(pieces)}, "
        f"posted once {sum(n == 1 for n in posted.values())}"
    )
    print(
        f"workers killed {killed}; {seconds:.0f} s in all, "
        f"{total / seconds * 60:.0f} pieces a minute"
    )
    print(f"acknowledged: median {median(acks):.3f} s, longest {acks[-1]:.3f} s")
    print(f"event loop late: longest {max(lags):.0f} ms, median of seconds {median(lags):.1f} ms")
    print(f"bot's memory MiB: {memory[0]:.0f} first, {memory[-1]:.0f} last; workers {worker_mib}")
    print(
        f"ahead of others who waited: servers {unfairness([j.server_id for j in by_end], share)}, "
    )
    print(f"  people {unfairness([j.person_id for j in by_end], persons)} pieces at most")


def main() -> None:
    """Read the options and play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--bars", type=int, default=2)
    parser.add_argument("--times", type=int, default=5, help="wishes of each person")
    options = parser.parse_args()
    asyncio.run(evening(options.workers, options.kills, options.bars, options.times))


if __name__ == "__main__":
    main()
