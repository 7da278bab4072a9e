"""What the tune process says while it runs: as values, and told on to whoever watches."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any

Wait = Callable[[Awaitable[Any], str], Awaitable[Any]]
"""Awaits what may take long, whose reason is said."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is; figures only where they are known."""

    stage: str
    share: float
    """Of the whole run, 0 to 1."""
    epoch: int | None = None
    group: int | None = None
    """The group of listeners that is held out, from 1; None: all are learned from."""
    loss: float | None = None
    margin: float | None = None
    """By how many nats the liked piece of a pair gained on the other."""
    accuracy: float | None = None
    """Share of pairs told right, 0 to 1."""
    kl: float | None = None
    """Nats a token away from the base."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The last word of a run: the model that it made, with the gate's verdict."""

    id: str
    passed: bool
    reason: str


def read_line(line: bytes) -> Step | Candidate | None:
    """Return what a line says; None for one that says nothing that is known here."""
    try:
        said = json.loads(line)
        if "candidate" in said:
            return Candidate(str(said["candidate"]), said["passed"] is True, str(said["reason"]))
        share = min(1.0, max(0.0, float(said["share"])))
        return Step(str(said["stage"]), share, **_figures(said))
    except (ValueError, KeyError, TypeError):
        return None


def _figures(said: dict[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields(Step)][2:]
    found = {name: said[name] for name in names if isinstance(said.get(name), int | float)}
    return {name: value for name, value in found.items() if isfinite(value)}


class Watch:
    """What is shown of one run."""

    def __init__(self) -> None:
        self.step: Step | None = None
        self.over = False
        self.turn = 0


class News:
    """How far each run is, for any number of those who watch it."""

    def __init__(self) -> None:
        self._told = asyncio.Condition()
        self._watches: dict[int, Watch] = {}
        self._closed = False

    def step(self, run_id: int) -> Step | None:
        """Return the newest step of a run; None where nothing is known of it yet."""
        watch = self._watches.get(run_id)
        return None if watch is None else watch.step

    def watch(self, run_id: int) -> Watch:
        """Return what is shown of a run, from now on until it is over."""
        return self._watches.setdefault(run_id, Watch())

    async def of(self, watch: Watch, wait: Wait | None = None) -> AsyncIterator[Step]:
        """Yield the steps of a run, the newest alone, until it is over or this is closed."""
        seen = 0
        while not watch.over and not self._closed:
            if watch.turn != seen and watch.step is not None:
                seen = watch.turn
                yield watch.step
            else:
                coming = self._next(watch, seen)
                await (coming if wait is None else wait(coming, "a fine-tune runs"))

    async def tell(self, run_id: int, step: Step) -> None:
        """A run is so far."""
        async with self._told:
            watch = self.watch(run_id)
            watch.step = step
            watch.turn += 1
            self._told.notify_all()

    async def over(self, run_id: int) -> None:
        """There is no more to tell of a run."""
        async with self._told:
            self._watches.pop(run_id, Watch()).over = True
            self._told.notify_all()

    async def close(self) -> None:
        """Nobody is told any more."""
        async with self._told:
            self._closed = True
            self._told.notify_all()

    async def _next(self, watch: Watch, seen: int) -> None:
        async with self._told:
            await self._told.wait_for(lambda: watch.turn != seen or watch.over or self._closed)
