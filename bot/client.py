"""The bot as Discord's client: joins storage, studio and cogs, starts and stops them in order."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from typing import Any

import discord
import structlog
from discord.ext import commands

from bot.answers import answered, refuse
from bot.assemble import House
from bot.buttons import Press, StudioButton
from bot.cards import message_url, sentence
from bot.command_tree import CommandTree
from bot.commissions import Asker, Commissions
from bot.follow import Follower
from bot.house_rules import HouseRules
from bot.learning.learning import Learning
from bot.progress_message import ProgressMessage
from bot.settings import Settings
from bot.storage.records import BOT, TERMINAL, Piece, StoredJob
from bot.storage.storage import Storage
from bot.studio import ClosedError, Studio
from bot.trouble import TROUBLE, status_of

COGS = (
    "compose", "conversation", "rate", "blind", "library", "server_settings", "privacy", "admin",
    "finetune", "models",
)  # fmt: skip
"""Modules of ``bot.cogs``, one for each thing that people do."""
MIB = 2**20
LEAST_LIMIT = 10 * MIB
"""What a file may take in direct messages and where Discord does not say."""
LAST_WORDS_S = 5.0
"""At least so long finished pieces may be posted, and parked ones told of, when the bot closes."""
OUTDATED = "This button is from another version of me and does nothing any more."
RULES, TREE = "house_rules", "command_tree"
"""Names of settings in the database."""


def intents() -> discord.Intents:
    """Return what the bot listens to: nothing that Discord calls privileged."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        dm_messages=True,
        guild_reactions=True,
        dm_reactions=True,
    )


class Cadenza(commands.AutoShardedBot):
    """One bot, on any number of servers and shards."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        studio: Studio,
        commissions: Commissions,
        learning: Learning,
    ) -> None:
        super().__init__(
            command_prefix=(),
            intents=intents(),
            tree_cls=CommandTree,
            help_command=None,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=settings.shards,
            # Pieces are found by the database, not by what is remembered of messages.
            max_messages=None,
            owner_ids=None,
        )
        self.settings = settings
        self.storage = storage
        self.studio = studio
        self.commissions = commissions
        self.learning = learning
        self.follower = Follower(self)
        self.presses: dict[str, Press] = {}
        """What each button does; filled by the cogs."""
        self.log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")
        self._left: list[StoredJob] = []
        """What an earlier life of the bot left unfinished, until it is taken up."""

    async def setup_hook(self) -> None:
        """Load the cogs, and tell Discord the commands if they are not the ones it knows."""
        self.add_dynamic_items(StudioButton)
        for name in COGS:
            await self.load_extension(f"bot.cogs.{name}")
        await self._sync_if_changed()
        # Read before anything can be asked for in this life. A terminal sees to its own.
        left = await self.storage.jobs.unfinished()
        self._left = [job for job in left if job.person_id != TERMINAL]

    async def _sync_if_changed(self) -> None:
        """Discord allows few syncs a day and forgets nothing, so a hash of the tree is kept."""
        commands_now = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        said = json.dumps([self.application_id, commands_now], sort_keys=True, default=str)
        digest = hashlib.sha256(said.encode()).hexdigest()
        if await self.storage.settings.get(BOT, TREE) != digest:
            await self.tree.sync()
            await self.storage.settings.put(BOT, TREE, digest)
            self.log.info("commands synced", count=len(commands_now))

    async def on_ready(self) -> None:
        """Take up what an earlier life of the bot left unfinished; Discord may be ready often."""
        self.log.info("ready", servers=len(self.guilds), shards=self.shard_count)
        left, self._left = self._left, []
        if not left:
            return
        try:
            going, unposted, lost = await self.commissions.take_up(left)
        except ClosedError:  # asked to stop before it was ready: the next start takes all up
            return
        for commission in going:
            self.follower.start(commission, self._progress_of(commission.job))
        for job in unposted:
            self.follower.start_posting(job, self._progress_of(job))
        for job in lost:
            await self._tell_of_loss(job)
        self.log.info("taken up", going=len(going), unposted=len(unposted), lost=len(lost))

    async def _tell_of_loss(self, job: StoredJob) -> None:
        """Tell who asked, in the channel, that their piece will not come."""
        place = self.place(job.channel_id, job.server_id)
        try:
            await place.send(f"<@{job.person_id}> 😔 {sentence(job.sentence or '')}")
        except TROUBLE as error:
            self.log.warning("loss not told", status=status_of(error), job=job.id)
        await self._progress_of(job).remove()

    def _progress_of(self, job: StoredJob) -> ProgressMessage:
        """Return what an earlier life showed of the job, to be shown on."""
        place, number = self.place(job.channel_id, job.server_id), job.progress_message_id
        message = None if number is None else place.get_partial_message(number)
        return ProgressMessage(message, job.id)

    async def press(self, interaction: discord.Interaction[Any], action: str, number: int) -> None:
        """Do what a button says; whatever fails, the person reads why."""
        async with answered(interaction):
            press = self.presses.get(action)
            if press is None:
                await refuse(interaction, OUTDATED)
            else:
                await press(interaction, number)

    async def close(self) -> None:
        """Take no more work, finish or park what runs, post what is finished, and log out."""
        if self.is_closed():
            return
        self.log.info("closing")
        await asyncio.gather(
            self.studio.close(self.settings.shutdown_s), self.learning.runs.close()
        )
        await self.follower.close(max(self.settings.shutdown_s, LAST_WORDS_S))
        await super().close()
        self.log.info("closed")

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep that the bot is there."""
        await self.storage.servers.seen(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Keep that the bot is no longer there."""
        await self.storage.servers.left(guild.id)

    async def on_message(self, message: discord.Message) -> None:
        """Prefix commands do not exist; the conversation cog listens for itself."""

    async def on_error(self, event: str, *_args: Any, **_kwargs: Any) -> None:
        """Log what failed in an event; the next event is served all the same."""
        self.log.error("event failed", during=event, exc_info=sys.exc_info())

    def place(self, channel_id: int, server_id: int | None) -> Any:
        """Return the channel, without asking Discord for it."""
        return self.get_channel(channel_id) or self.get_partial_messageable(
            channel_id, guild_id=server_id
        )

    async def rules(self, server_id: int | None) -> HouseRules:
        """Return the settings of a server; the usual ones outside of servers."""
        if server_id is None:
            return HouseRules()
        return HouseRules.from_json(await self.storage.settings.get(server_id, RULES) or {})

    async def set_rules(self, server_id: int, rules: HouseRules) -> None:
        """Keep the settings of a server."""
        await self.storage.settings.put(server_id, RULES, rules.to_json())

    async def piece_of(self, message_id: int, channel_id: int) -> Piece | None:
        """Return the piece that a message carries, be it posted this moment; None for others."""
        piece = await self.storage.messages.piece_of(message_id)
        if piece is None and await self.follower.settled(channel_id):
            piece = await self.storage.messages.piece_of(message_id)
        return piece

    async def url_of(self, piece_id: int | None) -> str | None:
        """Return the link to where a piece was posted, if it still stands there."""
        if piece_id is None:
            return None
        for message in await self.storage.messages.of_piece(piece_id):
            if message.kind == "piece":
                return message_url(message.server_id, message.channel_id, message.id)
        return None

    def asker(
        self,
        person: discord.abc.Snowflake,
        channel: Any,
        *,
        reply_to_id: int | None = None,
        locale: discord.Locale | None = None,
    ) -> Asker:
        """Return who asks and where, with what a file may take there."""
        guild: discord.Guild | None = getattr(channel, "guild", None)
        return Asker(
            person_id=person.id,
            channel_id=channel.id,
            server_id=None if guild is None else guild.id,
            max_bytes=LEAST_LIMIT if guild is None else guild.filesize_limit,
            reply_to_id=reply_to_id,
            locale=None if locale is None else str(locale),
        )

    async def is_keeper(self, user: discord.abc.User) -> bool:
        """Whether a person owns this bot; Discord's own settings are not relied on."""
        return user.id in self.settings.owners or await self.is_owner(user)


def client_of(house: House) -> Cadenza:
    """Return a client that lives in this house; each start of the bot makes one."""
    return Cadenza(house.settings, house.storage, house.studio, house.commissions, house.learning)
