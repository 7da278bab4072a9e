"""Deleting pieces without harm to what other people made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import affected
from bot.storage.models import ChoiceRow, JobRow, MessageRow, PieceRow, RatingRow, TrialRow
from bot.storage.records import Forgotten, JobState, Posted

UNFINISHED: tuple[JobState, ...] = ("queued", "running", "composed")


class _Link(NamedTuple):
    """A piece among its versions."""

    id: int
    parent_id: int | None
    root_id: int | None
    goes: bool


async def forget_pieces(session: AsyncSession, which: ColumnElement[bool]) -> Forgotten:
    """These pieces are gone with their messages, all ratings of them and the trials they stood in.

    Versions made of them stay: each whose parent goes becomes the first of its line, with the
    version number that was posted.
    """
    going = select(PieceRow.id).where(which).scalar_subquery()
    # Jobs before pieces, as one that delivers its pieces locks them.
    left = update(JobRow).where(JobRow.parent_piece_id.in_(going)).values(parent_piece_id=None)
    await session.execute(left.execution_options(synchronize_session=False))
    await _uproot(session, which)
    compared = TrialRow.piece_a.in_(going) | TrialRow.piece_b.in_(going)
    trials = select(TrialRow.id).where(compared).scalar_subquery()
    counts = {
        "ratings": await _count(session, RatingRow.piece_id.in_(going)),
        "messages": await _count(session, MessageRow.piece_id.in_(going)),
        "trials": await _count(session, compared),
        "choices": await _count(session, ChoiceRow.trial_id.in_(trials)),
    }
    messages = await posted(session, MessageRow.piece_id.in_(going))
    gone = delete(PieceRow).where(which).execution_options(synchronize_session=False)
    counts["pieces"] = affected(await session.execute(gone))
    return Forgotten(counts, messages)


async def posted(session: AsyncSession, which: ColumnElement[bool]) -> tuple[Posted, ...]:
    """Where these messages stand, without those that Discord no longer shows."""
    found = await session.execute(
        select(MessageRow.channel_id, MessageRow.id)
        .where(which, MessageRow.deleted_at.is_(None))
        .order_by(MessageRow.id)
    )
    return tuple(Posted(channel, message) for channel, message in found)


async def forget_jobs(session: AsyncSession, which: ColumnElement[bool]) -> Forgotten:
    """These jobs are gone; those that had not ended are named, with their progress messages."""
    running = await session.execute(
        select(JobRow.id, JobRow.channel_id, JobRow.progress_message_id)
        .where(which, JobRow.state.in_(UNFINISHED))
        .order_by(JobRow.id)
    )
    unfinished = running.all()
    gone = delete(JobRow).where(which).execution_options(synchronize_session=False)
    return Forgotten(
        counts={"jobs": affected(await session.execute(gone))},
        messages=tuple(
            Posted(channel, message) for _, channel, message in unfinished if message is not None
        ),
        jobs=tuple(job for job, _, _ in unfinished),
    )


async def _count(session: AsyncSession, which: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).where(which)) or 0


async def _uproot(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """Every piece that stays has a parent and a first version that stay.

    The whole lines are locked before they are read: a version being added meanwhile is either
    seen here, or finds its parent gone.
    """
    roots = select(PieceRow.root_id).where(which).scalar_subquery()
    line = select(PieceRow.id).where(PieceRow.root_id.in_(roots)).order_by(PieceRow.id)
    await session.execute(line.with_for_update())
    found = await session.execute(
        select(PieceRow.id, PieceRow.parent_id, PieceRow.root_id, which)
        .where(PieceRow.root_id.in_(roots))
        .order_by(PieceRow.id)
    )
    changed = _new_links(_Link(*row) for row in found)
    if changed:
        await session.execute(update(PieceRow), changed)


def _new_links(line: Iterable[_Link]) -> list[dict[str, int | None]]:
    """Rows to write, for pieces in the order of their ids (a parent is older than its child)."""
    roots: dict[int, int] = {}
    changed: list[dict[str, int | None]] = []
    for link in line:
        if link.goes:
            continue
        parent = link.parent_id if link.parent_id in roots else None
        roots[link.id] = link.id if parent is None else roots[parent]
        new = {"id": link.id, "parent_id": parent, "root_id": roots[link.id]}
        if (link.parent_id, link.root_id) != (parent, roots[link.id]):
            changed.append(new)
    return changed
