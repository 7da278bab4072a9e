"""How columns hold values, and what constraints are called."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase


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


class Zipped(TypeDecorator[bytes]):
    """Bytes in and out; the database holds them compressed (zlib)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, _: Dialect) -> bytes | None:
        """Compressed; None stays None."""
        return None if value is None else zlib.compress(value, level=9)

    def process_result_value(self, value: bytes | None, _: Dialect) -> bytes | None:
        """The bytes that were given."""
        return None if value is None else zlib.decompress(value)


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


COUNTED = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER alone
