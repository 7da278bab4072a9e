"""Where a wish comes in from Discord: acknowledged, checked by the house rules, commissioned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import discord

from bot.answers import apologise, reply, reply_if_possible, words_of
from bot.buttons import cancel_view, piece_view
from bot.cards import piece_embed, progress_text
from bot.commissions import Asker, Commission
from bot.house_rules import HouseRules
from bot.jobs import News, Waiting
from bot.progress_message import ProgressMessage
from bot.storage.records import Piece
from bot.trouble import TROUBLE
from engine.errors import CadenzaError

if TYPE_CHECKING:
    from bot.client import Cadenza

GONE = "this piece has been deleted; ask for a new one with `/compose`"
NONE_YET = "you have no piece here yet; make one with `/compose`"

Order = Callable[[Asker, HouseRules], Awaitable[Commission | Piece]]
"""What is wanted: commissions it; an earlier version of a piece needs no work."""


async def from_interaction(interaction: discord.Interaction[Any], order: Order) -> None:
    """Acknowledge a command, button or modal at once, then do as ordered or say why not."""
    await interaction.response.defer(thinking=True)
    client: Cadenza = interaction.client
    asker = client.asker(interaction.user, interaction.channel, locale=interaction.locale)
    try:
        outcome = await _commissioned(client, asker, interaction.user, interaction.channel, order)
    except CadenzaError as error:
        await apologise(interaction, error)
        return
    if isinstance(outcome, Piece):
        await _show_again(client, outcome, asker)
        await interaction.delete_original_response()
        return
    showing = interaction.edit_original_response(
        content=_first_words(outcome), view=cancel_view(outcome.job.id)
    )
    await client.follower.beginning(_follow(client, outcome, showing, interaction.followup))


async def from_message(client: Cadenza, message: discord.Message, order: Order) -> None:
    """Do as ordered in a chat message and answer it; say why not where it cannot be done."""
    asker = client.asker(message.author, message.channel, reply_to_id=message.id)
    try:
        outcome = await _commissioned(client, asker, message.author, message.channel, order)
    except CadenzaError as error:
        await reply_if_possible(message, words_of(error))
        return
    if isinstance(outcome, Piece):
        await _show_again(client, outcome, asker)
        return
    showing = reply(message, _first_words(outcome), view=cancel_view(outcome.job.id))
    await client.follower.beginning(_follow(client, outcome, showing, None))


class NoPieceError(CadenzaError):
    """There is no such piece, or none that this person may see."""


async def find_piece(client: Cadenza, asker: Asker, piece_id: int | None) -> Piece:
    """Return the piece of this number, or (None) the one the person was given last here.

    Raises NoPieceError, also for a piece of another server, unless it is the person's own.
    """
    pieces = client.storage.pieces
    if piece_id is None:
        latest = await pieces.latest_in_channel(asker.channel_id, asker.person_id)
        if latest is None:
            raise NoPieceError(NONE_YET)
        return latest
    piece = await pieces.get(piece_id)
    here = piece is not None and piece.server_id == asker.server_id is not None
    if piece is None or not (here or piece.person_id == asker.person_id):
        raise NoPieceError(GONE)
    return piece


async def _commissioned(
    client: Cadenza, asker: Asker, person: Any, channel: Any, order: Order
) -> Commission | Piece:
    rules = await client.rules(asker.server_id)
    if asker.server_id is not None:
        roles = [role.id for role in getattr(person, "roles", ())]
        rules.check(_names_of(channel), roles)
    return await order(asker, rules)


def _names_of(channel: Any) -> list[int]:
    """Return the ids by which rules may name a channel: its own, and that of a thread's parent."""
    parent = getattr(channel, "parent_id", None)
    return [channel.id, *([parent] if parent else [])]


def _first_words(commission: Commission) -> str:
    latest: News | None = commission.ticket.latest
    return progress_text(latest or Waiting(1), commission.bars) or progress_text(Waiting(1))


async def _follow(
    client: Cadenza,
    commission: Commission,
    showing: Awaitable[discord.Message],
    followup: discord.Webhook | None,
) -> None:
    """Follow a commission, whether or not its first words can be shown: it is at work already."""
    job_id = commission.job.id
    shown: discord.Message | None = None
    try:
        shown = await showing
        await client.storage.jobs.set_progress_message(job_id, shown.id)
    except (*TROUBLE, CadenzaError) as error:
        commission.log.warning("progress not shown", error=str(error))
    finally:
        progress = ProgressMessage(shown, job_id, bars=commission.bars, followup=followup)
        client.follower.start(commission, progress)


async def _show_again(client: Cadenza, piece: Piece, asker: Asker) -> None:
    """Post an earlier version's card, so that the conversation goes on from it."""
    rules = await client.rules(asker.server_id)
    url = await client.url_of(piece.id)
    embed = piece_embed(piece).set_image(url=None)
    place = client.place(asker.channel_id, asker.server_id)
    where = f"[hear it where it was posted]({url})" if url else "its message has been deleted"
    sent = await place.send(
        f"↩️ Back to version {piece.version}: {where}. What you ask for next starts from it.",
        embed=embed,
        view=piece_view(piece.id, rating_buttons=not rules.reactions),
    )
    await client.storage.messages.add(
        sent.id,
        channel_id=sent.channel.id,
        server_id=asker.server_id,
        piece_id=piece.id,
        kind="piece",
    )
