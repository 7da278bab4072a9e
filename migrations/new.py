"""Writes the next migration from what changed in bot/storage/models.py; read it before use.

.venv/bin/python -m migrations.new 0002 "Count the plays of a piece"
"""

from __future__ import annotations

import sys

from alembic import command
from sqlalchemy import create_engine

from bot.storage.migrate import configuration, upgrade


def main(number: str, message: str) -> None:
    """A file in versions/ that leads from the latest revision to the models."""
    with create_engine("sqlite://").begin() as connection:
        upgrade(connection)
        config = configuration()
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(*sys.argv[1:])
