"""Small answers to an interaction, whether or not it has been acknowledged before."""

from __future__ import annotations

from typing import Any

import discord
import structlog

PRIVATE = "private"
"""Marks an interaction that was deferred so that only the person sees it."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")


async def refuse(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer in a way that only the person sees; "thinking" that all could see is taken back.

    An interaction that has expired meanwhile is logged: there is nobody to answer any more.
    """
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(text, ephemeral=True)
            return
        thinking = discord.InteractionResponseType.deferred_channel_message
        seen_by_all = interaction.response.type is thinking and not interaction.extras.get(PRIVATE)
        if seen_by_all:
            # A first followup would take the place of "thinking", and be seen by all as that is.
            await interaction.edit_original_response(content="…")
        await interaction.followup.send(text, ephemeral=True)
        if seen_by_all:
            await interaction.delete_original_response()
    except discord.HTTPException as error:
        _log.warning("not answered", status=error.status, code=error.code)


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
