"""Ratings: reactions and buttons below a piece, followed when they go, read again after a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
from discord.ext import commands

from bot.answers import defer_privately, whisper
from bot.cards import ratings_line
from bot.client import Cadenza
from bot.ratings import MEANINGS, RatingKind, emoji_of, kind_of
from bot.storage.errors import GoneError, StorageError
from bot.storage.records import Message
from bot.trouble import TROUBLE, status_of

MISSED_SINCE = timedelta(days=14)
MISSED_MESSAGES = 300
"""How much is read again after a pause: each message is a request, and few rate later."""


class RateCog(commands.Cog):
    """Keeps what listeners think of pieces."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client
        self._reading: asyncio.Task[None] | None = None
        for meaning in MEANINGS:
            client.presses[f"rate-{meaning.kind}"] = self._pressing(meaning.kind)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """A reaction of a person on a piece is a rating."""
        kind = kind_of(str(event.emoji))
        if kind is None:  # is it one of the five?
            return
        if self.client.user is not None and event.user_id == self.client.user.id:  # our own?
            return
        if event.member is not None and event.member.bot:  # another bot's?
            return
        piece = await self.client.piece_of(event.message_id, event.channel_id)
        if piece is None:  # on something else than a piece?
            return
        try:
            await self.client.storage.ratings.give(
                piece.id, event.user_id, kind, "reaction", event.message_id
            )
        except GoneError:
            return
        self.client.log.info("rated", piece=piece.id, rating=kind)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """A reaction that is taken back takes the rating back."""
        kind = kind_of(str(event.emoji))
        if kind is None:
            return
        piece = await self.client.piece_of(event.message_id, event.channel_id)
        if piece is not None:
            await self.client.storage.ratings.withdraw(
                piece.id, event.user_id, kind, "reaction", event.message_id
            )

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """A moderator took all reactions away."""
        await self.client.storage.ratings.clear(event.message_id)

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """A moderator took all reactions of one kind away."""
        kind = kind_of(str(event.emoji))
        if kind is not None:
            await self.client.storage.ratings.clear(event.message_id, kind)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A message that is gone is no longer read or linked; ratings given on it stay true."""
        await self.client.storage.messages.deleted([event.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages are gone at once."""
        await self.client.storage.messages.deleted(event.message_ids)

    def _pressing(
        self, kind: RatingKind
    ) -> Callable[[discord.Interaction[Any], int], Awaitable[None]]:
        async def press(interaction: discord.Interaction[Any], piece_id: int) -> None:
            await self.press(interaction, piece_id, kind)

        return press

    async def press(
        self, interaction: discord.Interaction[Any], piece_id: int, kind: RatingKind
    ) -> None:
        """Rate by button; a second press of the same takes the rating back."""
        await defer_privately(interaction)
        ratings, person = self.client.storage.ratings, interaction.user.id
        standing = [r for r in await ratings.counted(piece_id) if r.person_id == person]
        if standing and standing[0].kind == kind and standing[0].source == "reaction":
            said = f"You rated this {emoji_of(kind)} by a reaction. Take that away to take it back."
        elif standing and standing[0].kind == kind:
            await ratings.withdraw(piece_id, person, None, standing[0].source)
            said = f"Your {emoji_of(kind)} is taken back."
        else:
            message_id = interaction.message.id if interaction.message else None
            await ratings.give(piece_id, person, kind, "button", message_id)
            said = f"You rated this {emoji_of(kind)}. Press it again to take it back."
        votes = ratings_line(await ratings.summary(piece_id))
        await whisper(interaction, f"{said}\nSo far: {votes}" if votes else said)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Read again, in the background, what happened while the bot was away."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self.read_missed())

    async def cog_unload(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()

    async def read_missed(self) -> None:
        """Let the ratings of recent pieces be exactly what their messages show."""
        messages = self.client.storage.messages
        since = self.client.commissions.clock() - MISSED_SINCE
        for message in await messages.recent(since, MISSED_MESSAGES):
            if message.kind != "piece":
                continue
            try:
                await self._read(message)
            except discord.NotFound:
                await messages.deleted([message.id])
            except GoneError:  # the piece was deleted meanwhile
                continue
            except (*TROUBLE, StorageError) as error:
                status = status_of(error)
                self.client.log.info("reactions not read", status=status, message=message.id)
        self.client.log.info("missed ratings read")

    async def _read(self, message: Message) -> None:
        as_of = self.client.commissions.clock()
        shown = await self._shown(message)
        await self.client.storage.ratings.sync(message.id, shown, as_of=as_of)

    async def _shown(self, message: Message) -> dict[RatingKind, set[int]]:
        """The people behind each of the five reactions of a message, bots left out."""
        place = self.client.place(message.channel_id, message.server_id)
        there = await place.fetch_message(message.id)
        shown: dict[RatingKind, set[int]] = {}
        for reaction in there.reactions:
            kind = kind_of(str(reaction.emoji))
            if kind is not None:
                people = {user.id async for user in reaction.users() if not user.bot}
                shown.setdefault(kind, set()).update(people)
        return shown


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(RateCog(client))
