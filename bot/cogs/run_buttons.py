"""The buttons of a fine-tune: below its progress and its report, alive after any restart."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.answers import AnsweringModal, answered, refuse
from bot.buttons import Face
from bot.client import OUTDATED

COG = "FinetuneCog"
"""Who does what the buttons say."""
_GREY, _RED = discord.ButtonStyle.secondary, discord.ButtonStyle.danger
CANCEL = Face("cancel", "Cancel", None, _RED, 0)
PROMOTE = Face("promote", "Promote", "🚀", discord.ButtonStyle.success, 0)
FORCE = Face("force", "Promote anyway…", "⚠️", _RED, 0)
TRY = Face("try", "Blind test (20 %)", "🎧", _GREY, 0)
LEAVE = Face("leave", "Leave it", None, _GREY, 0)
BACK = Face("back", "Roll back", "↩️", _RED, 0)
FACES = {face.action: face for face in (CANCEL, PROMOTE, FORCE, TRY, LEAVE, BACK)}
AFTER_REPORT = {"passed": (PROMOTE, TRY, LEAVE), "refused": (FORCE, TRY, LEAVE)}
"""State of a run to what can be done with its model."""


class RunButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"cadenza-run:(?P<action>[a-z]+):(?P<id>\d+)",
):
    """A button that carries what it does and to which run."""

    def __init__(self, face: Face, run_id: int) -> None:
        super().__init__(
            discord.ui.Button(
                label=face.label,
                emoji=face.emoji,
                style=face.style,
                row=face.row,
                custom_id=f"cadenza-run:{face.action}:{run_id}",
            )
        )
        self.face, self.run_id = face, run_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Any, match: re.Match[str], /
    ) -> RunButton:
        """Return the button of a message that was sent in any earlier life of the bot."""
        unknown = Face(match["action"], "…", None, _GREY, 0)
        return cls(FACES.get(match["action"], unknown), int(match["id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog do it; whatever fails, the person reads why."""
        async with answered(interaction):
            cog = interaction.client.get_cog(COG)
            if cog is None or self.face.action not in FACES:
                await refuse(interaction, OUTDATED)
            else:
                await cog.press(interaction, self.face.action, self.run_id)


def run_view(run_id: int, *faces: Face) -> discord.ui.View:
    """Return these buttons of a run."""
    view = discord.ui.View(timeout=None)
    for face in faces:
        view.add_item(RunButton(face, run_id))
    return view


class TypedConfirmation(AnsweringModal, title="Promote without a passed verdict"):
    """Lets a model through that the gate has not passed, once its id has been typed."""

    word: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Type the model's id; this is kept on record", max_length=100, custom_id="word"
    )

    def __init__(self, model_id: str, confirmed: Any) -> None:
        super().__init__()
        self.word.placeholder = model_id
        self._model_id, self._confirmed = model_id, confirmed

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Go on if the id is right."""
        if self.word.value.strip() != self._model_id:
            await refuse(interaction, f"That is not {self._model_id}; nothing was promoted.")
            return
        await self._confirmed(interaction)
