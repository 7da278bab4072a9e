"""The message that shows how a piece comes along: edited seldom, gone when the piece is there."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from bot.buttons import cancel_view
from bot.cards import progress_text
from bot.jobs import News, Running
from bot.trouble import TROUBLE, may_pass, status_of

EDIT_EVERY_S = 2.0
"""Discord allows five edits in five seconds; many pieces at once share that."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")


class ProgressMessage:
    """Shows the news of one job in one message, at most every two seconds.

    A message that can no longer be edited is not an error: the piece is what counts.
    """

    def __init__(
        self,
        message: discord.Message | discord.PartialMessage | None,
        job_id: int,
        *,
        bars: int | None = None,
        followup: discord.Webhook | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.message = message
        self.followup = followup
        """Sends where the bot may not: valid for fifteen minutes after the command."""
        self._job_id = job_id
        self._bars = bars
        self._clock = clock
        self._edited_at = -EDIT_EVERY_S
        self._shown = ""
        self._kind: type[News] | None = None

    async def show(self, news: News) -> None:
        """Show the news, unless the last edit was a moment ago; work begun is shown at once."""
        text = progress_text(news, self._bars)
        begun = isinstance(news, Running) and self._kind is not Running and bool(self._shown)
        if text == self._shown or self.message is None:
            return
        if not begun and self._clock() - self._edited_at < EDIT_EVERY_S:
            return
        self._edited_at, self._shown, self._kind = self._clock(), text, type(news)
        await self._edit(content=text, view=cancel_view(self._job_id))

    async def end(self, text: str) -> None:
        """Show the last words instead, without a button."""
        await self._edit(content=text, view=None)

    async def remove(self) -> None:
        """Take the message away."""
        await self._try("removed", lambda message: message.delete())

    async def _edit(self, **changes: Any) -> None:
        await self._try("edited", lambda message: message.edit(**changes))

    async def _try(
        self, what: str, act: Callable[[discord.Message | discord.PartialMessage], Awaitable[Any]]
    ) -> None:
        """Do it by the command's token; when that has run out, as any message of the channel."""
        while self.message is not None:
            try:
                await act(self.message)
                return
            except TROUBLE as error:
                _log.info(f"progress not {what}", status=status_of(error), job=self._job_id)
                outlived = isinstance(self.message, discord.InteractionMessage)
                if may_pass(error) and not (status_of(error) == 429 and outlived):
                    return
                self.message = _in_channel(self.message) if outlived else None


def _in_channel(message: discord.Message | discord.PartialMessage) -> discord.PartialMessage | None:
    channel = message.channel
    return (
        channel.get_partial_message(message.id) if hasattr(channel, "get_partial_message") else None
    )
