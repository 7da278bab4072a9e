"""What there is already: ``/history``, ``/top`` and ``/explain``."""

from __future__ import annotations

import re
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import answered, defer_privately, whisper
from bot.cards import COLOUR, chunks, explanation_text, list_line, ratings_line
from bot.client import Cadenza
from bot.reception import find_piece

PAGE = 8
"""Pieces on a page: with links they stay within an embed's 4,096 letters."""

What = Literal["history", "top"]


class LibraryCog(commands.Cog):
    """Finds pieces again and explains them."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client
        client.add_dynamic_items(PageButton)
        client.presses["explain"] = self.press_explain

    @app_commands.command(description="Your pieces, the newest first; only you see the list")
    async def history(self, interaction: discord.Interaction[Any]) -> None:
        """Show the first page of the person's pieces."""
        await defer_privately(interaction)
        embed, view = await self.page("history", interaction, 0)
        await whisper(interaction, embed=embed, view=view)

    @app_commands.command(description="The best rated pieces of this server")
    @app_commands.guild_only()
    async def top(self, interaction: discord.Interaction[Any]) -> None:
        """Show the first page of the server's best."""
        await defer_privately(interaction)
        embed, view = await self.page("top", interaction, 0)
        await whisper(interaction, embed=embed, view=view)

    async def page(
        self, what: What, interaction: discord.Interaction[Any], offset: int
    ) -> tuple[discord.Embed, discord.ui.View]:
        """Return a page of a list, with buttons to its neighbours."""
        if what == "history":
            lines, more = await self._history(interaction.user.id, interaction.guild_id, offset)
            title, empty = "Your pieces", "You have no pieces here yet; make one with /compose."
        else:
            lines, more = await self._top(interaction.guild_id, offset)
            title, empty = (
                "The best liked pieces here",
                (
                    "Nothing has been rated well here yet. React to a piece with 👍 ❤️ or 🔥; "
                    "what people think of their own pieces does not count."
                ),
            )
        embed = discord.Embed(title=title, description="\n".join(lines) or empty, colour=COLOUR)
        view = discord.ui.View(timeout=None)
        if offset:
            view.add_item(PageButton(what, max(0, offset - PAGE), "◀️"))
        if more:
            view.add_item(PageButton(what, offset + PAGE, "▶️"))
        return embed, view

    async def _history(
        self, person_id: int, server_id: int | None, offset: int
    ) -> tuple[list[str], bool]:
        pieces = await self.client.storage.pieces.of_person(
            person_id, server_id, offset=offset, limit=PAGE + 1
        )
        lines = []
        for piece in pieces[:PAGE]:
            votes = ratings_line(await self.client.storage.ratings.summary(piece.id))
            lines.append(list_line(piece, await self.client.url_of(piece.id), votes))
        return lines, len(pieces) > PAGE

    async def _top(self, server_id: int | None, offset: int) -> tuple[list[str], bool]:
        best = await self.client.storage.pieces.top(server_id, offset=offset, limit=PAGE + 1)
        lines = []
        for place, rated in enumerate(best[:PAGE], start=offset + 1):
            votes = ratings_line(await self.client.storage.ratings.summary(rated.piece.id))
            url = await self.client.url_of(rated.piece.id)
            lines.append(f"**{place}.** {list_line(rated.piece, url, votes)}")
        return lines, len(best) > PAGE

    @app_commands.command(description="Key, chords and form of a piece in plain words")
    @app_commands.describe(piece="The number at the foot of a piece; your latest here if left out")
    async def explain(
        self,
        interaction: discord.Interaction[Any],
        piece: app_commands.Range[int, 1] | None = None,
    ) -> None:
        """Explain the piece named, or the person's latest here."""
        await defer_privately(interaction)
        await self._tell(interaction, piece)

    async def press_explain(self, interaction: discord.Interaction[Any], piece_id: int) -> None:
        """Explain the piece below which the button stands."""
        await defer_privately(interaction)
        await self._tell(interaction, piece_id)

    async def _tell(self, interaction: discord.Interaction[Any], piece_id: int | None) -> None:
        asker = self.client.asker(interaction.user, interaction.channel)
        piece = await find_piece(self.client, asker, piece_id)
        for part in chunks(explanation_text(piece)):
            await whisper(interaction, part)


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"cadenza-page:(?P<what>history|top):(?P<offset>\d{1,6})",
):
    """Turns the page of a list; says in itself which page of which list."""

    def __init__(self, what: What, offset: int, emoji: str | None = None) -> None:
        super().__init__(
            discord.ui.Button(emoji=emoji or "▶️", custom_id=f"cadenza-page:{what}:{offset}")
        )
        self.what: What = what
        self.offset = offset

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Any, match: re.Match[str], /
    ) -> PageButton:
        """Return the button of a list that was shown in an earlier life of the bot."""
        return cls("top" if match["what"] == "top" else "history", int(match["offset"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page in place of the one that is seen."""
        async with answered(interaction):
            await interaction.response.defer()
            cog = interaction.client.get_cog("LibraryCog")
            embed, view = await cog.page(self.what, interaction, self.offset)
            await interaction.edit_original_response(embed=embed, view=view)


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(LibraryCog(client))
