"""Free text to a ComposeRequest."""

from __future__ import annotations

from engine.errors import RequestError
from engine.request.gather import gather
from engine.request.model import ComposeRequest
from engine.request.scan import scan
from engine.request.words import tokenise

MAX_TEXT = 2000
"""Characters of a prompt; as long as a Discord message."""


def parse(text: str) -> ComposeRequest:
    """Return what a text asks for, and in ``unknown`` the words that were not understood.

    Knows genres, moods, instruments, tempi, keys, meters, lengths, levels and seeds in any
    order, with negation and small typing errors. Tempi are quarter notes a minute in every
    meter. Raises RequestError for a text over 2,000 characters, for an impossible value, and
    for an instrument both asked for and refused; the message states the range.
    """
    if not isinstance(text, str):
        raise RequestError("a request must be text")
    if len(text) > MAX_TEXT:
        raise RequestError(
            f"a request may have {MAX_TEXT:,} characters at most, this one has {len(text):,}"
        )
    return gather(scan(tokenise(text)))
