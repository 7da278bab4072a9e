"""What one who submitted a job holds: news of it, its end, and the way to stop it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from bot.jobs import End, Job, News, Waiting


class Ticket:
    """One job in the studio; any number of readers may follow it."""

    def __init__(self, job: Job, on_cancel: Callable[[Ticket], None]) -> None:
        self.job = job
        self.deaths = 0
        """How many workers have died over it."""
        self._on_cancel = on_cancel
        self._latest: News | None = None
        self._told = 0
        self._changed = asyncio.Event()

    @property
    def latest(self) -> News | None:
        """What was told last; None before anything was."""
        return self._latest

    @property
    def place(self) -> int | None:
        """The place in the queue, 1 is next; None for a job that does not wait."""
        return self._latest.place if isinstance(self._latest, Waiting) else None

    @property
    def ended(self) -> bool:
        """Whether there will be no more news."""
        return isinstance(self._latest, End)

    def cancel(self) -> None:
        """Stop the job, wherever it is; its end says Cancelled, unless it has ended already."""
        if not self.ended:
            self._on_cancel(self)

    async def news(self) -> AsyncIterator[News]:
        """Yield the state now and whenever it has changed, the end included, which is the last.

        Who reads slowly misses what was between, never the end.
        """
        seen = 0
        while True:
            while self._told == seen:
                await self._changed.wait()
            seen = self._told
            latest = self._latest
            assert latest is not None
            yield latest
            if isinstance(latest, End):
                return

    async def end(self) -> End:
        """Return how the job ended, once it has; waiting may be given up without harm to it."""
        while True:
            if isinstance(self._latest, End):
                return self._latest
            await self._changed.wait()

    def tell(self, news: News) -> None:
        """Tell the readers; the studio's side. Nothing changes after an end."""
        if self.ended or news == self._latest:
            return
        self._latest = news
        self._told += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
