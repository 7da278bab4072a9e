"""The buttons of a fine-tune, below its progress and its report, and the typed confirmation."""

from __future__ import annotations

from typing import Any

import discord

from bot.answers import AnsweringModal, refuse
from bot.buttons import Face

_GREY, _RED = discord.ButtonStyle.secondary, discord.ButtonStyle.danger
CANCEL = Face("run:cancel", "Cancel", None, _RED, 0)
PROMOTE = Face("run:promote", "Promote", "🚀", discord.ButtonStyle.success, 0)
FORCE = Face("run:force", "Promote anyway…", "⚠️", _RED, 0)
TRY = Face("run:try", "Blind test (20 %)", "🎧", _GREY, 0)
LEAVE = Face("run:leave", "Leave it", None, _GREY, 0)
BACK = Face("run:back", "Roll back", "↩️", _RED, 0)
AFTER_REPORT = {"passed": (PROMOTE, TRY, LEAVE), "refused": (FORCE, TRY, LEAVE)}
"""State of a run to what can be done with its model."""


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
