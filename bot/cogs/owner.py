"""What the owner's commands about learning share: who may, and for whom."""

from __future__ import annotations

from typing import Any

import discord

from bot.client import Cadenza
from bot.cogs.admin import NotOwnerError
from engine.errors import BadInputError

FINETUNE = "FinetuneCog"
"""The cog that begins fine-tunes."""
SHARE = 0.2
"""Of requests that a blind test answers by both models."""


class OwnerError(BadInputError):
    """What the owner asked cannot be done as asked."""


async def check_owner(client: Cadenza, interaction: discord.Interaction[Any]) -> None:
    """Raise NotOwnerError for everybody else, whatever Discord shows them."""
    if not await client.is_keeper(interaction.user):
        raise NotOwnerError("this is for the owner of the bot")


def scope_of(interaction: discord.Interaction[Any], server: bool) -> int | None:
    """Return the server that is meant; None for everyone."""
    if server and interaction.guild_id is None:
        raise OwnerError("server:true works in a server only; leave it out here")
    return interaction.guild_id if server else None
