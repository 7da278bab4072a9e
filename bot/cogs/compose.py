"""``/compose``, and the buttons that make more of a piece: Variations, Stems, Cancel, Delete."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import AnsweringView, defer_privately, refuse, whisper
from bot.client import Cadenza
from bot.cogs.suggest import genres, instruments, keys, lengths, meters, moods, tempi
from bot.commissions import Asker, Commission
from bot.forget import forget
from bot.house_rules import HouseRules
from bot.reception import find_piece, from_interaction
from engine.option_types import MAX_SEED
from engine.request import ComposeRequest, apply_options, parse

MAX_PROMPT = 1000
"""Letters: far more than any wish, far less than what takes long to read."""


class ComposeCog(commands.Cog):
    """Takes wishes for new pieces."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client
        client.presses["variations"] = self.press_variations
        client.presses["stems"] = self.press_stems
        client.presses["cancel"] = self.press_cancel
        client.presses["delete"] = self.press_delete

    @app_commands.command(description="Compose a piece of music from your words")
    @app_commands.describe(
        prompt="What it shall be, as in: jazz calm 90bpm, or a sad waltz for piano, 30 seconds",
        genre="Wins over what the prompt says, like all that follow",
        mood="How it shall feel",
        tempo="Quarter notes a minute, or words such as allegro",
        key="As in D minor",
        meter="As in 3/4",
        instruments="With commas between, as in piano, strings",
        length="As in 16 bars, or a minute",
        seed="A number that brings the same piece again for the same wish",
    )
    @app_commands.autocomplete(
        genre=genres,
        mood=moods,
        tempo=tempi,
        key=keys,
        meter=meters,
        instruments=instruments,
        length=lengths,
    )
    async def compose(
        self,
        interaction: discord.Interaction[Any],
        prompt: app_commands.Range[str, 1, MAX_PROMPT],
        genre: str | None = None,
        mood: str | None = None,
        tempo: str | None = None,
        key: str | None = None,
        meter: str | None = None,
        instruments: str | None = None,
        length: str | None = None,
        seed: app_commands.Range[int, 0, MAX_SEED] | None = None,
    ) -> None:
        """Compose from words and options; options win."""
        options = {
            "genre": genre, "mood": mood, "tempo": tempo, "key": key, "meter": meter,
            "instruments": instruments, "length": length, "seed": seed,
        }  # fmt: skip

        async def order(asker: Asker, rules: HouseRules) -> Commission:
            said = parse(prompt)
            request = apply_options(said, **options)
            request = replace(request, remarks=(*request.remarks, *overruled(said, request)))
            return await self.client.commissions.compose(asker, request, rules)

        await from_interaction(interaction, order)

    async def press_variations(self, interaction: discord.Interaction[Any], piece_id: int) -> None:
        """Compose three more of the same brief."""

        async def order(asker: Asker, rules: HouseRules) -> Commission:
            piece = await find_piece(self.client, asker, piece_id)
            return await self.client.commissions.variations(asker, piece, rules)

        await from_interaction(interaction, order)

    async def press_stems(self, interaction: discord.Interaction[Any], piece_id: int) -> None:
        """Play the piece again, each instrument into a file of its own."""

        async def order(asker: Asker, rules: HouseRules) -> Commission:
            piece = await find_piece(self.client, asker, piece_id)
            return await self.client.commissions.render(asker, piece, rules, stems=True)

        await from_interaction(interaction, order)

    async def press_cancel(self, interaction: discord.Interaction[Any], job_id: int) -> None:
        """Stop a job; only who asked and moderators may."""
        await defer_privately(interaction)
        job = await self.client.storage.jobs.get(job_id)
        if job is None:
            await refuse(interaction, "There is nothing left to cancel.")
        elif job.person_id != interaction.user.id and not interaction.permissions.manage_messages:
            await refuse(interaction, f"Only <@{job.person_id}> and moderators can cancel this.")
        elif not self.client.commissions.cancel(job_id):
            await refuse(interaction, "It is too late to cancel: this has ended already.")

    async def press_delete(self, interaction: discord.Interaction[Any], piece_id: int) -> None:
        """Ask whether to delete a piece, of those who may."""
        await defer_privately(interaction)
        piece = await self.client.storage.pieces.get(piece_id)
        if piece is None:  # only its message is left
            if interaction.message is not None:
                with contextlib.suppress(discord.NotFound):
                    await interaction.message.delete()
            return
        rules = await self.client.rules(piece.server_id)
        if not rules.may_delete(
            [role.id for role in getattr(interaction.user, "roles", ())],
            requester=interaction.user.id == piece.person_id,
            moderator=interaction.permissions.manage_messages,
        ):
            await refuse(interaction, "Only who asked for this piece and moderators can delete it.")
            return
        text = f"Delete “{piece.title}” (piece {piece.id}) with its ratings? This cannot be undone."
        await whisper(interaction, text, view=ConfirmDeletion(self.client, piece_id))


class ConfirmDeletion(AnsweringView):
    """Asks once more; nobody but the person sees it, and it need not outlive a restart."""

    def __init__(self, client: Cadenza, piece_id: int) -> None:
        super().__init__(timeout=300)
        self._client = client
        self._piece_id = piece_id

    @discord.ui.button(label="Delete", emoji="🗑️", style=discord.ButtonStyle.danger)
    async def confirm(
        self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Any]
    ) -> None:
        """Delete the piece from database and channel."""
        await interaction.response.defer()
        gone = await self._client.storage.pieces.delete(self._piece_id)
        await forget(self._client, gone)
        await interaction.edit_original_response(content="Deleted.", view=None)


def overruled(said: ComposeRequest, asked: ComposeRequest) -> list[str]:
    """Return sentences about words of a prompt in whose place an option counts."""
    names = {"genre": "genre", "mood": "mood", "tempo_bpm": "tempo", "key": "key", "meter": "meter"}
    return [
        f"the option {word} counts, the prompt's {getattr(said, field)} does not"
        for field, word in names.items()
        if getattr(said, field) is not None and getattr(said, field) != getattr(asked, field)
    ]


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(ComposeCog(client))
