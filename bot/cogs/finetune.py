"""``/finetune``: the owner lets the bot learn from ratings, watches, and decides what is served."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.answers import AnsweringView, defer_privately, whisper
from bot.buttons import Press, view_of
from bot.client import Cadenza
from bot.cogs.owner import SHARE, OwnerError, check_owner, scope_of
from bot.cogs.run_buttons import BACK, CANCEL, FORCE, LEAVE, PROMOTE, TRY, TypedConfirmation
from bot.cogs.run_messages import RunMessages
from bot.learning.words import ended_words, minutes_of, plan_words, progress_words, scope_words
from bot.storage.errors import StateError, StorageError
from bot.storage.learning_records import NewRun, Run, RunState
from bot.storage.records import BOT
from engine.ratings.records import ENOUGH

EVERY = "learn_every"
"""Setting of the bot: after how many new ratings it learns by itself, and where it reports."""
LOOK_EVERY_MINUTES = 1.0
LEARNED: tuple[RunState, ...] = ("passed", "refused")
"""How a run ends that has learned."""
_SEEDS = 2**31
PAST = ("since must be a day such as 2026-11-01, or a number of days such as 30", "in the past")


class FinetuneCog(
    commands.GroupCog,
    group_name="finetune",
    group_description="For the owner: let me learn from ratings",
):
    """Starts, shows and cancels fine-tunes, and does what the buttons of their reports say."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client
        self.messages = RunMessages(client)
        for face, press in (
            (CANCEL, self._press_cancel),
            (PROMOTE, self._press_promote),
            (FORCE, self._press_force),
            (TRY, self._press_try),
            (LEAVE, self._press_leave),
            (BACK, self._press_back),
        ):
            client.presses[face.action] = self._on_run(press)

    async def cog_load(self) -> None:
        """Look from now on whether enough new ratings have come."""
        self._looking.start()

    async def cog_unload(self) -> None:
        """Look and follow no more."""
        self._looking.cancel()
        await self.messages.close()

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let only owners through."""
        await check_owner(self.client, interaction)
        return True

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Show on what runs, and report what ended meanwhile."""
        await self.messages.take_up()

    @app_commands.command(description="Learn from ratings; first I say what it uses and costs")
    @app_commands.describe(
        since="Only ratings since a day (2026-11-01) or of so many days (30); all if left out",
        server="Only this server's ratings, for a model of its own",
    )
    async def start(
        self, interaction: discord.Interaction[Any], since: str = "", server: bool = False
    ) -> None:
        """Say what a run would use, and offer to start it."""
        await defer_privately(interaction)
        new = NewRun(
            config={},
            seed=random.SystemRandom().randrange(_SEEDS),
            server_id=scope_of(interaction, server),
            since=self._since(since),
            started_by=interaction.user.id,
            channel_id=interaction.channel_id,
        )
        await self._refuse_second()
        text = await self._plan(new)
        await whisper(interaction, text, view=_StartView(self, new))

    @app_commands.command(description="What I am learning at this moment, or learned last")
    async def status(self, interaction: discord.Interaction[Any]) -> None:
        """Show the run that goes on, or the latest one, and the automatic mode."""
        await defer_privately(interaction)
        runs = self.client.storage.runs
        run = await runs.unfinished()
        if run is None and interaction.guild_id is not None:
            run = await runs.latest(interaction.guild_id)
        everyones = await runs.latest(None)
        if run is None or (everyones is not None and everyones.id > run.id):
            run = everyones if run is None or run.ended_at is not None else run
        lines = [self._said(run), await self._automatic_words()]
        await whisper(interaction, "\n".join(lines))

    @app_commands.command(description="Stop the fine-tune that is under way")
    async def cancel(self, interaction: discord.Interaction[Any]) -> None:
        """Cancel the run that goes on."""
        await defer_privately(interaction)
        run = await self.client.storage.runs.unfinished()
        if run is None:
            raise OwnerError("no fine-tune is under way; /finetune start begins one")
        await self._cancel(interaction, run.id)

    @app_commands.command(description="Learn by myself after every so many new ratings; 0 is off")
    @app_commands.describe(every="New ratings after which a fine-tune starts; 0 switches it off")
    async def automatic(
        self, interaction: discord.Interaction[Any], every: app_commands.Range[int, 0, 100_000]
    ) -> None:
        """Keep after how many new ratings a run starts, and that it is reported here."""
        await defer_privately(interaction)
        if 0 < every < ENOUGH:
            raise OwnerError(f"choose {ENOUGH} ratings or more, or 0 to switch it off")
        value = {"every": every, "channel": interaction.channel_id} if every else None
        await self.client.storage.settings.put(BOT, EVERY, value)
        self.client.log.info("automatic learning set", every=every, person=interaction.user.id)
        await whisper(interaction, await self._automatic_words())

    # Automatic mode

    @tasks.loop(minutes=LOOK_EVERY_MINUTES)
    async def _looking(self) -> None:
        try:
            await self.look()
        except StorageError as error:  # the next look may find the database well
            self.client.log.error("no automatic learning", error=str(error))

    async def look(self) -> Run | None:
        """Start a run if it is time; return it then."""
        chosen = await self.client.storage.settings.get(BOT, EVERY)
        if not chosen or await self.client.storage.runs.unfinished() is not None:
            return None
        if await self._fresh_for_all() < chosen["every"]:
            return None
        new = NewRun(
            config={},
            seed=random.SystemRandom().randrange(_SEEDS),
            automatic=True,
            channel_id=chosen["channel"],
        )
        try:
            run = await self.client.learning.runs.ask(new)
        except StateError:  # the owner was faster
            return None
        await self.messages.begin(run, self.client.place(chosen["channel"], None))
        return run

    async def _automatic_words(self) -> str:
        chosen = await self.client.storage.settings.get(BOT, EVERY)
        if not chosen:
            return "Automatic mode is off; `/finetune automatic` switches it on."
        fresh = await self._fresh_for_all()
        return (
            f"Automatic mode: a fine-tune after every {chosen['every']} new ratings "
            f"({fresh} so far), reported in <#{chosen['channel']}>. What passes the gate is served."
        )

    # Starting and cancelling

    async def begin(self, interaction: discord.Interaction[Any], new: NewRun) -> None:
        """Start the run and show it in the channel."""
        try:
            run = await self.client.learning.runs.ask(new)
        except StateError as error:
            raise OwnerError(str(error)) from error
        if not await self.messages.begin(run, interaction.channel):
            await whisper(
                interaction, "I may not write in this channel; `/finetune status` shows it."
            )

    async def _refuse_second(self) -> None:
        run = await self.client.storage.runs.unfinished()
        if run is not None:
            raise OwnerError(
                f"fine-tune {run.id} is under way already; wait for its end, or /finetune cancel"
            )

    async def _plan(self, new: NewRun) -> str:
        storage = self.client.storage
        counted = await storage.ratings.count_since(new.since, new.server_id)
        if not counted.ratings:
            raise OwnerError(
                "nobody has rated a piece there yet; let people react with 👍 👎 ❤️ 🔥 😴 first"
            )
        last = await storage.runs.latest(new.server_id, LEARNED, again=False)
        fresh = None if last is None else await self._fresh(new.server_id, last)
        minutes = minutes_of(counted, last)
        return plan_words(counted, fresh, new.server_id, new.since, minutes)

    async def _fresh_for_all(self) -> int:
        """How many ratings came since automatic mode had anything to do.

        A run that failed or was cancelled counts: it would be begun again every minute otherwise.
        """
        return await self._fresh(None, await self.client.storage.runs.latest(None, again=False))

    async def _fresh(self, server_id: int | None, last: Run | None) -> int:
        """How many ratings came since a run of the scope was asked for; all if it is None."""
        since = None if last is None else last.asked_at
        return (await self.client.storage.ratings.count_since(since, server_id)).ratings

    def _since(self, text: str) -> datetime | None:
        """Return the time that was typed; None for an empty text."""
        text, now = text.strip(), self.client.commissions.clock()
        if not text:
            return None
        try:
            if text.isascii() and text.isdecimal():
                return now - timedelta(days=int(text))
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            raise OwnerError(PAST[0]) from error
        if day > now:
            raise OwnerError(f"since must lie {PAST[1]}, and {text} does not")
        return day

    def _said(self, run: Run | None) -> str:
        if run is None:
            return "Nothing has been learned yet; `/finetune start` begins."
        if run.ended_at is None:
            return progress_words(run, self.client.learning.runs.step(run.id))
        if run.candidate is None:
            return ended_words(run)
        passed = "passed the gate" if run.state == "passed" else "did not pass the gate"
        scope = scope_words(run.server_id)
        return f"Fine-tune {run.id} made **{run.candidate}** for {scope}, which {passed}."

    async def _cancel(self, interaction: discord.Interaction[Any], run_id: int) -> None:
        self.client.log.info("finetune cancel", run=run_id, person=interaction.user.id)
        try:
            await self.client.learning.runs.cancel(run_id)
        except StateError as error:
            raise OwnerError("this fine-tune has ended already") from error
        await whisper(interaction, "Cancelled. Nothing has changed.")

    # What the buttons do

    def _on_run(self, press: Callable[[discord.Interaction[Any], Run], Awaitable[None]]) -> Press:
        """Return what a button of a run does, for owners alone."""

        async def pressed(interaction: discord.Interaction[Any], run_id: int) -> None:
            await self.interaction_check(interaction)
            run = await self.client.storage.runs.get(run_id)
            if run is None:
                raise OwnerError("this fine-tune has been deleted")
            await press(interaction, run)

        return pressed

    async def _press_cancel(self, interaction: discord.Interaction[Any], run: Run) -> None:
        await defer_privately(interaction)
        await self._cancel(interaction, run.id)

    async def _press_promote(self, interaction: discord.Interaction[Any], run: Run) -> None:
        await defer_privately(interaction)
        await self._promote(interaction, run, forced=False)

    async def _press_force(self, interaction: discord.Interaction[Any], run: Run) -> None:
        async def confirmed(submitted: discord.Interaction[Any]) -> None:
            await self.interaction_check(submitted)
            await defer_privately(submitted)
            await self._promote(submitted, run, forced=True)

        await interaction.response.send_modal(TypedConfirmation(str(run.candidate), confirmed))

    async def _press_try(self, interaction: discord.Interaction[Any], run: Run) -> None:
        await defer_privately(interaction)
        await self.client.learning.models.begin_trial(
            str(run.candidate), SHARE, by=interaction.user.id
        )
        await whisper(
            interaction,
            f"From now on {SHARE:.0%} of the requests are answered by both models, in random order "
            "and without names. `/model choices` shows what listeners choose; `/model trial off` "
            "ends it.",
        )

    async def _press_leave(self, interaction: discord.Interaction[Any], run: Run) -> None:
        await interaction.response.edit_message(view=None)
        await whisper(interaction, f"Left. {run.candidate} stays in `/model list`.")

    async def _press_back(self, interaction: discord.Interaction[Any], run: Run) -> None:
        await defer_privately(interaction)
        server, models = server_of(run), self.client.learning.models
        if (await models.served(server)).id != run.candidate:
            raise OwnerError(
                f"{run.candidate} is not served any more; /model rollback goes back further"
            )
        entry = await models.rollback(server=server, by=interaction.user.id)
        await self._buttons(interaction, None)
        await whisper(interaction, f"Rolled back: {entry.id} is served from the next piece on.")

    async def _promote(
        self, interaction: discord.Interaction[Any], run: Run, *, forced: bool
    ) -> None:
        await self.client.learning.models.promote(
            str(run.candidate), server=server_of(run), by=interaction.user.id, forced=forced
        )
        await self._buttons(interaction, view_of(run.id, BACK))
        whom = scope_words(run.server_id)
        await whisper(interaction, f"🚀 {run.candidate} writes for {whom} from the next piece on.")

    async def _buttons(
        self, interaction: discord.Interaction[Any], view: discord.ui.View | None
    ) -> None:
        if interaction.message is not None:
            await interaction.message.edit(view=view)


class _StartView(AnsweringView):
    """Offers to start; nobody but the owner sees it."""

    def __init__(self, cog: FinetuneCog, new: NewRun) -> None:
        super().__init__(timeout=600)
        self._cog, self._new = cog, new

    @discord.ui.button(label="Start", style=discord.ButtonStyle.primary)
    async def go(
        self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Any]
    ) -> None:
        """Start the run."""
        await interaction.response.defer()
        await self._cog.begin(interaction, self._new)
        await interaction.edit_original_response(content="It begins.", view=None)

    @discord.ui.button(label="Not now", style=discord.ButtonStyle.secondary)
    async def not_now(
        self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Any]
    ) -> None:
        """Do nothing."""
        await interaction.response.edit_message(content="Nothing was started.", view=None)


def server_of(run: Run) -> str | None:
    """Return the scope of a run's model, as the registry calls it."""
    return None if run.server_id is None else str(run.server_id)


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(FinetuneCog(client))
