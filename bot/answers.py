"""Small answers: to an interaction, acknowledged before or not, and to a message."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.cards import sentence
from bot.storage.errors import GoneError, StorageError
from bot.trouble import TROUBLE, status_of
from engine.errors import CadenzaError

SORRY = "😔 Something went wrong on my side. It is noted; please try again."
MOST = 2000
"""Letters of a message; Discord refuses longer ones."""
PRIVATE = "private"
"""Marks an interaction that was deferred so that only the person sees it."""
_TOO_LATE = 10062
"""Discord's code for an interaction that nobody acknowledged within three seconds."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")


async def refuse(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer in a way that only the person sees; "thinking" that all could see is taken back.

    An interaction that has expired meanwhile is logged: there is nobody to answer any more.
    """
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(text[:MOST], ephemeral=True)
            return
        thinking = discord.InteractionResponseType.deferred_channel_message
        seen_by_all = interaction.response.type is thinking and not interaction.extras.get(PRIVATE)
        if seen_by_all:
            # A first followup would take the place of "thinking", and be seen by all as that is.
            await interaction.edit_original_response(content="…")
        try:
            await interaction.followup.send(text[:MOST], ephemeral=True)
        finally:
            if seen_by_all:
                await interaction.delete_original_response()
    except TROUBLE as error:
        _log.warning("not answered", status=status_of(error), error=type(error).__name__)


async def apologise(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the person privately why it did not work; what is not theirs to know is logged."""
    cause = getattr(error, "original", error)
    if isinstance(cause, discord.NotFound) and cause.code == _TOO_LATE:
        _log.warning("acknowledged too late", type=interaction.type.name)
    elif isinstance(error, app_commands.CheckFailure):
        await refuse(interaction, f"🙏 {sentence(str(error))}")
    else:
        await refuse(interaction, words_of(cause))


def words_of(error: Exception) -> str:
    """Return what a person reads of a failure; the owner reads in the log what broke."""
    broken = isinstance(error, StorageError) and not isinstance(error, GoneError)
    if isinstance(error, CadenzaError) and not broken:
        return f"🙏 {sentence(str(error))}"
    _log.error("failed", error=type(error).__name__, exc_info=error)
    return SORRY


@contextlib.asynccontextmanager
async def answered(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """Whatever fails within is told to the person who pressed."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - discord.py would log it and tell nobody
        await apologise(interaction, error)


class AnsweringView(discord.ui.View):
    """Components that never leave a person without an answer."""

    async def on_error(
        self,
        interaction: discord.Interaction[Any],
        error: Exception,
        _item: discord.ui.Item[Any],
        /,
    ) -> None:
        """Say what failed."""
        await apologise(interaction, error)


class AnsweringModal(discord.ui.Modal):
    """A window that never leaves a person without an answer."""

    async def on_error(  # type: ignore[override]  # as discord.py's own Modal has it
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        """Say what failed."""
        await apologise(interaction, error)


async def defer_privately(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge; what follows is seen by the person alone.

    A command shows that the bot is thinking and wants an answer; a button may go without.
    """
    await interaction.response.defer(ephemeral=True)
    interaction.extras[PRIVATE] = True


async def whisper(
    interaction: discord.Interaction[Any], text: str | None = None, **more: Any
) -> None:
    """Answer an interaction that was deferred privately, or not at all."""
    if interaction.response.is_done():
        await interaction.followup.send(text or discord.utils.MISSING, ephemeral=True, **more)
    else:
        await interaction.response.send_message(text, ephemeral=True, **more)


async def reply(message: discord.Message, text: str, **more: Any) -> discord.Message:
    """Answer a message without a ping, or write to its channel if it was deleted meanwhile."""
    reference = message.to_reference(fail_if_not_exists=False)
    return await message.channel.send(
        text[:MOST], reference=reference, mention_author=False, **more
    )


async def reply_if_possible(message: discord.Message, text: str) -> None:
    """Answer a message; where the bot may not write there is nobody to tell."""
    try:
        await reply(message, text)
    except TROUBLE as error:
        _log.info("no reply", status=status_of(error), channel=message.channel.id)
