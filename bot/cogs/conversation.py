"""Talking about a piece: replies, mentions, direct messages, Change…, ``/change``, Again, Extend.

Whatever is said goes through one door, ``bot/talk.py``.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import AnsweringModal, reply_if_possible
from bot.client import Cadenza
from bot.cogs.compose import MAX_PROMPT
from bot.commissions import Asker, Commission
from bot.house_rules import HouseRules
from bot.reception import find_piece, from_interaction, from_message
from bot.storage.records import Piece
from bot.talk import says_something, take_wish

MAX_WISH = 300
"""Letters of a wish in the modal."""
BLANK = (
    "🙏 I got your reply without its words: Discord shows me the text of a reply only if it pings "
    "me. Please leave the @ ON above the text field when you reply, mention me, press **Change…** "
    "below the piece, or use `/change`."
)
ROLE = (
    "🙏 You mentioned my role. Discord shows me your words only if you mention me myself: choose "
    "the name with the picture in the list, or use `/compose`."
)
HOW = (
    "🎼 Tell me what you would like to hear, as in **jazz calm 90bpm** or **a sad waltz for piano, "
    "30 seconds**, or reply to a piece with what shall be different: **slower, darker, add "
    "strings**. `/compose` shows everything that can be chosen."
)


class ConversationCog(commands.Cog):
    """Makes the next version of a piece from what people say."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client
        client.presses["again"] = self._saying("again")
        client.presses["extend"] = self._saying("longer")
        client.presses["change"] = self.press_change

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer what is said to the bot: a reply to a piece, a mention, a direct message."""
        if message.author.bot or message.webhook_id is not None or message.is_system():
            return
        piece = await self._replied_to(message)
        text = self._words(message)
        if piece is None and not self._is_meant(message, text):
            if self._names_my_role(message):
                await reply_if_possible(message, ROLE)
        elif text:
            await from_message(self.client, message, self._order(text, piece))
        else:
            await reply_if_possible(message, BLANK if piece else HOW)

    async def _replied_to(self, message: discord.Message) -> Piece | None:
        reference = message.reference
        if reference is None or reference.message_id is None:
            return None
        return await self.client.piece_of(reference.message_id, message.channel.id)

    def _is_meant(self, message: discord.Message, text: str) -> bool:
        """Whether a message about no piece asks for one: "thanks!" to an answer does not."""
        user = self.client.user
        if message.guild is None or user is None:
            return True
        if user.id in message.raw_mentions:
            return True
        return user in message.mentions and says_something(text)

    def _names_my_role(self, message: discord.Message) -> bool:
        """Whether the role was mentioned that Discord made for the bot: easy to take for it."""
        role = None if message.guild is None else message.guild.self_role
        return role is not None and role in message.role_mentions

    def _words(self, message: discord.Message) -> str:
        """What was said, without the mention of the bot."""
        mention = rf"<@!?{self.client.user.id}>" if self.client.user else r"(?!)"
        return re.sub(mention, " ", message.content).strip()[:MAX_PROMPT]

    def _order(
        self, text: str, piece: Piece | None
    ) -> Callable[[Asker, HouseRules], Awaitable[Commission | Piece]]:
        async def order(asker: Asker, rules: HouseRules) -> Commission | Piece:
            return await take_wish(
                self.client.commissions,
                asker,
                rules,
                text,
                about=piece,
                now=self.client.commissions.clock(),
            )

        return order

    def _saying(self, wish: str) -> Callable[[discord.Interaction[Any], int], Awaitable[None]]:
        async def press(interaction: discord.Interaction[Any], piece_id: int) -> None:
            await self.revise(interaction, piece_id, wish)

        return press

    async def revise(
        self, interaction: discord.Interaction[Any], piece_id: int | None, wish: str
    ) -> None:
        """Make the next version of a piece, or (None) of the person's latest here."""

        async def order(asker: Asker, rules: HouseRules) -> Commission | Piece:
            piece = await find_piece(self.client, asker, piece_id)
            return await self.client.commissions.revise(asker, piece, wish, rules)

        await from_interaction(interaction, order)

    async def press_change(self, interaction: discord.Interaction[Any], piece_id: int) -> None:
        """Ask in a window what shall be different."""
        await interaction.response.send_modal(ChangeModal(self, piece_id))

    @app_commands.command(description="Make the next version of a piece")
    @app_commands.describe(
        wish="What shall be different, as in: slower, darker, add strings",
        piece="The number at the foot of a piece; your latest one here if left out",
    )
    async def change(
        self,
        interaction: discord.Interaction[Any],
        wish: app_commands.Range[str, 1, MAX_PROMPT],
        piece: app_commands.Range[int, 1] | None = None,
    ) -> None:
        """Make the next version of the piece named, or of the person's latest here."""
        await self.revise(interaction, piece, wish)


class ChangeModal(AnsweringModal, title="Change this piece"):
    """Takes one wish."""

    wish: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="What shall be different?",
        placeholder="slower, darker, add strings",
        max_length=MAX_WISH,
        custom_id="wish",
    )

    def __init__(self, cog: ConversationCog, piece_id: int) -> None:
        super().__init__(custom_id=f"cadenza:modal:{piece_id}")
        self._cog = cog
        self._piece_id = piece_id

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Make the next version."""
        await self._cog.revise(interaction, self._piece_id, self.wish.value)


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(ConversationCog(client))
