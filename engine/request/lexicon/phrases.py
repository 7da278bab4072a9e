"""How the tables are written: words apart by spaces, phrases apart by commas."""

from __future__ import annotations

from collections.abc import Iterator

Phrase = tuple[str, ...]


def words(row: str) -> tuple[str, ...]:
    """Return the words of a row, in order."""
    return tuple(row.split())


def phrase(name: str) -> Phrase:
    """Return the words of one phrase, which is in lower case; "-" and "_" count as spaces."""
    return words(name.replace("/", " / ").replace("-", " ").replace("_", " "))


def phrases(names: str) -> Iterator[Phrase]:
    """Yield the phrases of a row that commas divide."""
    for name in names.split(","):
        if name.strip():
            yield phrase(name)


def plural(singular: Phrase) -> Phrase:
    """Return a phrase with its last word in the plural."""
    last = singular[-1]
    return (*singular[:-1], last + ("es" if last.endswith(("s", "ch", "x")) else "s"))
