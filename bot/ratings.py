"""What a reaction means: one table of emoji, kind of rating and score."""

from __future__ import annotations

from typing import Literal, NamedTuple

RatingKind = Literal["like", "dislike", "love", "fire", "sleepy"]
RatingSource = Literal["reaction", "button", "terminal"]


class Meaning(NamedTuple):
    """One kind of rating."""

    emoji: str
    """As Discord shows it, without the variation selector."""
    kind: RatingKind
    score: int
    """What one such vote adds: set by hand, as strong as people mean it."""


MEANINGS = (
    Meaning("👍", "like", 1),
    Meaning("👎", "dislike", -1),
    Meaning("❤", "love", 2),
    Meaning("🔥", "fire", 2),
    Meaning("😴", "sleepy", -1),
)
SCORES: dict[RatingKind, int] = {meaning.kind: meaning.score for meaning in MEANINGS}

_VARIATION_SELECTOR = "\ufe0f"  # asks for the coloured picture; some clients send it, some do not
_KINDS = {meaning.emoji: meaning.kind for meaning in MEANINGS}
_EMOJI = {meaning.kind: meaning.emoji for meaning in MEANINGS}


def kind_of(emoji: str) -> RatingKind | None:
    """The kind that an emoji stands for; None for one that rates nothing."""
    return _KINDS.get(emoji.replace(_VARIATION_SELECTOR, ""))


def emoji_of(kind: RatingKind) -> str:
    """The emoji of a kind, without the variation selector."""
    return _EMOJI[kind]
