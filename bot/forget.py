"""Takes away in Discord what was forgotten in the database: messages, reactions, running jobs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import discord

from bot.ratings import emoji_of
from bot.storage.records import Forgotten, Posted, Reaction
from bot.trouble import TROUBLE, status_of
from engine.errors import CadenzaError

if TYPE_CHECKING:
    from bot.client import Cadenza


async def forget(
    client: Cadenza,
    gone: Forgotten,
    person_id: int | None = None,
    *,
    server_id: int | None = None,
) -> list[Reaction]:
    """Stop the jobs, delete the messages and, of a person, the reactions.

    Nothing learns from them any more: they are taken out of what was exported to learn from, and
    the history of models forgets the person or the server. Returns the reactions that the bot
    may not take away (it would need Manage Messages there).
    """
    for job_id in gone.jobs:
        client.commissions.cancel(job_id)
    await _unlearn(client, person_id, server_id)
    for posted in gone.messages:
        await _delete(client, posted)
    if person_id is None:
        return []
    return [r for r in gone.reactions if not await _unreact(client, r, person_id)]


async def _unlearn(client: Cadenza, person_id: int | None, server_id: int | None) -> None:
    runs, models = client.learning.runs, client.learning.models
    with _logged(client):
        await runs.forget()
    with _logged(client):
        await models.forget(person_id=person_id, server_id=server_id)


@contextlib.contextmanager
def _logged(client: Cadenza) -> Iterator[None]:
    """The owner has to see to what fails: the sentence says where."""
    try:
        yield
    except CadenzaError as error:
        client.log.error("not taken out of learning", error=str(error))


async def _delete(client: Cadenza, posted: Posted) -> None:
    try:
        await client.place(posted.channel_id, None).get_partial_message(posted.message_id).delete()
    except discord.NotFound:
        return
    except TROUBLE as error:
        status, message = status_of(error), posted.message_id
        client.log.warning("message not deleted", status=status, message=message)


async def _unreact(client: Cadenza, reaction: Reaction, person_id: int) -> bool:
    place = client.place(reaction.channel_id, None)
    message = place.get_partial_message(reaction.message_id)
    try:
        await message.remove_reaction(emoji_of(reaction.kind), discord.Object(person_id))
    except discord.NotFound:
        return True
    except TROUBLE:
        return False
    return True
