"""Shows fine-tunes in Discord: one message, first the progress, in the end the report."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.buttons import Face, view_of
from bot.client import LAST_WORDS_S, LEAST_LIMIT, MIB, Cadenza
from bot.cogs.run_buttons import AFTER_REPORT, BACK, CANCEL
from bot.learning.report import read_report, report_embed
from bot.learning.supervisor import UNFINISHED
from bot.learning.words import ended_words, progress_words
from bot.storage.errors import GoneError, StorageError
from bot.storage.learning_records import Run
from bot.storage.records import BOT
from bot.trouble import TROUBLE, status_of
from engine.errors import CadenzaError

EDIT_EVERY_S = 4.0
PAUSED = "⏸️ I am being restarted. Fine-tune {id} is saved and goes on as soon as I am back."
UNTOLD = "finetunes_untold"
"""Setting of the bot: runs whose end nobody has read yet."""


class RunMessages:
    """Follows runs, each in a task of its own."""

    def __init__(self, client: Cadenza, clock: Callable[[], float] = time.perf_counter) -> None:
        self._client = client
        self._clock = clock
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def follow(self, run: Run) -> None:
        """Show the run until it has ended and its report is posted."""
        if run.id not in self._tasks:
            task = asyncio.create_task(self._to_the_end(run))
            self._tasks[run.id] = task
            task.add_done_callback(lambda _: self._tasks.pop(run.id, None))

    async def begin(self, run: Run, channel: Any) -> bool:
        """Post the message of a new run and follow it; return whether it could be posted."""
        await self._note(run.id, untold=True)
        message = await self._send(channel, content=progress_words(run, None), view=_cancel(run))
        if message is not None:
            await self._client.storage.runs.set_message(run.id, message.id)
        self.follow(run)
        return message is not None

    async def take_up(self) -> None:
        """Follow what runs, and report what ended while nobody could be told."""
        untold = list(await self._client.storage.settings.get(BOT, UNTOLD) or ())
        going = await self._client.storage.runs.unfinished()
        for run_id in dict.fromkeys([*untold, *([going.id] if going else [])]):
            run = await self._client.storage.runs.get(run_id)
            if run is None:
                await self._note(run_id, untold=False)
            else:
                self.follow(run)

    async def idle(self) -> None:
        """Return when nothing is followed any more."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def close(self) -> None:
        """Stop following; what is being told may be told to its end when learning closes."""
        tasks = set(self._tasks.values())
        if tasks and self._client.learning.runs.closing:
            await asyncio.wait(tasks, timeout=LAST_WORDS_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _to_the_end(self, run: Run) -> None:
        try:
            await self._show(run)
            await self._told(run.id)
        except StorageError as error:
            self._client.log.error("finetune not shown", run=run.id, error=str(error))

    async def _show(self, run: Run) -> None:
        learning, edited_at, stage = self._client.learning, -EDIT_EVERY_S, ""
        async for step in learning.runs.news(run.id, learning.wait):
            new = step.stage != stage and bool(stage)
            if new or self._clock() - edited_at >= EDIT_EVERY_S:
                edited_at, stage = self._clock(), step.stage
                await self._edit(run.id, content=progress_words(run, step), view=_cancel(run))

    async def _told(self, run_id: int) -> None:
        """Say what became of the run."""
        run = await self._client.storage.runs.get(run_id)
        if run is None:
            await self._note(run_id, untold=False)
        elif run.state in UNFINISHED:
            await self._edit(run_id, content=PAUSED.format(id=run_id), view=None)
        elif run.candidate is None:
            await self._edit(run_id, or_send=True, content=ended_words(run), view=None)
            await self._note(run_id, untold=False)
        else:
            await self._report(run)
            await self._note(run_id, untold=False)

    async def _report(self, run: Run) -> None:
        """The message is the report; in automatic mode the gate's word is followed first."""
        said: str = ""
        faces: tuple[Face, ...] = AFTER_REPORT[run.state]
        if run.automatic and run.state == "passed":
            try:
                await self._promote(run)
                said = f"🚀 {run.candidate} passed the gate and is served from now on."
                faces = (BACK,)
            except CadenzaError as error:
                said = f"😔 {run.candidate} passed the gate but is not served: {error}"
        elif run.automatic:
            said = f"{run.candidate} did not pass the gate; what was served stays."
        place = self._place(run)
        guild = getattr(place, "guild", None)
        most = LEAST_LIMIT if guild is None else guild.filesize_limit
        folder = self._client.learning.models.registry.folder / str(run.candidate)
        card, words, paths = await asyncio.to_thread(read_report, folder, most - MIB // 16)
        embed = report_embed(run, card, words, [path.name for path in paths])

        def changes() -> dict[str, Any]:
            """Files are read once, so each attempt opens them anew."""
            files = [discord.File(path) for path in paths]
            return {"content": said, "embed": embed, "files": files}

        await self._edit(run.id, or_send=True, make=changes, view=view_of(run.id, *faces))

    async def _promote(self, run: Run) -> None:
        assert run.candidate is not None
        server = None if run.server_id is None else str(run.server_id)
        await self._client.learning.models.promote(run.candidate, server=server, by=None)

    async def _edit(
        self,
        run_id: int,
        *,
        or_send: bool = False,
        make: Callable[[], dict[str, Any]] | None = None,
        **changes: Any,
    ) -> None:
        """Change the run's message; where it is gone, send a new one if that is wanted."""
        run = await self._client.storage.runs.get(run_id)
        if run is None or run.channel_id is None:
            return
        place = self._place(run)
        if run.message_id is not None:
            said = (make() if make else {}) | changes
            if "files" in said:
                said["attachments"] = said.pop("files")
            message = place.get_partial_message(run.message_id)
            if await self._tried(message.edit(**said), run_id) or not or_send:
                return
        if or_send:
            said = {k: v for k, v in ((make() if make else {}) | changes).items() if v is not None}
            sent = await self._send(place, **said)
            if sent is not None:
                with contextlib.suppress(GoneError):
                    await self._client.storage.runs.set_message(run_id, sent.id)

    async def _tried(self, attempt: Awaitable[Any], run_id: int) -> bool:
        try:
            await attempt
        except TROUBLE as error:
            self._client.log.info("finetune not shown", run=run_id, status=status_of(error))
            return False
        return True

    async def _send(self, place: Any, **said: Any) -> discord.Message | None:
        try:
            message: discord.Message = await place.send(**said)
        except TROUBLE as error:
            self._client.log.warning("finetune not shown", status=status_of(error))
            return None
        return message

    def _place(self, run: Run) -> Any:
        return self._client.place(run.channel_id or 0, None)

    async def _note(self, run_id: int, *, untold: bool) -> None:
        settings = self._client.storage.settings
        known = [number for number in await settings.get(BOT, UNTOLD) or () if number != run_id]
        await settings.put(BOT, UNTOLD, [*known, *([run_id] if untold else [])] or None)


def _cancel(run: Run) -> discord.ui.View:
    return view_of(run.id, CANCEL)
