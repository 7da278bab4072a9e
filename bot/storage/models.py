"""The tables. A change here needs a migration: see ``migrations/README.md``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.column_types import COUNTED, Base, Zipped

_NO_ID_TWICE = {"sqlite_autoincrement": True}  # a button may still name a deleted row


def _person() -> Mapped[int]:
    return mapped_column(ForeignKey("people.id", ondelete="CASCADE"))


def _server() -> Mapped[int | None]:
    return mapped_column(ForeignKey("servers.id", ondelete="CASCADE"), index=True)


class PersonRow(Base):
    """A person; no names."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_seen_at: Mapped[datetime]


class ServerRow(Base):
    """A server; no names."""

    __tablename__ = "servers"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class ModelRow(Base):
    """A model that has written pieces."""

    __tablename__ = "models"

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    first_served_at: Mapped[datetime]
    card: Mapped[dict[str, Any]]


class JobRow(Base):
    """A job.

    ``parent_piece_id`` is no foreign key: pieces point at jobs already, and a circle of keys
    cannot be created in one order on every database.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "person_id", "queued_at"),
        Index(None, "state", "id"),
        _NO_ID_TWICE,
    )

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    person_id: Mapped[int] = _person()
    server_id: Mapped[int | None] = _server()
    channel_id: Mapped[int]
    reply_to_id: Mapped[int | None]
    progress_message_id: Mapped[int | None]
    parent_piece_id: Mapped[int | None] = mapped_column(index=True)
    request_id: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer)
    sentence: Mapped[str | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    locale: Mapped[str | None]


class PieceRow(Base):
    """A piece. Job and place are unique together: one job delivers once."""

    __tablename__ = "pieces"
    __table_args__ = (
        UniqueConstraint("job_id", "place"),
        Index(None, "person_id", "id"),
        Index(None, "channel_id", "person_id", "id"),
        _NO_ID_TWICE,
    )

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    person_id: Mapped[int] = _person()
    server_id: Mapped[int | None] = _server()
    channel_id: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("pieces.id", ondelete="SET NULL"), index=True
    )
    root_id: Mapped[int | None] = mapped_column(
        ForeignKey("pieces.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(Integer)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    place: Mapped[int] = mapped_column(Integer)
    title: Mapped[str]
    brief: Mapped[dict[str, Any]]
    seed: Mapped[int]
    model_id: Mapped[int | None] = mapped_column(
        ForeignKey("models.id", ondelete="SET NULL"), index=True
    )
    midi: Mapped[bytes] = mapped_column(LargeBinary)
    tokens: Mapped[bytes | None] = mapped_column(Zipped)
    files: Mapped[dict[str, Any]]
    changes: Mapped[list[str]]
    explanation: Mapped[str]
    details: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class MessageRow(Base):
    """A message of the bot that carries a piece."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel_id: Mapped[int]
    server_id: Mapped[int | None] = _server()
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]


class RatingRow(Base):
    """One vote; every one is kept, and withdrawn rather than deleted."""

    __tablename__ = "ratings"
    __table_args__ = (Index(None, "piece_id", "person_id"), _NO_ID_TWICE)

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    source: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("messages.id", ondelete="SET NULL"), index=True
    )
    own: Mapped[bool]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class SettingRow(Base):
    """A setting of a server, or of the whole bot (server 0: a null would not be unique)."""

    __tablename__ = "settings"

    server_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class RunRow(Base):
    """A fine-tune.

    ``unfinished`` is true until it ends and null from then on: being unique, it lets one run at
    a time be unfinished, whoever asks. Who started it is forgotten with them; the run stays.
    """

    __tablename__ = "runs"
    __table_args__ = (Index(None, "server_id", "id"), _NO_ID_TWICE)

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    server_id: Mapped[int | None] = mapped_column(ForeignKey("servers.id", ondelete="CASCADE"))
    state: Mapped[str]
    unfinished: Mapped[bool | None] = mapped_column(unique=True)
    since: Mapped[datetime | None]
    ratings_sha256: Mapped[str | None]
    ratings: Mapped[int | None]
    pieces: Mapped[int | None]
    raters: Mapped[int | None]
    config: Mapped[dict[str, Any]]
    seed: Mapped[int]
    candidate: Mapped[str | None]
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sentence: Mapped[str | None]
    started_by: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    automatic: Mapped[bool]
    channel_id: Mapped[int | None]
    message_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer)


class TrialRow(Base):
    """Two pieces for one wish, by two models, shown side by side. A job makes one at most."""

    __tablename__ = "trials"
    __table_args__ = (Index(None, "model_a", "model_b"), _NO_ID_TWICE)

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    piece_a: Mapped[int] = mapped_column(ForeignKey("pieces.id", ondelete="CASCADE"), index=True)
    piece_b: Mapped[int] = mapped_column(ForeignKey("pieces.id", ondelete="CASCADE"), index=True)
    model_a: Mapped[str]
    model_b: Mapped[str]
    made_at: Mapped[datetime]


class ChoiceRow(Base):
    """Which piece of a trial somebody likes better; the latest of each person is kept."""

    __tablename__ = "choices"

    trial_id: Mapped[int] = mapped_column(
        ForeignKey("trials.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    choice: Mapped[str]
    at: Mapped[datetime]
