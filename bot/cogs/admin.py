"""``/studio``: for the owner of the bot. Who that is is checked here, not only by Discord."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import defer_privately, whisper
from bot.cards import COLOUR
from bot.client import Cadenza
from bot.studio import Status


class NotOwnerError(app_commands.CheckFailure):
    """Somebody else than the owner has called an owner's command."""


class AdminCog(
    commands.GroupCog,
    group_name="studio",
    group_description="For the owner of this bot",
):
    """Shows the owner how the studio does."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let only owners through."""
        if not await self.client.is_keeper(interaction.user):
            raise NotOwnerError("this is for the owner of the bot")
        return True

    @app_commands.command(description="Queue, workers and servers at this moment")
    async def status(self, interaction: discord.Interaction[Any]) -> None:
        """Show the studio's state."""
        await whisper(interaction, embed=status_embed(self.client.studio.status(), self.client))

    @app_commands.command(description="Take no new wishes, until resume; what waits is finished")
    async def pause(self, interaction: discord.Interaction[Any]) -> None:
        """Take no new commissions."""
        self.client.commissions.paused = True
        await whisper(interaction, "Paused: whoever asks is told to come back later.")

    @app_commands.command(description="Take wishes again")
    async def resume(self, interaction: discord.Interaction[Any]) -> None:
        """Take commissions again."""
        self.client.commissions.paused = False
        await whisper(interaction, "Open again.")

    @app_commands.command(description="Tell Discord all commands anew")
    async def sync(self, interaction: discord.Interaction[Any]) -> None:
        """Sync the command tree, whatever was synced before."""
        await defer_privately(interaction)
        told = await self.client.tree.sync()
        await whisper(interaction, f"{len(told)} commands told.")


def status_embed(status: Status, client: Cadenza) -> discord.Embed:
    """Return the studio's state as the owner reads it."""
    embed = discord.Embed(title="Studio", colour=COLOUR)
    at_work = ", ".join(f"{a.kind} ({a.stage}, {a.seconds:.0f} s)" for a in status.running)
    mean = "no piece yet" if status.mean_s is None else f"{status.mean_s:.1f} s a piece"
    for name, value in (
        ("Waiting", str(status.waiting)),
        ("At work", at_work or "nothing"),
        ("Workers", f"{status.alive} of {status.workers}, restarted {status.restarts} times"),
        (
            "Since the start",
            f"{status.done} done, {status.failed} failed, {status.cancelled} cancelled",
        ),
        ("Speed", mean),
        ("Model", status.model or "none loaded yet"),
        ("Servers", f"{len(client.guilds)} on {client.shard_count or 1} shards"),
        ("Latency", f"{client.latency * 1000:.0f} ms"),
    ):
        embed.add_field(name=name, value=value)
    if status.missing:
        embed.add_field(name="Missing", value=status.missing, inline=False)
    if client.commissions.paused:
        embed.set_footer(text="paused: no new wishes are taken")
    return embed


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(AdminCog(client))
