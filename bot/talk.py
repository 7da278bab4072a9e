"""What somebody says becomes a commission: the next version of a piece, or a new one.

The one door of the conversation, for Discord and the terminal. Whatever an editor of notes learns
later (keep the melody, fill a gap), it is understood behind ``Commissions.revise``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.commissions import Asker, Commission, Commissions, is_understood
from bot.house_rules import HouseRules
from bot.storage.records import Piece
from engine.errors import CadenzaError
from engine.request import parse
from engine.request.about import compares, speaks_of_a_piece

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
    Raises NoPieceYetError for "slower" where there is none, RequestError, with what can be asked,
    HouseRuleError and what the studio raises.
    """
    if about is None:
        latest = await _latest(commissions, asker, now)
        if latest is None and compares(text):
            raise NoPieceYetError(
                "there is no piece of yours here yet that this could be about; say what you would "
                "like to hear, as in: jazz calm 90bpm"
            )
        about = latest if latest is not None and speaks_of_a_piece(text) else None
    if about is not None:
        return await commissions.revise(asker, about, text, rules)
    return await commissions.compose(asker, parse(text), rules)


def says_something(text: str) -> bool:
    """Whether words hold any wish that is understood."""
    return is_understood(parse(text)) or speaks_of_a_piece(text)


class NoPieceYetError(CadenzaError):
    """There is no piece that the words could be about."""


async def _latest(commissions: Commissions, asker: Asker, now: datetime) -> Piece | None:
    pieces = commissions.storage.pieces
    piece = await pieces.latest_in_channel(asker.channel_id, asker.person_id)
    return piece if piece is not None and now - piece.made_at <= FRESH else None
