"""What is kept of people, given to them or removed: ``/privacy`` and ``/mydata``."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import defer_privately, whisper
from bot.cards import message_url
from bot.client import Cadenza
from bot.forget import forget
from bot.storage.errors import GoneError

PRIVACY = (
    "**What Cadenza keeps of you**\n"
    "· your Discord number, and when I first met you; no name, no picture, no e-mail\n"
    "· the pieces you asked for: what was understood (genre, mood, tempo, key …), the MIDI, "
    "figures, and where it was posted\n"
    "· your ratings: which piece, which of the five, when; those taken back, too, marked as such\n"
    "· what you asked for and what became of it, for the quota\n\n"
    "**What is not kept:** what you write. Messages are read only when you mention me, answer a "
    "piece or write to me directly, and only what was understood of them is kept. Sound files are "
    "sent to Discord and not kept here.\n\n"
    "**What it is for:** to find, change and play your pieces again, to keep to the quota, and to "
    "learn from ratings which music people like. Models learn from ratings and pieces, never from "
    "your words, and never again from ratings that you have deleted.\n\n"
    "`/mydata export` gives you all of it as a file, `/mydata delete` removes it, with your "
    "pieces' messages. Ratings of others on your pieces go with the pieces; what others made of "
    "your pieces stays theirs."
)

NOTHING = "Nothing is kept of you."


class PrivacyCog(commands.GroupCog, group_name="mydata", group_description="What is kept of you"):
    """Gives people what is theirs."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client

    @app_commands.command(description="All that is kept of you, as a file that only you see")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Send the person's rows as JSON."""
        await defer_privately(interaction)
        data = await self.client.storage.people.export(interaction.user.id)
        text = await asyncio.to_thread(json.dumps, data, indent=1, ensure_ascii=False)
        file = discord.File(io.BytesIO(text.encode()), filename="cadenza-my-data.json")
        await whisper(interaction, "This is all that is kept of you.", file=file)

    @app_commands.command(description="Remove all that is kept of you, your pieces included")
    async def delete(self, interaction: discord.Interaction[Any]) -> None:
        """Ask once more before anything is removed."""
        await defer_privately(interaction)
        count = await self.client.storage.pieces.count_of_person(interaction.user.id)
        text = (
            f"This removes your {count} pieces with their messages, your ratings and all else that "
            "is kept of you, in every server. It cannot be undone. `/mydata export` first?"
        )
        await whisper(interaction, text, view=ConfirmRemoval(self.client, interaction.user.id))


class ConfirmRemoval(discord.ui.View):
    """Asks once more; nobody but the person sees it."""

    def __init__(self, client: Cadenza, person_id: int) -> None:
        super().__init__(timeout=300)
        self._client = client
        self._person_id = person_id

    @discord.ui.button(label="Remove everything", style=discord.ButtonStyle.danger)
    async def confirm(
        self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Any]
    ) -> None:
        """Remove the person from the database and their pieces from Discord."""
        await interaction.response.defer()
        try:
            gone = await self._client.storage.people.delete(self._person_id)
        except GoneError:
            await interaction.edit_original_response(content=NOTHING, view=None)
            return
        left = await forget(self._client, gone, self._person_id)
        counts = ", ".join(f"{count} {table}" for table, count in gone.counts.items() if count)
        text = f"Removed: {counts}."
        if left:
            links = " ".join(message_url(None, r.channel_id, r.message_id) for r in left[:10])
            text += (
                " I may not take your reactions away from these pieces of others; please do it "
                f"yourself, or they count as new ratings when I read them again: {links}"
            )
        await interaction.edit_original_response(content=text[:2000], view=None)


class PrivacyWordsCog(commands.Cog):
    """Says what is kept."""

    @app_commands.command(description="What is kept of you, what for, and how to remove it")
    async def privacy(self, interaction: discord.Interaction[Any]) -> None:
        """Say what is kept."""
        await whisper(interaction, PRIVACY)


async def setup(client: Cadenza) -> None:
    """Add the cogs."""
    await client.add_cog(PrivacyCog(client))
    await client.add_cog(PrivacyWordsCog())
