"""What somebody says becomes a commission: the next version of a piece, or a new one.

The one door of the conversation, for Discord and the terminal. Whatever an editor of notes learns
later (keep the melody, fill a gap), it is understood behind ``Commissions.revise``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.commissions import Asker, Commission, Commissions
from bot.house_rules import HouseRules
from bot.storage.records import Piece
from engine.request import ComposeRequest, parse
from engine.request.about import speaks_of_a_piece

FRESH = timedelta(hours=6)
"""So long a piece is what somebody talks about who neither replies to one nor names one."""


async def take_wish(
    commissions: Commissions,
    asker: Asker,
    rules: HouseRules,
    text: str,
    *,
    about: Piece | None,
    now: datetime,
) -> Commission | Piece:
    """Return the commission for what was said, or the earlier version that was wished for.

    ``about`` is the piece that was replied to. Without one, words that speak of a piece that is
    there ("slower") are about the person's latest one here, and all others ask for a new one.
    Raises RequestError, with what can be asked, HouseRuleError and what the studio raises.
    """
    if about is None:
        latest = await _latest(commissions, asker, now)
        about = latest if latest is not None and speaks_of_a_piece(text) else None
    if about is not None:
        return await commissions.revise(asker, about, text, rules)
    return await commissions.compose(asker, parse(text), rules)


def says_something(text: str) -> bool:
    """Whether words hold any wish that is understood."""
    said = replace(parse(text), unknown=(), remarks=())
    return said != ComposeRequest() or speaks_of_a_piece(text)


async def _latest(commissions: Commissions, asker: Asker, now: datetime) -> Piece | None:
    pieces = commissions.storage.pieces
    piece = await pieces.latest_in_channel(asker.channel_id, asker.person_id)
    return piece if piece is not None and now - piece.made_at <= FRESH else None
