"""``/model``: which models there are, which is served to whom, and how that is changed."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import MOST, AnsweringView, defer_privately, whisper
from bot.cards import chunks
from bot.client import Cadenza
from bot.cogs.owner import FINETUNE, SHARE, OwnerError, check_owner, scope_of
from bot.cogs.run_buttons import TypedConfirmation
from bot.cogs.suggest import rank
from bot.learning.folders import KEPT
from bot.learning.words import choices_words, scope_words, tally_words, when
from bot.storage.learning_records import NewRun, Run
from engine.registry.entry import Entry

LEAST_CHOICES = 10
"""Blind choices below which the gate is not asked again."""
PER_CENT = round(SHARE * 100)


class ModelsCog(
    commands.GroupCog, group_name="model", group_description="For the owner: which model writes"
):
    """Shows and changes which model is served."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let only owners through."""
        await check_owner(self.client, interaction)
        return True

    @app_commands.command(name="list", description="Every model: its verdict, who is served it")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show the models, the base first."""
        await defer_privately(interaction)
        models = self.client.learning.models
        entries = await models.entries()
        served, trial = await models.served_to(), await models.trial()
        lines = []
        for entry in entries:
            scopes = [scope for scope, model in served.items() if model.id == entry.id]
            said = [f"**{entry.id}**", *_whom(scopes, interaction.guild_id), _about(entry)]
            if trial is not None and trial.model == entry.id:
                tally = await self.client.storage.trials.tally(entry.id, served[None].id)
                said.append(f"🎧 blind test on {trial.share:.0%}: {tally_words(tally)}")
            lines.append(" · ".join(said))
        lines += [f"⚠️ {sentence}" for sentence in await models.damaged()]
        for text in chunks("\n".join(lines), MOST):
            await whisper(interaction, text)

    @app_commands.command(description="Let a model write from the next piece on")
    @app_commands.describe(id="The model", server="For this server alone")
    async def promote(
        self, interaction: discord.Interaction[Any], id: str, server: bool = False
    ) -> None:
        """Say what the gate said and ask once more."""
        await defer_privately(interaction)
        scope = scope_of(interaction, server)
        entry = await self.client.learning.models.entry(id)
        whom = scope_words(scope)
        text = f"**{entry.id}** would write for {whom} from the next piece on."
        if entry.passed is False:
            text += f"\n❌ It has not passed the gate. {entry.reason[:1].upper()}{entry.reason[1:]}"
        await whisper(interaction, text, view=_PromoteView(self, entry, scope))

    @app_commands.command(description="Go back to the model that was served before")
    @app_commands.describe(server="For this server alone")
    async def rollback(self, interaction: discord.Interaction[Any], server: bool = False) -> None:
        """Serve again what was served before."""
        await defer_privately(interaction)
        scope = scope_of(interaction, server)
        entry = await self.client.learning.models.rollback(
            server=None if scope is None else str(scope), by=interaction.user.id
        )
        whom = scope_words(scope)
        await whisper(interaction, f"↩️ {entry.id} writes for {whom} from the next piece on.")

    @app_commands.command(description="Blind test: both models answer a share of the requests")
    @app_commands.describe(id="The model to try, or off", share="Per cent of the requests")
    async def trial(
        self,
        interaction: discord.Interaction[Any],
        id: str,
        share: app_commands.Range[int, 1, 100] = PER_CENT,
    ) -> None:
        """Begin or end a blind test."""
        await defer_privately(interaction)
        models = self.client.learning.models
        if id == "off":
            await models.end_trial(by=interaction.user.id)
            await whisper(interaction, "No blind test any more; every request has one answer.")
            return
        if (await models.served()).id == id:
            raise OwnerError(f"{id} is what is served; try another one against it")
        await models.begin_trial(id, share / 100, by=interaction.user.id)
        await whisper(
            interaction,
            f"🎧 {share} % of the requests are answered by both models, in random order and "
            "without names. `/model choices` shows what listeners choose.",
        )

    @app_commands.command(description="What listeners choose in blind tests, day by day")
    @app_commands.describe(id="The model that is or was tried; the one on trial if left out")
    async def choices(self, interaction: discord.Interaction[Any], id: str = "") -> None:
        """Show the choices between a model and what everyone is served."""
        await defer_privately(interaction)
        models, trials = self.client.learning.models, self.client.storage.trials
        on_trial = await models.trial()
        if not id and on_trial is None:
            raise OwnerError("no model is on trial; name one, or begin with /model trial")
        model = id or (on_trial.model if on_trial is not None else "")
        against = (await models.served()).id
        if against == model:  # it has been promoted since: what it was compared with is the base
            against = (await models.entries())[0].id
        days = await trials.tally_by_day(model, against)
        total = await trials.tally(model, against)
        await whisper(interaction, choices_words(model, against, days, total))

    @app_commands.command(description="Let the gate judge again, by what listeners chose blindly")
    @app_commands.describe(id="A model that has been in a blind test")
    async def judge(self, interaction: discord.Interaction[Any], id: str) -> None:
        """Make the same model again, of the same ratings, and judge it by the blind choices."""
        await defer_privately(interaction)
        entry = await self.client.learning.models.entry(id)
        run = await self._run_of(entry.id, interaction.guild_id)
        if run is None or run.ratings_sha256 is None:
            raise OwnerError(f"{id} was not made by a fine-tune of mine; tune and judge it by hand")
        server = None if run.server_id is None else str(run.server_id)
        against = (await self.client.learning.models.served(server)).id
        tally = await self.client.storage.trials.tally(id, against)
        if tally.wins + tally.losses < LEAST_CHOICES:
            raise OwnerError(
                f"{tally.wins + tally.losses} blind choices between {id} and {against} are too "
                f"few; let listeners make {LEAST_CHOICES} with /model trial first"
            )
        again = {
            "run": run.id, "model": id, "against": against, "sha256": run.ratings_sha256,
        }  # fmt: skip
        new = NewRun(
            config={"again": again},
            seed=run.seed,
            server_id=run.server_id,
            since=run.since,
            started_by=interaction.user.id,
            channel_id=interaction.channel_id,
        )
        finetune: Any = self.client.get_cog(FINETUNE)
        await finetune.begin(interaction, new)
        await whisper(interaction, f"It is made and judged again: {tally_words(tally)}.")

    async def _run_of(self, model_id: str, here: int | None) -> Run | None:
        """Return the run that made a model, for everyone or for this server."""
        runs = self.client.storage.runs
        for scope in {None, here}:
            for run in await runs.of_scope(scope, limit=KEPT):
                if run.candidate == model_id:
                    return run
        return None

    @promote.autocomplete("id")
    @judge.autocomplete("id")
    @choices.autocomplete("id")
    async def _ids(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await self._suggested(interaction, typed, [])

    @trial.autocomplete("id")
    async def _ids_or_off(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await self._suggested(interaction, typed, ["off"])

    async def _suggested(
        self, interaction: discord.Interaction[Any], typed: str, more: list[str]
    ) -> list[app_commands.Choice[str]]:
        if not await self.client.is_keeper(interaction.user):
            return []
        entries = await self.client.learning.models.entries()
        names = [*more, *(entry.id for entry in reversed(entries))]
        return [app_commands.Choice(name=name, value=name) for name in rank(names, typed)]

    async def confirmed(
        self, interaction: discord.Interaction[Any], entry: Entry, scope: int | None, forced: bool
    ) -> None:
        """Promote after a confirmation."""
        await self.interaction_check(interaction)
        await defer_privately(interaction)
        server = None if scope is None else str(scope)
        await self.client.learning.models.promote(
            entry.id, server=server, by=interaction.user.id, forced=forced
        )
        whom = scope_words(scope)
        text = (
            f"🚀 {entry.id} writes for {whom} from the next piece on. `/model rollback` goes back."
        )
        await whisper(interaction, text)


class _PromoteView(AnsweringView):
    """Asks once more; what has not passed wants its id typed."""

    def __init__(self, cog: ModelsCog, entry: Entry, scope: int | None) -> None:
        super().__init__(timeout=600)
        self._cog, self._entry, self._scope = cog, entry, scope
        if entry.passed is False:
            self.go.label, self.go.style = "Promote anyway…", discord.ButtonStyle.danger

    @discord.ui.button(label="Promote", style=discord.ButtonStyle.success)
    async def go(
        self, interaction: discord.Interaction[Any], _button: discord.ui.Button[Any]
    ) -> None:
        """Promote, or ask for the id."""
        if self._entry.passed is not False:
            await self._cog.confirmed(interaction, self._entry, self._scope, forced=False)
            return

        async def typed(submitted: discord.Interaction[Any]) -> None:
            await self._cog.confirmed(submitted, self._entry, self._scope, forced=True)

        await interaction.response.send_modal(TypedConfirmation(self._entry.id, typed))


def _about(entry: Entry) -> str:
    """Return a model in a line: what it is, when it was made and of what, its verdict."""
    said = [entry.kind]
    if entry.folder is not None:
        said.append(when(entry.made_at) if entry.made_at else "time unknown")
        ratings = entry.card.get("ratings", {})
        if isinstance(ratings, dict) and "ratings" in ratings:
            said.append(f"{ratings['ratings']} ratings")
        said.append("✅ passed" if entry.passed else f"❌ {entry.reason}"[:200])
    if entry.unfit:
        said.append(f"⚠️ cannot be served: {entry.unfit}")
    return " · ".join(said)


def _whom(scopes: list[str | None], here: int | None) -> list[str]:
    """Return who is served a model; other servers are counted, not named."""
    said = ["🎼 **serves everyone**"] if None in scopes else []
    if here is not None and str(here) in scopes:
        said.append("🎼 **serves this server**")
    others = [scope for scope in scopes if scope is not None and scope != str(here)]
    if others:
        said.append(f"serves {len(others)} other server{'' if len(others) == 1 else 's'}")
    return said


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(ModelsCog(client))
