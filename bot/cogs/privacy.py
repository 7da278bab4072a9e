"""What is kept of people, given to them or removed: ``/privacy`` and ``/mydata``."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import AnsweringView, defer_privately, whisper
from bot.cards import message_url
from bot.client import LEAST_LIMIT, Cadenza
from bot.forget import forget
from bot.storage.errors import GoneError
from bot.storage.records import Forgotten

PRIVACY = (
    "**What Cadenza keeps of you**\n"
    "· your Discord number, and when I first met you; no name, no picture, no e-mail\n"
    "· the pieces you asked for: what was understood (genre, mood, tempo, key …), the MIDI, "
    "figures, and where it was posted\n"
    "· your ratings: which piece, which of the five, when; those taken back, too, marked as such\n"
    "· which of two pieces you found better, where two answered one wish\n"
    "· what you asked for and what became of it, for the quota\n"
    "· if you own this bot: which fine-tunes you started; the history of models says that an "
    "owner promoted them, not who\n\n"
    "**What is not kept:** what you write. Messages are read only when you mention me, answer a "
    "piece or write to me directly, and only what was understood of them is kept. Sound files are "
    "sent to Discord and not kept here.\n\n"
    "**What it is for:** to find, change and play your pieces again, to keep to the quota, and to "
    "learn from ratings which music people like. Models learn from ratings and pieces, never from "
    "your words, and never again from ratings that you have deleted: those are taken out of the "
    "files that are being learned from, too.\n\n"
    "`/mydata export` gives you all of it as a file, `/mydata delete` removes it, with your "
    "pieces' messages. Ratings of others on your pieces go with the pieces; what others made of "
    "your pieces stays theirs."
)

NOTHING = "Nothing is kept of you."
MOST_BYTES = LEAST_LIMIT - 2**16
"""Of a file: Discord's least limit, with room for the words around it."""


class PrivacyCog(commands.GroupCog, group_name="mydata", group_description="What is kept of you"):
    """Gives people what is theirs."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client

    @app_commands.command(description="All that is kept of you, as a file that only you see")
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Send the person's rows as JSON, in as many files as Discord takes."""
        await defer_privately(interaction)
        data = await self.client.storage.people.export(interaction.user.id)
        parts = await asyncio.to_thread(packed, data, MOST_BYTES)
        for number, part in enumerate(parts, start=1):
            of = f" File {number} of {len(parts)}." if len(parts) > 1 else ""
            file = discord.File(io.BytesIO(part), filename=f"cadenza-my-data-{number}.zip")
            await whisper(interaction, f"This is all that is kept of you.{of}", file=file)

    @app_commands.command(description="Remove all that is kept of you, your pieces included")
    async def delete(self, interaction: discord.Interaction[Any]) -> None:
        """Ask once more before anything is removed."""
        await defer_privately(interaction)
        count = await self.client.storage.pieces.count_of_person(interaction.user.id)
        text = (
            f"This removes your pieces ({count}) with their messages, your ratings and all else "
            "that is kept of you, in every server. It cannot be undone. `/mydata export` first?"
        )
        await whisper(interaction, text, view=ConfirmRemoval(self.client, interaction.user.id))


def packed(data: Mapping[str, Any], most_bytes: int) -> list[bytes]:
    """Return the rows as ZIP files with JSON in them, each at most so large where that can be.

    Lists are parted in the middle until their files are small enough; a single row is not parted.
    """
    text = json.dumps(data, indent=1, ensure_ascii=False)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cadenza-my-data.json", text)
    longest = max((len(rows) for rows in data.values() if isinstance(rows, list)), default=0)
    if len(file.getvalue()) <= most_bytes or longest <= 1:
        return [file.getvalue()]
    halves: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for name, rows in data.items():
        middle = len(rows) // 2 if isinstance(rows, list) else 0
        halves[0][name] = rows[:middle] if isinstance(rows, list) else rows
        halves[1][name] = rows[middle:] if isinstance(rows, list) else rows
    return [part for half in halves for part in packed(half, most_bytes)]


class ConfirmRemoval(AnsweringView):
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
            # Where the bot was killed after the database, an old history may name them.
            await forget(self._client, Forgotten({}), self._person_id)
            return
        # Said first: taking many messages away takes longer than an answer may wait.
        await interaction.edit_original_response(content=_removed(gone.counts), view=None)
        left = await forget(self._client, gone, self._person_id)
        if left:
            links = " ".join(
                message_url(r.server_id, r.channel_id, r.message_id) for r in left[:10]
            )
            text = (
                "I may not take your reactions away from these pieces of others; please do it "
                f"yourself, or they count as new ratings when I read them again: {links}"
            )
            await whisper(interaction, text)


def _removed(counts: Mapping[str, int]) -> str:
    pieces, ratings = counts["pieces"], counts["ratings"]
    return (
        f"Removed: {pieces} {'piece' if pieces == 1 else 'pieces'}, {ratings} "
        f"{'rating' if ratings == 1 else 'ratings'} and all else that was kept of you. "
        "The messages with your pieces go now."
    )


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
