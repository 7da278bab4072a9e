"""Whether words speak of a piece that is there, or ask for a new one."""

from __future__ import annotations

from engine.request.comparatives import read_comparatives
from engine.request.parse import parse
from engine.request.read_changes import read_changes
from engine.request.scan import scan
from engine.request.words import tokenise

_OF_A_PIECE = frozenset(
    "add plus as but and now more less drop remove like same keep swap replace instead take change "
    "leave".split()
)
"""First words that speak of something that is there, whatever follows."""
_OF_EITHER = frozenset("in at with without no only just use".split())
"""First words that do so unless a genre follows: "in A minor", but "with piano, calm jazz"."""


_THERE = frozenset("it this that them these".split())
"""Second words that do so: "make it", "play that", but "make me a"."""


def speaks_of_a_piece(text: str) -> bool:
    """Whether a text that replies to nothing is about a piece that is there.

    "slower", "add strings", "in A minor" and "undo" are; "jazz calm 90bpm" asks for a new one.
    Raises RequestError for text that is far too long.
    """
    words = [token.norm for token in tokenise(text)]
    if not words:
        return False
    if words[0] in _OF_A_PIECE or set(words[1:2]) & _THERE:
        return True
    if words[0] in _OF_EITHER:
        return parse(text).genre is None
    return compares(text)


def compares(text: str) -> bool:
    """Whether a text means nothing without a piece that is there: "slower", "undo", "again"."""
    wishes, tokens = read_changes(text)
    compared, _, stays = read_comparatives(scan(tokens))
    return bool(wishes or compared or stays)
