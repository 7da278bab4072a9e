"""People, and what they do: type commands, press buttons, write, react."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.discord import commands, exchange, permissions, posting
from tests.discord.commands import File, Resolved
from tests.discord.exchange import Exchange
from tests.discord.forms import parts
from tests.discord.routes_messages import react, unreact
from tests.discord.world import Channel, Json, Message, User

if TYPE_CHECKING:
    from tests.discord.server import LoopbackDiscord

BUTTON = 2
SELECTS = {3, 5, 6, 7, 8}


@dataclass(eq=False)
class Person(User):
    """A user who acts. What the client would not let a person do raises, and is not sent."""

    discord: LoopbackDiscord | None = None

    @property
    def _discord(self) -> LoopbackDiscord:
        assert self.discord is not None
        return self.discord

    async def slash(
        self, where: Channel | None, command: str, /, *, wait: bool = True, **values: Any
    ) -> Exchange:
        """Use ``/command``; ``where`` None is the DM with the bot.

        Returns once it is acknowledged or has failed; with ``wait=False`` at once.
        """
        channel = where or self._discord.world.dm(self)
        found, path = commands.find(self._discord.offered(channel), command)
        commands.check_visible(found, channel, self)
        data = commands.data(found, path, values, Resolved(channel))
        return await self._begin(channel, exchange.COMMAND, data, command, wait=wait)

    async def autocomplete(
        self, where: Channel | None, command: str, option: str, typed: str, /, **values: Any
    ) -> list[Json]:
        """The choices offered while ``typed`` stands in that option."""
        channel = where or self._discord.world.dm(self)
        found, path = commands.find(self._discord.offered(channel), command)
        commands.check_visible(found, channel, self)
        data = commands.data(found, path, values | {option: typed}, Resolved(channel), option)
        shown = await self._begin(channel, exchange.AUTOCOMPLETE, data, command)
        if shown.choices is None:
            raise TimeoutError(f"no choices for {option} came in time")
        return shown.choices

    async def use_on(self, message: Message, command: str, *, wait: bool = True) -> Exchange:
        """Use a command of the message's context menu."""
        held = self._discord.offered(message.channel)
        found = [each for each in held if each["name"] == command and each["type"] == 3]
        if not found:
            raise LookupError(f"no message command {command!r}")
        commands.check_visible(found[0], message.channel, self)
        resolved = Resolved(message.channel)
        data = {"id": found[0]["id"], "name": command, "type": 3}
        data |= {"target_id": resolved.add(message), "resolved": resolved.objects}
        return await self._begin(message.channel, exchange.COMMAND, data, command, wait=wait)

    async def click(
        self,
        message: Message,
        label: str | None = None,
        *,
        custom_id: str | None = None,
        wait: bool = True,
    ) -> Exchange:
        """Press the button with that label or custom id. Raises LookupError where it is none."""
        self._must_see(message)
        buttons = [part for part in parts(message.components) if part["type"] == BUTTON]
        wanted = [b for b in buttons if label in (None, b.get("label"))]
        wanted = [b for b in wanted if custom_id in (None, b.get("custom_id"))]
        if len(wanted) != 1 or "custom_id" not in wanted[0] or wanted[0].get("disabled"):
            there = [(b.get("label"), b.get("custom_id"), b.get("disabled")) for b in buttons]
            raise LookupError(f"no one button {label or custom_id!r} to press; there are {there}")
        data = {"custom_id": wanted[0]["custom_id"], "component_type": BUTTON}
        data["id"] = wanted[0]["id"]
        return await self._begin(
            message.channel, exchange.COMPONENT, data, data["custom_id"], message, wait=wait
        )

    async def select(
        self, message: Message, custom_id: str, values: Iterable[Any], *, wait: bool = True
    ) -> Exchange:
        """Choose in a menu: texts, or users, roles, channels for menus of those."""
        self._must_see(message)
        menus = {p["custom_id"]: p for p in parts(message.components) if p["type"] in SELECTS}
        menu, chosen = menus.get(custom_id), list(values)
        if menu is None or menu.get("disabled"):
            raise LookupError(f"no menu {custom_id!r} to choose in; there are {list(menus)}")
        if not menu["min_values"] <= len(chosen) <= menu["max_values"]:
            raise ValueError(f"{custom_id} takes {menu['min_values']} to {menu['max_values']}")
        resolved = Resolved(message.channel)
        if menu["type"] == 3:
            if stray := set(chosen) - {option["value"] for option in menu["options"]}:
                raise ValueError(f"{custom_id} does not offer {stray}")
            ids = chosen
        else:
            ids = [resolved.add(value) for value in chosen]
        data = {"custom_id": custom_id, "component_type": menu["type"], "values": ids}
        data |= {"id": menu["id"]} | ({"resolved": resolved.objects} if resolved.objects else {})
        return await self._begin(
            message.channel, exchange.COMPONENT, data, custom_id, message, wait=wait
        )

    async def submit(
        self, opened: Exchange, values: dict[str, Any], *, wait: bool = True
    ) -> Exchange:
        """Fill in and send the modal that an exchange has opened, inputs by custom id."""
        if opened.modal is None:
            raise LookupError("that exchange opened no modal")
        data = commands.submitted(opened.modal, values, Resolved(opened.channel))
        return await self._begin(
            opened.channel,
            exchange.MODAL_SUBMIT,
            data,
            data["custom_id"],
            opened.source,
            opener=opened,
            wait=wait,
        )

    async def _begin(
        self,
        channel: Channel,
        kind: int,
        data: Json,
        name: str,
        source: Message | None = None,
        *,
        opener: Exchange | None = None,
        wait: bool = True,
    ) -> Exchange:
        discord = self._discord
        shown = Exchange(
            discord.world.ids.next(),
            secrets.token_hex(16),
            kind,
            self,
            channel,
            discord.clock(),
            discord.ack_limit_s,
            name,
            source,
            opener,
        )
        discord.begin(shown, data)
        if wait:
            await discord.settled(shown)
        return shown

    def say(
        self,
        where: Channel | None,
        text: str = "",
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        mention_bot: bool = False,
        files: Iterable[File] = (),
    ) -> Message:
        """Write a message; ``ping=False`` turns off the ping of a reply."""
        world, channel = self._discord.world, where or self._discord.world.dm(self)
        self._must(channel, "send_messages", *(["attach_files"] if files else []))
        message = Message(world.ids.next(), channel, self, reply_to=reply_to)
        message.content = f"{self._discord.me.mention} {text}" if mention_bot else text
        allowed = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
        message.mentions = posting.mentioned(world, message, allowed)
        message.attachments = [
            posting.store_file(world, channel, file.filename, file.data) for file in files
        ]
        posting.publish(world, message)
        return message

    def dm(self, text: str, **more: Any) -> Message:
        """Write to the bot in private."""
        return self.say(None, text, **more)

    def edit(self, message: Message, text: str) -> None:
        if message.author is not self:
            raise PermissionError("that is somebody else's message")
        message.content = text
        posting.changed(self._discord.world, message)

    def delete(self, *messages: Message) -> None:
        """Delete one message, or several at once as a moderator does."""
        for message in messages:
            if message.author is not self:
                self._must(message.channel, "manage_messages")
        if len(messages) == 1:
            posting.remove(self._discord.world, messages[0])
            return
        for message in messages:
            message.deleted = True
            del message.channel.messages[message.id]
        self._discord.world.announce("MESSAGE_DELETE_BULK", list(messages))

    def react(self, message: Message, emoji: str) -> None:
        new = [] if emoji in message.reactions else ["add_reactions"]
        self._must(message.channel, "read_message_history", *new)
        react(self._discord.world, message, self, emoji)

    def unreact(self, message: Message, emoji: str) -> None:
        unreact(self._discord.world, message, self, emoji)

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """As a moderator: all reactions are gone, or all of one emoji."""
        self._must(message.channel, "manage_messages")
        if emoji is None:
            message.reactions.clear()
            self._discord.world.announce("MESSAGE_REACTION_REMOVE_ALL", (message, None, None))
        elif message.reactions.pop(emoji, None):
            event = "MESSAGE_REACTION_REMOVE_EMOJI"
            self._discord.world.announce(event, (message, None, emoji))

    def _must(self, channel: Channel, *names: str) -> None:
        if not permissions.may(channel, self, *names):
            raise PermissionError(f"{self.name} lacks {names} in #{channel.name}")

    def _must_see(self, message: Message) -> None:
        self._must(message.channel)
        if message.deleted:
            raise LookupError("that message is deleted")
