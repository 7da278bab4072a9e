"""Real discord.py clients for the loopback's own tests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from tests.discord.server import LoopbackDiscord
from tests.discord.world import Channel


class Piano(commands.AutoShardedBot):
    """A small bot with one of everything: it notes the events that it hears."""

    user: discord.ClientUser

    def __init__(self, **options: Any) -> None:
        intents = options.pop("intents", discord.Intents.default())
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            # discord.py waits that long for a further guild before it says it is ready.
            guild_ready_timeout=0.05,
            **options,
        )
        self.heard: dict[str, list[Any]] = {}
        self._wakers: set[asyncio.Event] = set()
        self.add_view(Keys())
        enter_commands(self.tree)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait the five seconds that Discord asks for between two shards."""

    async def setup_hook(self) -> None:
        await self.tree.sync()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event, *args, **kwargs)
        self.heard.setdefault(event, []).append(args[0] if len(args) == 1 else args)
        for waker in self._wakers:
            waker.set()

    async def hears(self, event: str, count: int = 1) -> Any:
        """The ``count``-th event of that name since the start, once it has come."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        async with asyncio.timeout(5):
            while len(self.heard.get(event, [])) < count:
                waker.clear()
                await waker.wait()
        self._wakers.discard(waker)
        return self.heard[event][count - 1]


class Keys(discord.ui.View):
    """Buttons and a menu that outlive the process."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Again", custom_id="piano:again")
    async def again(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_message(f"again for {interaction.user.name}")

    @discord.ui.button(label="Louder", custom_id="piano:louder")
    async def louder(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.edit_message(content="louder")

    @discord.ui.button(label="Change", custom_id="piano:change")
    async def change(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Wish())

    @discord.ui.select(
        cls=discord.ui.Select,
        custom_id="piano:key",
        options=[discord.SelectOption(label=key) for key in ("C", "D", "E")],
    )
    async def key(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.defer()
        await interaction.followup.send(f"in {menu.values[0]}", ephemeral=True)

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="piano:player")
    async def player(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(f"played by {menu.values[0].mention}")


class Wish(discord.ui.Modal, title="What should change?"):
    """One line and, newer, a menu in a label."""

    words: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Words", custom_id="words", max_length=50
    )
    how: discord.ui.Label[Any] = discord.ui.Label(
        text="How much",
        component=discord.ui.Select(
            custom_id="how", options=[discord.SelectOption(label=w) for w in ("little", "much")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        menu = self.how.component
        assert isinstance(menu, discord.ui.Select)
        await interaction.response.send_message(f"{self.words.value}: {menu.values[0]}")


def enter_commands(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="Compose a piece")
    async def compose(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, 100],
        genre: str | None = None,
        bars: app_commands.Range[int, 1, 64] = 8,
    ) -> None:
        await interaction.response.defer(thinking=True)
        file = discord.File(fp=sound(prompt), filename="piece.mp3")
        await interaction.followup.send(f"{prompt} {genre} {bars}", file=file, view=Keys())
        extra = await interaction.followup.send("a word more", wait=True)
        await extra.edit(content="a word less")
        await interaction.edit_original_response(content=f"{prompt}, finished")

    @compose.autocomplete("genre")
    async def genres(
        interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        known = ["jazz", "waltz", "march"]
        return [app_commands.Choice(name=g, value=g) for g in known if g.startswith(typed)]

    @tree.command(description="Continue a file")
    async def carry_on(interaction: discord.Interaction, midi: discord.Attachment) -> None:
        await interaction.response.send_message(f"{len(await midi.read())} bytes", ephemeral=True)

    @tree.command(description="Who")
    async def who(
        interaction: discord.Interaction, player: discord.Member, where: discord.TextChannel
    ) -> None:
        words = f"{player.mention} in {where.name}, {interaction.permissions.send_messages}"
        await interaction.response.send_message(words)
        await interaction.delete_original_response()

    @tree.context_menu(name="Count words")
    async def count(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content.split())} words")

    settings = app_commands.Group(
        name="settings",
        description="Settings",
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
    )

    @settings.command(description="The channel")
    async def channel(interaction: discord.Interaction, where: discord.TextChannel) -> None:
        await interaction.response.send_message(f"from now on in {where.name}", ephemeral=True)

    tree.add_command(settings)


def sound(prompt: str) -> BytesIO:
    """Bytes that no encoding of text and no trimming of ends would leave unchanged."""
    return BytesIO(b"\r\n" + bytes(range(256)) * 40 + prompt.encode() + b" \r\n")


def place(bot: Piano, channel: Channel) -> discord.TextChannel:
    """discord.py's channel for one of the loopback's."""
    found = bot.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


@asynccontextmanager
async def online(loopback: LoopbackDiscord, bot: Piano | None = None) -> AsyncIterator[Piano]:
    """The bot, connected and ready, for as long as the block lasts."""
    bot = bot or Piano()
    with loopback.stands_in():
        running = asyncio.create_task(bot.start(loopback.token))
        ready = asyncio.create_task(bot.hears("ready"))
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            ready.cancel()
        try:
            if running.done():
                running.result()
            await ready
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(running, return_exceptions=True)


def run_alone(api_url: str, gateway_url: str, token: str) -> None:
    """The bot as a process of its own, until it is terminated."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_url, yarl.URL(gateway_url)
    Piano().run(token, log_handler=None)


if __name__ == "__main__":
    run_alone(*sys.argv[1:])
