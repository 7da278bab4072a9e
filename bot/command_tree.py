"""Slash commands, and what people read when one of them fails."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.answers import apologise


class CommandTree(app_commands.CommandTree[Any]):
    """Turns every failure into one sentence for the person, and logs what it does not know."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer privately with the reason."""
        await apologise(interaction, error)
