"""Slash commands, and what people read when one of them fails."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord import app_commands

from bot.answers import refuse
from bot.cards import sentence
from engine.errors import CadenzaError

SORRY = "😔 Something went wrong on my side. It is noted; please try again."

_log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")


class CommandTree(app_commands.CommandTree[Any]):
    """Turns every failure into one sentence for the person, and logs what it does not know."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer privately with the reason."""
        cause = getattr(error, "original", error)
        if isinstance(cause, CadenzaError):
            await refuse(interaction, sentence(str(cause)))
        elif isinstance(error, app_commands.CheckFailure | app_commands.TransformerError):
            await refuse(interaction, sentence(str(error)))
        else:
            name = interaction.command.qualified_name if interaction.command else "?"
            _log.error("command failed", command=name, exc_info=cause)
            await refuse(interaction, SORRY)
