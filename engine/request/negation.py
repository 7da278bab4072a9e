"""How far a "no" reaches."""

from __future__ import annotations

from collections.abc import Sequence

from engine.request.lexicon.meanings import (
    Ensemble,
    Filler,
    Guitar,
    Meaning,
    Particle,
    Sound,
)
from engine.request.lexicon.particles import ARTICLES
from engine.request.scan import Item


def kind_of(meaning: Meaning) -> str:
    """Return what lists are made of: instruments of any sort are one kind."""
    if isinstance(meaning, Sound | Guitar | Ensemble):
        return "instrument"
    return type(meaning).__name__


class Negation:
    """Follows the meanings and knows whether the present one is refused.

    A "no" reaches the next thing named, and from there along a list of the same kind:
    through "or" and "and", and through commas if the list ends in "or", or in "and" after
    "without" and its like. "no drums, piano and bass" wants the piano.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._role = ""
        self._typed = ""
        self._kind = ""
        self._joined = ""
        self._joined_at = -1

    @property
    def is_less(self) -> bool:
        """Whether the present negation is only a "less"."""
        return self._role == "less"

    @property
    def pending(self) -> bool:
        """Whether a "no" waits for what it refuses."""
        return bool(self._role) and not self._kind

    def end(self) -> None:
        """Let nothing more be refused."""
        self._role = self._kind = self._joined = ""

    def hear(self, i: int) -> None:
        """Take in the particle at i."""
        item = self._items[i]
        assert isinstance(item.meaning, Particle)
        role = item.meaning.role
        if role in ("no", "not", "less"):
            if self._role and not self._kind and role == "no":
                return  # "please do not use no drums" still refuses them
            self.end()
            self._role, self._typed = role, item.typed.lower()
        elif not self._role:
            return
        elif role in ("and", "or"):
            self._joined, self._joined_at = (role, i) if self._kind else ("", -1)
        elif role == "comma":
            if self._kind and self._list_goes_on(i):
                self._joined, self._joined_at = "or", i
            else:
                self.end()
        elif role in ("stop", "but", "only", "just", "for"):
            if not (role == "only" and not self._kind and self._role == "not"):
                self.end()
        elif role == "with" and self._kind:
            self.end()

    def pass_unknown(self, i: int) -> None:
        """Take in an unknown word: "no autotune" refuses that and nothing after it."""
        following = self._items[i + 1].meaning if i + 1 < len(self._items) else None
        if not isinstance(following, Sound | Guitar):
            self.end()

    def covers(self, i: int) -> bool:
        """Return whether what stands at i is refused, and move on past it."""
        if not self._role:
            return False
        kind = kind_of(self._items[i].meaning)
        if not self._kind:
            self._kind = kind
            return True
        if self._joined and kind == self._kind and not self._starts_afresh(i):
            self._joined = ""
            return True
        self.end()
        return False

    def _starts_afresh(self, i: int) -> bool:
        """Whether the list turns to what is wanted: "no drums and a piano"."""
        if self._joined != "and" or self._typed != "no":
            return False
        between = self._items[self._joined_at + 1 : i]
        return any(item.typed.lower() in ARTICLES - {"any"} for item in between)

    def _list_goes_on(self, i: int) -> bool:
        last = ""
        for item in self._items[i:]:
            meaning = item.meaning
            if isinstance(meaning, Particle) and meaning.role in ("comma", "and", "or"):
                last = meaning.role if meaning.role != "comma" or not last else last
                if meaning.role in ("and", "or"):
                    last = meaning.role
            elif isinstance(meaning, Filler) and item.typed.lower() in ARTICLES:
                continue
            elif kind_of(meaning) != self._kind:
                break
        return last == "or" or (last == "and" and self._typed != "no")
