"""What Alembic runs for every upgrade; ``bot.storage.migrate`` hands over the connection."""

from alembic import context

from bot.storage.column_types import UtcTime, Zipped
from bot.storage.models import Base


def render(kind, value, _):
    """A migration outlives the code: it names no type of ours."""
    if kind == "type" and isinstance(value, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Zipped):
        return "sa.LargeBinary()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite cannot alter a column: its table is built anew.
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
