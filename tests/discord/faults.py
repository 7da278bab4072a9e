"""What goes wrong on purpose: answers that fail, and requests that are held until let go."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

DEFAULT_CODES = {403: 50013, 404: 10008, 413: 40005}
"""The JSON code that goes with a status if the test names none."""


def matches(pattern: str, path: str) -> bool:
    """Whether a path fits; ``*`` stands for one segment, ``**`` for any number."""
    expression = re.escape(pattern).replace(r"\*\*", ".+").replace(r"\*", "[^/]+")
    return re.fullmatch(expression, path) is not None


@dataclass
class Failure:
    method: str
    pattern: str
    status: int
    times: int = 1
    retry_after_s: float = 0.0
    code: int = 0
    applied: bool = False
    """The request is carried out, and only its answer is lost."""


@dataclass
class Stall:
    """Requests that fit wait at the door until ``release()``."""

    method: str
    pattern: str
    notify: Callable[[], None]
    waiting: int = 0
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self._open.set()

    async def hold(self) -> None:
        self.waiting += 1
        self.notify()
        await self._open.wait()
        self.waiting -= 1

    def __enter__(self) -> Stall:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()


class Faults:
    def __init__(self, notify: Callable[[], None]) -> None:
        self._failures: list[Failure] = []
        self._stalls: list[Stall] = []
        self._notify = notify

    def fail(self, failure: Failure) -> None:
        self._failures.append(failure)

    def stall(self, method: str, pattern: str) -> Stall:
        self._stalls.append(Stall(method, pattern, self._notify))
        return self._stalls[-1]

    def failure_for(self, method: str, path: str) -> Failure | None:
        """The oldest failure that fits; it has one time less from then on."""
        for failure in self._failures:
            if failure.times > 0 and failure.method == method and matches(failure.pattern, path):
                failure.times -= 1
                return failure
        return None

    async def hold(self, method: str, path: str) -> None:
        for stall in self._stalls:
            if stall.method == method and matches(stall.pattern, path):
                await stall.hold()

    def release_all(self) -> None:
        for stall in self._stalls:
            stall.release()
