"""Time as tests need it, and ids as Discord numbers things."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

DISCORD_EPOCH_MS = 1_420_070_400_000
"""Start of 2015: https://discord.com/developers/docs/reference#snowflakes"""


class Clock:
    """Seconds that run with the machine's and can be put forward."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self.on_change: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        return time.monotonic() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """From now on it is that much later."""
        self._ahead_s += seconds
        self.on_change()


class Snowflakes:
    """Ids that only grow and say when they were given."""

    def __init__(self) -> None:
        self._last = 0
        self._guild_ms = int(time.time() * 1000) - 86_400_000  # guilds were there the day before

    def next(self) -> int:
        now_ms = int(time.time() * 1000) - DISCORD_EPOCH_MS
        self._last = max(self._last + 1, now_ms << 22)
        return self._last

    def next_guild(self, shard: int, shards: int) -> int:
        """An id of a guild that shard ``shard`` of ``shards`` hears of."""
        self._guild_ms += 1
        while (self._guild_ms - DISCORD_EPOCH_MS) % shards != shard:
            self._guild_ms += 1
        return (self._guild_ms - DISCORD_EPOCH_MS) << 22


def born(snowflake: int) -> str:
    """When an id was given, as ISO 8601."""
    seconds = ((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def now() -> str:
    """This moment, as ISO 8601."""
    return datetime.now(UTC).isoformat()
