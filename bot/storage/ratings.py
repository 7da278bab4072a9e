"""Ratings: every vote is kept, and of each person and piece one counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ratings import SCORES, RatingKind, RatingSource
from bot.storage.database import Database, affected
from bot.storage.errors import GoneError
from bot.storage.learning_records import Counted, JudgedPiece
from bot.storage.models import MessageRow, PieceRow, RatingRow
from bot.storage.people import meet
from bot.storage.records import Clock, Rating
from bot.storage.rows import record
from bot.storage.votes import count_votes, counted_votes, judged_pieces, voters


class CaughtUp(NamedTuple):
    """What had been missed."""

    given: int
    withdrawn: int


class Ratings:
    """What people think of pieces.

    Reactions stand side by side, as Discord shows them. A button and the terminal hold one
    choice of each person and piece: a new one withdraws the one before. Whatever stands, the
    latest counts; when it is withdrawn, the one before it counts again.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def give(
        self,
        piece_id: int,
        person_id: int,
        kind: RatingKind,
        source: RatingSource,
        message_id: int | None = None,
    ) -> Rating:
        """The vote stands; given twice it is one. Raises GoneError for a deleted piece."""
        async with self._database.writing() as session:
            await meet(self._database, session, person_id, self._clock())
            return await self._give(session, piece_id, person_id, kind, source, message_id)

    async def withdraw(
        self,
        piece_id: int,
        person_id: int,
        kind: RatingKind | None,
        source: RatingSource,
        message_id: int | None = None,
    ) -> int:
        """No such vote stands, of this kind or of any (None), on this message or on any (None).

        Returns how many were withdrawn.
        """
        which = [RatingRow.piece_id == piece_id, RatingRow.person_id == person_id]
        which += [RatingRow.source == source]
        which += [RatingRow.kind == kind] if kind is not None else []
        which += [RatingRow.message_id == message_id] if message_id is not None else []
        async with self._database.writing() as session:
            return await _withdraw(session, self._clock(), *which)

    async def clear(self, message_id: int, kind: RatingKind | None = None) -> int:
        """No reaction stands on this message, of this kind or of any (None).

        Returns how many were withdrawn.
        """
        which = [RatingRow.message_id == message_id, RatingRow.source == "reaction"]
        which += [RatingRow.kind == kind] if kind is not None else []
        async with self._database.writing() as session:
            return await _withdraw(session, self._clock(), *which)

    async def counted(self, piece_id: int) -> list[Rating]:
        """The votes that count, one of each person, own ones too, in the order they came."""
        votes = counted_votes(RatingRow.piece_id == piece_id).subquery()
        rows = select(RatingRow).join(votes, votes.c.id == RatingRow.id)
        async with self._database.reading() as session:
            found = await session.scalars(rows.order_by(RatingRow.id))
            return [record(Rating, row) for row in found]

    async def summary(self, piece_id: int) -> dict[RatingKind, int]:
        """How many people's vote is of each kind, own votes included; all kinds are there."""
        votes = await self.counted(piece_id)
        return {kind: sum(vote.kind == kind for vote in votes) for kind in SCORES}

    async def count_since(self, since: datetime | None, server_id: int | None = None) -> Counted:
        """How much there is to learn from in this server, or anywhere (None).

        Votes that count and were given then or later (None: whenever), own ones too.
        """
        async with self._database.reading() as session:
            return await count_votes(session, server_id, since)

    async def judged(
        self, server_id: int | None = None, since: datetime | None = None
    ) -> list[JudgedPiece]:
        """The pieces with the votes that ``count_since`` counts, in the order of their ids."""
        async with self._database.reading() as session:
            return await judged_pieces(session, server_id, since)

    async def voters(
        self, server_id: int | None = None, since: datetime | None = None
    ) -> set[tuple[int, int]]:
        """Piece and person of each vote that ``judged`` gives."""
        async with self._database.reading() as session:
            return await voters(session, server_id, since)

    async def given(self) -> list[tuple[int, int, datetime]]:
        """Piece, person and time of each vote that was not deleted, those taken back included."""
        which = select(RatingRow.piece_id, RatingRow.person_id, RatingRow.given_at)
        async with self._database.reading() as session:
            return [(piece, person, at) for piece, person, at in await session.execute(which)]

    async def sync(
        self,
        message_id: int,
        shown: Mapping[RatingKind, Collection[int]],
        *,
        as_of: datetime | None = None,
    ) -> CaughtUp:
        """Exactly the reactions that the message showed (kind to people) stand on it.

        ``as_of``: when it was looked at; what was given or taken back since then stays so. When
        somebody gave several kinds meanwhile, the one that stands last in bot.ratings
        counts as the latest. Raises GoneError for a message that is not known.
        """
        async with self._database.writing() as session:
            message = await session.get(MessageRow, message_id)
            if message is None:
                raise GoneError("No piece is known for this message.")
            # People before pieces before ratings: the order of locks everywhere.
            for person in sorted({person for people in shown.values() for person in people}):
                await meet(self._database, session, person, self._clock())
            here = (RatingRow.message_id == message_id, RatingRow.source == "reaction")
            votes = list(await session.scalars(select(RatingRow).where(*here)))
            known = {_of_whom(vote): vote.id for vote in votes if vote.withdrawn_at is None}
            since = {_of_whom(vote) for vote in votes if as_of and _changed_at(vote) >= as_of}
            lost = [
                number
                for (kind, who), number in known.items()
                if who not in shown.get(kind, ()) and (kind, who) not in since
            ]
            new = [
                (kind, person)
                for kind in SCORES
                for person in sorted(set(shown.get(kind, ())))
                if (kind, person) not in known and (kind, person) not in since
            ]
            for kind, person in new:
                await self._give(session, message.piece_id, person, kind, "reaction", message_id)
            await _withdraw(session, self._clock(), RatingRow.id.in_(lost))
            return CaughtUp(len(new), len(lost))

    async def _give(
        self,
        session: AsyncSession,
        piece_id: int,
        person_id: int,
        kind: RatingKind,
        source: RatingSource,
        message_id: int | None,
    ) -> Rating:
        now = self._clock()
        asked_by = await _who_asked(session, piece_id)
        standing = await _standing(session, piece_id, person_id)
        same = [
            vote
            for vote in (standing if source == "reaction" else standing[-1:])
            if (vote.kind, vote.source, vote.message_id) == (kind, source, message_id)
        ]
        if same:
            return record(Rating, same[-1])
        if source != "reaction":
            for vote in standing:
                if vote.source == source:
                    vote.withdrawn_at = now
        row = RatingRow(
            piece_id=piece_id,
            person_id=person_id,
            kind=kind,
            source=source,
            message_id=message_id,
            own=asked_by == person_id,
            given_at=now,
        )
        session.add(row)
        await session.flush()
        return record(Rating, row)


def _of_whom(vote: RatingRow) -> tuple[RatingKind, int]:
    return cast(RatingKind, vote.kind), vote.person_id


def _changed_at(vote: RatingRow) -> datetime:
    return vote.withdrawn_at or vote.given_at


async def _who_asked(session: AsyncSession, piece_id: int) -> int:
    """Who asked for the piece, which stays until the transaction ends. Raises GoneError."""
    row = select(PieceRow.person_id).where(PieceRow.id == piece_id)
    person = await session.scalar(row.with_for_update(read=True, key_share=True))
    if person is None:
        raise GoneError("This piece has been deleted and can no longer be rated.")
    return person


async def _standing(session: AsyncSession, piece_id: int, person_id: int) -> list[RatingRow]:
    """The person's votes on this piece that are not withdrawn, the latest last."""
    rows = select(RatingRow).where(
        RatingRow.piece_id == piece_id,
        RatingRow.person_id == person_id,
        RatingRow.withdrawn_at.is_(None),
    )
    return list(await session.scalars(rows.order_by(RatingRow.id)))


async def _withdraw(session: AsyncSession, at: datetime, *which: ColumnElement[bool]) -> int:
    """Such votes no longer stand; returns how many did."""
    rows = update(RatingRow).where(RatingRow.withdrawn_at.is_(None), *which)
    result = await session.execute(rows.values(withdrawn_at=at))
    return affected(result)
