"""Whoever asks for ``storage`` runs on SQLite and on PostgreSQL here, too."""

from tests.bot.storage.conftest import (
    clock,
    empty_url,
    kind,
    migrated,
    postgres,
    storage,
    url,
)

__all__ = ["clock", "empty_url", "kind", "migrated", "postgres", "storage", "url"]
