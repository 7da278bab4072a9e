"""Blind comparisons: two pieces for one wish, and who listens says which one is better."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.ext import commands

from bot.answers import defer_privately, refuse, whisper
from bot.client import Cadenza
from bot.storage.errors import GoneError
from bot.storage.learning_records import Side

GONE = "One of the two pieces has been deleted, so there is nothing left to compare."


class BlindCog(commands.Cog):
    """Keeps which of two pieces people like better; one choice each, which they may change."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client
        client.presses["choose-a"] = self._choosing("a")
        client.presses["choose-b"] = self._choosing("b")

    def _choosing(self, side: Side) -> Callable[[discord.Interaction[Any], int], Awaitable[None]]:
        async def press(interaction: discord.Interaction[Any], trial_id: int) -> None:
            await self.press(interaction, trial_id, side)

        return press

    async def press(self, interaction: discord.Interaction[Any], trial_id: int, side: Side) -> None:
        """Keep the choice, and say so to the person alone; no word of the models."""
        await defer_privately(interaction)
        try:
            await self.client.storage.trials.choose(trial_id, interaction.user.id, side)
        except GoneError:
            await refuse(interaction, GONE)
            return
        self.client.log.info("chosen", trial=trial_id)
        await whisper(
            interaction,
            f"You find {side.upper()} better: noted. The other button changes your choice.",
        )


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(BlindCog(client))
