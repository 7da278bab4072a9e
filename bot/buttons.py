"""Buttons that outlive the bot: those below a piece, and how all of them find who acts on them.

What a button does stands in its ``custom_id`` and in the database, so that it works after any
restart.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import discord

from bot.ratings import MEANINGS

Press = Callable[[discord.Interaction[Any], int], Awaitable[None]]
"""What happens on a press: the interaction, and the id that the button carries."""


class Face(NamedTuple):
    """One kind of button."""

    action: str
    label: str | None
    emoji: str | None
    style: discord.ButtonStyle
    row: int


_GREY, _BLUE, _RED = (
    discord.ButtonStyle.secondary,
    discord.ButtonStyle.primary,
    discord.ButtonStyle.danger,
)
CHANGE, AGAIN, EXTEND, VARIATIONS, STEMS, EXPLAIN, DELETE = (
    Face("change", "Change…", "✏️", _BLUE, 0),
    Face("again", "Again", "🔁", _GREY, 0),
    Face("extend", "Extend", "➕", _GREY, 0),
    Face("variations", "Variations", "🎲", _GREY, 0),
    Face("stems", "Stems", "🎚️", _GREY, 0),
    Face("explain", "Explain", "🔎", _GREY, 2),
    Face("delete", "Delete", "🗑️", _GREY, 2),
)
CHOICES = (
    Face("choose-a", "A is better", None, _BLUE, 3),
    Face("choose-b", "B is better", None, _BLUE, 3),
)
RATINGS = tuple(Face(f"rate-{m.kind}", None, m.emoji, _GREY, 1) for m in MEANINGS)
CANCEL = Face("cancel", "Cancel", None, _RED, 0)


class StudioButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    # The hyphen: so the buttons of fine-tunes were called at first.
    template=r"cadenza[:-](?P<action>[a-z:-]+):(?P<id>\d+)",
):
    """A button that carries what it does and the id of what it does it to."""

    def __init__(self, face: Face, number: int) -> None:
        super().__init__(
            discord.ui.Button(
                label=face.label,
                emoji=face.emoji,
                style=face.style,
                row=face.row,
                custom_id=f"cadenza:{face.action}:{number}",
            )
        )
        self.face = face
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Any, match: re.Match[str], /
    ) -> StudioButton:
        """Return the button of a message that was sent in any earlier life of the bot.

        It looks like none: it is there to be pressed.
        """
        return cls(Face(match["action"], None, None, _GREY, 0), int(match["id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client, which knows who has taken this action."""
        await interaction.client.press(interaction, self.face.action, self.number)


def piece_view(
    piece_id: int, *, rating_buttons: bool, trial_id: int | None = None
) -> discord.ui.View:
    """Return the buttons of a piece; those for rating are left out where reactions are placed.

    ``trial_id``: the comparison that ends with this piece; people choose below it.
    """
    faces = [CHANGE, AGAIN, EXTEND, VARIATIONS, STEMS, EXPLAIN, DELETE]
    view = view_of(piece_id, *faces, *(RATINGS if rating_buttons else ()))
    for face in CHOICES if trial_id is not None else ():
        view.add_item(StudioButton(face, trial_id or 0))
    return view


def cancel_view(job_id: int) -> discord.ui.View:
    """Return the button that stops a job."""
    return view_of(job_id, CANCEL)


def view_of(number: int, *faces: Face) -> discord.ui.View:
    """Return these buttons, which all act on the same."""
    view = discord.ui.View(timeout=None)
    for face in faces:
        view.add_item(StudioButton(face, number))
    return view
