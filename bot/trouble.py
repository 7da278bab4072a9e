"""What can go wrong between the bot and Discord, and whether it may pass by itself."""

from __future__ import annotations

import aiohttp
import discord

TROUBLE = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a request raises: Discord's refusals, and a network that fails (TimeoutError is an OSError).
"""


def status_of(error: Exception) -> int:
    """The status that Discord answered with; 0 where no answer came."""
    return error.status if isinstance(error, discord.HTTPException) else 0


def may_pass(error: Exception) -> bool:
    """Whether the same request may work later: Discord or the network failed, not the request."""
    status = status_of(error)
    return status == 0 or status == 429 or status >= 500


def too_big(error: Exception) -> bool:
    """Whether Discord found a file larger than it takes there."""
    return isinstance(error, discord.HTTPException) and (error.status == 413 or error.code == 40005)
