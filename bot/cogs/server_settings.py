"""``/settings``: one private panel, in which an admin sees and changes what the server decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import AnsweringModal, AnsweringView, defer_privately, refuse, whisper
from bot.cards import COLOUR, sentence
from bot.client import Cadenza
from bot.forget import forget
from bot.house_rules import AUDIO_FORMATS, DELETERS, MAX_PER_DAY, HouseRules, check_style
from engine.errors import RequestError

PANEL_S = 900
"""As long as Discord lets the private panel be edited."""
_FORMATS = {
    "mp3": "mp3: plays everywhere",
    "ogg": "ogg: smaller, for the same sound",
    "wav": "wav: uncompressed, large",
}
_DELETERS = {
    "requester": "Only who asked for a piece",
    "moderators": "Who asked, and moderators (Manage Messages)",
    "roles": "Who asked, and the roles chosen last",
}


class ServerSettingsCog(commands.Cog):
    """Lets admins of a server decide."""

    def __init__(self, client: Cadenza) -> None:
        self.client = client

    @app_commands.command(description="What Cadenza may do in this server; for admins")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: discord.Interaction[Any]) -> None:
        """Open the panel; Discord's own permission settings are not relied on."""
        if interaction.guild_id is None or not interaction.permissions.manage_guild:
            await refuse(interaction, "This is for those who may manage the server.")
            return
        await defer_privately(interaction)
        rules = await self.client.rules(interaction.guild_id)
        panel = Panel(self.client, interaction.guild_id, rules)
        await interaction.followup.send(embed=panel.embed(), view=panel, ephemeral=True)


class Panel(AnsweringView):
    """The panel: what is chosen counts at once."""

    def __init__(self, client: Cadenza, server_id: int, rules: HouseRules) -> None:
        super().__init__(timeout=PANEL_S)
        self.client = client
        self.server_id = server_id
        self.rules = rules
        self._show()

    def embed(self) -> discord.Embed:
        """Return what counts now, in words."""
        rules, usual = self.rules, self.client.settings.per_day
        embed = discord.Embed(
            title="Settings of this server",
            colour=COLOUR,
            description="What you choose counts at once. Empty choices leave everything open.",
        )
        per_day = f"{usual} (usual)" if rules.per_day is None else str(rules.per_day)
        deleters = _DELETERS[rules.delete] + _mentions("@&", rules.delete_roles, ": ", "")
        for name, value in (
            ("Channels", _mentions("#", rules.channels, "", "everywhere")),
            ("Roles that may compose", _mentions("@&", rules.roles, "", "everybody")),
            ("Pieces a person a day", per_day),
            ("Default style", rules.style or "none: what is not said is chosen freely"),
            ("Audio", _FORMATS[rules.audio]),
            ("A thread for each piece", _yes(rules.threads)),
            ("Reactions placed by me", _yes(rules.reactions)),
            ("Who may delete", deleters),
            ("Blind comparisons", _yes(rules.blind)),
        ):
            embed.add_field(name=name, value=value, inline=False)
        return embed

    def _show(self) -> None:
        """Lay the choices out anew, with what counts now as their defaults."""
        self.clear_items()
        self.add_item(_Channels(self.rules.channels))
        self.add_item(_Roles("Roles that may compose: everybody", "roles", self.rules.roles, 1))
        self.add_item(_OneOf("audio", _FORMATS, self.rules.audio, 2))
        if self.rules.delete == "roles":
            roles = self.rules.delete_roles
            self.add_item(_Roles("Roles that may delete", "delete_roles", roles, 3))
        else:
            self.add_item(_OneOf("delete", _DELETERS, self.rules.delete, 3))
        self.add_item(_Toggle("threads", "Threads", self.rules.threads))
        self.add_item(_Toggle("reactions", "Reactions", self.rules.reactions))
        self.add_item(_Figures())
        self.add_item(_Usual())
        self.add_item(_Forget())

    async def change(self, interaction: discord.Interaction[Any], **changes: Any) -> None:
        """Keep the change and show the panel as it is now."""
        if not interaction.permissions.manage_guild:
            await refuse(interaction, "This is for those who may manage the server.")
            return
        await interaction.response.defer()
        # Read anew: another admin may have a panel open, too.
        self.rules = replace(await self.client.rules(self.server_id), **changes)
        await self.client.set_rules(self.server_id, self.rules)
        self._show()
        await interaction.edit_original_response(embed=self.embed(), view=self)


class _Channels(discord.ui.ChannelSelect[Panel]):
    def __init__(self, chosen: Sequence[int]) -> None:
        super().__init__(
            placeholder="Channels where I compose: everywhere",
            channel_types=[
                discord.ChannelType.text, discord.ChannelType.voice, discord.ChannelType.forum,
                discord.ChannelType.news, discord.ChannelType.stage_voice,
            ],
            min_values=0,
            max_values=25,
            default_values=[_default(c, discord.SelectDefaultValueType.channel) for c in chosen],
            row=0,
        )  # fmt: skip

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        await self.view.change(interaction, channels=tuple(c.id for c in self.values))


class _Roles(discord.ui.RoleSelect[Panel]):
    def __init__(self, words: str, field: str, chosen: Sequence[int], row: int) -> None:
        super().__init__(
            placeholder=words,
            min_values=0,
            max_values=25,
            default_values=[_default(r, discord.SelectDefaultValueType.role) for r in chosen],
            row=row,
        )
        self._field = field

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        changes: dict[str, Any] = {self._field: tuple(role.id for role in self.values)}
        if self._field == "delete_roles" and not self.values:
            changes["delete"] = "moderators"
        await self.view.change(interaction, **changes)


class _OneOf(discord.ui.Select[Panel]):
    def __init__(self, field: str, offers: dict[str, str], chosen: str, row: int) -> None:
        super().__init__(
            options=[
                discord.SelectOption(label=words, value=name, default=name == chosen)
                for name, words in offers.items()
            ],
            row=row,
        )
        self._field = field

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        await self.view.change(interaction, **{self._field: self.values[0]})


class _Toggle(discord.ui.Button[Panel]):
    def __init__(self, field: str, label: str, on: bool) -> None:
        style = discord.ButtonStyle.success if on else discord.ButtonStyle.secondary
        super().__init__(label=f"{label}: {'on' if on else 'off'}", style=style, row=4)
        self._field = field
        self._on = on

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        await self.view.change(interaction, **{self._field: not self._on})


class _Figures(discord.ui.Button[Panel]):
    def __init__(self) -> None:
        super().__init__(label="Quota and style…", style=discord.ButtonStyle.primary, row=4)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        await interaction.response.send_modal(_FiguresModal(self.view))


class _FiguresModal(AnsweringModal, title="Quota and default style"):
    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel = panel
        rules = panel.rules
        self.per_day: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label="Pieces a person in 24 hours",
            placeholder=f"empty: {panel.client.settings.per_day}, as everywhere",
            default="" if rules.per_day is None else str(rules.per_day),
            required=False,
            max_length=6,
            custom_id="per_day",
        )
        self.style: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label="Style where a prompt names none",
            placeholder="as in: lo-fi calm with electric piano",
            default=rules.style,
            required=False,
            max_length=100,
            custom_id="style",
        )
        self.blind: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label="Blind comparisons of two models: yes or no",
            placeholder="empty: yes, as everywhere",
            default="" if rules.blind else "no",
            required=False,
            max_length=3,
            custom_id="blind",
        )
        self.add_item(self.per_day)
        self.add_item(self.style)
        self.add_item(self.blind)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        try:
            changes = {
                "per_day": _figure(self.per_day.value),
                "style": check_style(self.style.value),
                "blind": _is_yes(self.blind.value),
            }
        except RequestError as error:
            await refuse(interaction, f"{sentence(str(error))} Nothing was changed.")
            return
        await self._panel.change(interaction, **changes)


class _Usual(discord.ui.Button[Panel]):
    def __init__(self) -> None:
        super().__init__(label="Reset", style=discord.ButtonStyle.secondary, row=4)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        usual = HouseRules()
        fields = {name: getattr(usual, name) for name in HouseRules.__slots__}
        await self.view.change(interaction, **fields)


class _Forget(discord.ui.Button[Panel]):
    def __init__(self) -> None:
        super().__init__(label="Delete data…", style=discord.ButtonStyle.danger, row=4)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        await interaction.response.send_modal(_ForgetModal(self.view))


class _ForgetModal(AnsweringModal, title="Delete all data of this server"):
    word: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Type DELETE to delete all pieces and ratings", max_length=10, custom_id="word"
    )

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel = panel

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        if self.word.value.strip() != "DELETE" or not interaction.permissions.manage_guild:
            await refuse(interaction, "Nothing was deleted.")
            return
        await defer_privately(interaction)
        client = self._panel.client
        gone = await client.storage.servers.delete(self._panel.server_id)
        # Said first: taking many messages away takes longer than an answer may wait.
        pieces = gone.counts["pieces"]
        await whisper(
            interaction,
            f"Deleted: {pieces} pieces with their ratings, and these settings. "
            "The messages with the pieces go now.",
        )
        await forget(client, gone, server_id=self._panel.server_id)


def _default(number: int, kind: discord.SelectDefaultValueType) -> discord.SelectDefaultValue:
    return discord.SelectDefaultValue(id=number, type=kind)


def _mentions(sign: str, ids: Sequence[int], before: str, none: str) -> str:
    return before + ", ".join(f"<{sign}{number}>" for number in ids) if ids else none


def _yes(on: bool) -> str:
    return "yes" if on else "no"


def _figure(typed: str) -> int | None:
    """Return the quota that was typed; None for an empty field."""
    typed = typed.strip()
    if not typed:
        return None
    if not typed.isdecimal() or int(typed) > MAX_PER_DAY:
        raise RequestError(f"the quota must be a whole number from 0 to {MAX_PER_DAY}")
    return int(typed)


def _is_yes(typed: str) -> bool:
    """Return what was answered; an empty field is a yes."""
    said = typed.strip().lower()
    if said not in ("", "yes", "no"):
        raise RequestError("blind comparisons are answered by yes or no")
    return said != "no"


assert set(_FORMATS) == set(AUDIO_FORMATS)
assert set(_DELETERS) == set(DELETERS)


async def setup(client: Cadenza) -> None:
    """Add the cog."""
    await client.add_cog(ServerSettingsCog(client))
