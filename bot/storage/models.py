"""The tables. A change here needs a migration: see ``migrations/README.md``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[datetime]):
    """Aware times in, aware UTC out; SQLite, which knows no zones, holds UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, with its zone where the database has zones; a time without zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Names every constraint by rule: a migration has to be able to call it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # read once, by SQLAlchemy
        int: BigInteger,  # Discord's ids have 64 bits
        str: Text,
        datetime: UtcTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


_COUNTED = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER alone
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

    id: Mapped[int] = mapped_column(_COUNTED, primary_key=True)
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

    id: Mapped[int] = mapped_column(_COUNTED, primary_key=True)
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

    id: Mapped[int] = mapped_column(_COUNTED, primary_key=True)
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

    id: Mapped[int] = mapped_column(_COUNTED, primary_key=True)
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
