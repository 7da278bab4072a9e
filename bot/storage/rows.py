"""From rows to records."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect

from bot.storage.column_types import Base
from bot.storage.models import PieceRow
from bot.storage.records import File, Piece

R = TypeVar("R")


def record(kind: type[R], row: Base, **instead: Any) -> R:
    """The record with what the row's columns of the same names hold, or ``instead``."""
    names = [part.name for part in fields(kind)]  # type: ignore[arg-type]  # all are dataclasses
    return kind(
        **{name: instead[name] if name in instead else getattr(row, name) for name in names}
    )


def columns(table: type[Base]) -> list[str]:
    """The names of a table's columns."""
    return [column.name for column in inspect(table).columns]


def primary_key(table: type[Base]) -> tuple[ColumnElement[Any], ...]:
    """The columns that tell a table's rows apart."""
    return inspect(table).primary_key


def piece_record(row: PieceRow) -> Piece:
    """The piece, with its files and changes as values."""
    files = {kind: File(**facts) for kind, facts in row.files.items()}
    return record(Piece, row, files=files, changes=tuple(row.changes))
