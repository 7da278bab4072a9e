from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import discord
import pytest

from bot.jobs import Running, Waiting
from bot.progress_message import EDIT_EVERY_S, ProgressMessage


class Shown:
    """A message that notes its edits, and refuses them with a status if told to."""

    def __init__(self, status: int | None = None) -> None:
        self.id = 1
        self.edits: list[dict[str, Any]] = []
        self.status = status
        self.deleted = False

    async def edit(self, **changes: Any) -> None:
        self._refuse()
        self.edits.append(changes)

    async def delete(self) -> None:
        self._refuse()
        self.deleted = True

    def _refuse(self) -> None:
        if self.status is not None:
            raise discord.HTTPException(MagicMock(status=self.status, reason=""), "no")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def progress(message: Any, clock: Clock) -> ProgressMessage:
    return ProgressMessage(message, 7, bars=8, clock=clock)


async def test_it_is_edited_at_most_every_two_seconds() -> None:
    message, clock = Shown(), Clock()
    shows = progress(message, clock)
    for share in range(1, 11):
        await shows.show(Running("generate", share / 10))
        clock.now += EDIT_EVERY_S / 4
    assert len(message.edits) == 3  # at 0, 2 and 4 seconds


async def test_the_moment_the_work_begins_is_shown_at_once() -> None:
    message, clock = Shown(), Clock()
    shows = progress(message, clock)
    await shows.show(Waiting(2))
    await shows.show(Running("start", 0.0))
    assert [edit["content"][:12] for edit in message.edits] == ["🎼 place 2 in", "🎼 warming up"]


async def test_the_same_news_twice_are_one_edit() -> None:
    message, clock = Shown(), Clock()
    shows = progress(message, clock)
    await shows.show(Waiting(2))
    clock.now += 60
    await shows.show(Waiting(2))
    assert len(message.edits) == 1


async def test_last_words_have_no_button_and_come_at_once() -> None:
    message, clock = Shown(), Clock()
    shows = progress(message, clock)
    await shows.show(Waiting(2))
    await shows.end("over")
    assert message.edits[-1] == {"content": "over", "view": None}


@pytest.mark.parametrize("status", [403, 404])
async def test_a_message_that_is_gone_is_asked_once_and_harms_nobody(status: int) -> None:
    message, clock = Shown(status), Clock()
    shows = progress(message, clock)
    await shows.show(Waiting(2))
    assert shows.message is None
    await shows.end("over")
    await shows.remove()


async def test_a_failure_of_discord_keeps_the_message_for_later() -> None:
    message, clock = Shown(503), Clock()
    shows = progress(message, clock)
    await shows.show(Waiting(2))
    message.status = None
    await shows.remove()
    assert message.deleted


async def test_when_the_commands_token_has_run_out_it_is_edited_as_any_message() -> None:
    """A queue may be longer than the fifteen minutes for which the token is good."""
    place = MagicMock()
    in_channel = Shown()
    place.get_partial_message.return_value = in_channel
    expired = MagicMock(spec=discord.InteractionMessage, id=5, channel=place)
    expired.edit.side_effect = discord.HTTPException(MagicMock(status=401, reason=""), "expired")
    shows = progress(expired, Clock())
    await shows.show(Waiting(2))
    place.get_partial_message.assert_called_once_with(5)
    assert len(in_channel.edits) == 1
