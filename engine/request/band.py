"""Which instruments a request names, which it refuses, and whether the list is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.request.lexicon import instruments as ins
from engine.request.lexicon.meanings import (
    Acoustic,
    Ensemble,
    Filler,
    Genre,
    Guitar,
    Level,
    Mood,
    Number,
    Pace,
    Particle,
    Sound,
)
from engine.request.lexicon.particles import ARTICLES, GROUP_SIZES
from engine.request.negation import Negation
from engine.request.scan import Item

_ACCOMPANIMENT_ONLY = frozenset({"drums", "percussion", "bass", "synth_bass", "upright_bass"})
"""Named alone these still wait for a band."""


@dataclass(slots=True)
class _Asked:
    programs: tuple[int, ...]
    is_guitar: bool = False
    in_jazz: tuple[int, ...] | None = None
    implied: bool = False


class Band:
    """Collects the instruments of a request from left to right."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._asked: list[_Asked] = []
        self._refused: list[str] = []
        self._closed = False
        self._closes_if_any = False
        self._with_open = False
        self._opened = False
        self._group: str | None = None
        self.acoustic = False
        self.remarks: list[str] = []

    def _is_instrument(self, i: int) -> bool:
        return 0 <= i < len(self._items) and isinstance(
            self._items[i].meaning, Sound | Guitar | Ensemble
        )

    def is_counted(self, i: int) -> bool:
        """Return whether the number at i only counts players: "two guitars"."""
        return self._is_instrument(i + 1)

    def hear(self, i: int, negation: Negation) -> None:
        """Take in the particle at i."""
        item = self._items[i]
        assert isinstance(item.meaning, Particle)
        role = item.meaning.role
        if role == "with":
            self._with_open = True
        elif role in ("stop", "comma", "but"):
            self._with_open = False
        if negation.pending:
            return
        ahead = self._leads_to_instrument(i + 1)
        behind = self._follows_instrument(i)
        if role in ("for", "played by", "just") and ahead:
            self._closed = True
        elif role == "solo":
            self._closed |= (behind and not self._with_open) or (not behind and ahead)
        elif role == "only":
            whole = item.typed.lower() not in ("only", "purely", "exclusively", "solely")
            self._closed |= ahead or behind
            self._closes_if_any |= whole
        elif role == "group":
            self._group = item.typed.lower()
            self._closed |= behind

    def _leads_to_instrument(self, i: int) -> bool:
        passing = (Number, Mood, Level, Pace, Genre, Acoustic)
        while i < len(self._items):
            item = self._items[i]
            if self._is_instrument(i):
                return True
            small = isinstance(item.meaning, Filler) and item.typed.lower() in ARTICLES
            roles = ("solo", "only", "just", "group", "very", "a bit")
            governed = isinstance(item.meaning, Particle) and item.meaning.role in roles
            if not (small or governed or isinstance(item.meaning, passing)):
                return False
            i += 1
        return False

    def _follows_instrument(self, i: int) -> bool:
        return self._is_instrument(i - 1) and bool(self._asked)

    def take(self, i: int, refused: bool, fewer: bool) -> str | None:
        """Take in the instrument at i; return a remark for the listener, if there is one."""
        meaning = self._items[i].meaning
        if isinstance(meaning, Acoustic):
            self.acoustic |= not refused
            return None
        if self._items[i].typed.lower() == "beats" and self._follows_genre(i):
            return None  # "trap beats" are pieces, not a wish for drums
        if refused and fewer:
            return f'"less" was not applied to {self._items[i].typed}, which plays or does not'
        if isinstance(meaning, Guitar):
            if refused:
                self._refused += ins.GUITARS
            else:
                self._ask(i, _Asked((), is_guitar=True))
            return None
        assert isinstance(meaning, Sound | Ensemble)
        if refused:
            self._refused += [ins.INSTRUMENT_OF[program] for program in meaning.programs]
            if self._items[i].typed.lower() in ins.ANY_SYNTH:
                self._refused += ins.SYNTHS
            return None
        if isinstance(meaning, Ensemble):
            self._closed = True
            self._ask(i, _Asked(meaning.programs, in_jazz=meaning.in_jazz, implied=True))
            return None
        self._ask(i, _Asked(meaning.programs))
        return meaning.remark

    def _follows_genre(self, i: int) -> bool:
        return i > 0 and isinstance(self._items[i - 1].meaning, Genre)

    def _ask(self, i: int, asked: _Asked) -> None:
        self._asked.append(asked)
        self._opened |= self._with_open
        following = self._items[i + 1] if i + 1 < len(self._items) else None
        if (
            following is not None
            and isinstance(following.meaning, Filler | Genre)
            and following.typed.lower() in ins.CLOSING_FORMS
            and not self._with_open
        ):
            self._closed = True

    def refused_names(self) -> tuple[str, ...]:
        """Return the canonical names that were refused, in order, each once."""
        names = list(dict.fromkeys(self._refused))
        drums_asked = any(ins.DRUMS in asked.programs for asked in self._asked)
        if "percussion" in names and "drums" not in names and not drums_asked:
            names.insert(names.index("percussion") + 1, "drums")
        return tuple(names)

    @staticmethod
    def names(programs: Sequence[int]) -> tuple[str, ...]:
        """Return the canonical names of programs in their order, each once."""
        return tuple(dict.fromkeys(ins.INSTRUMENT_OF[program] for program in programs))

    def settle(self, genre: str | None) -> tuple[tuple[int, ...], bool]:
        """Return the programs asked for, in order, and whether no others may play."""
        refused = set(self.refused_names())
        programs: list[int] = []
        for asked in self._asked:
            members = asked.programs
            if asked.in_jazz is not None and genre == "jazz":
                members = asked.in_jazz
            if asked.is_guitar:
                members = (ins.default_program(self._guitar(genre, refused)),)
            if asked.implied:
                members = tuple(p for p in members if ins.INSTRUMENT_OF[p] not in refused)
            programs += members
        programs = list(dict.fromkeys(programs))
        return tuple(programs), bool(programs) and self._is_closed(genre, programs)

    def _guitar(self, genre: str | None, refused: set[str]) -> str:
        usual = ins.GUITAR_BY_GENRE.get(genre or "", "acoustic_guitar")
        choice = ["acoustic_guitar"] if self.acoustic else [usual]
        choice += [name for name in ins.GUITARS if name not in refused]
        return next((name for name in choice if name not in refused), usual)

    def _is_closed(self, genre: str | None, programs: Sequence[int]) -> bool:
        if self._closed or self._closes_if_any:
            return True
        if self._group is not None:
            if len(programs) >= GROUP_SIZES.get(self._group, 2):
                return True
            self.remarks.append(f'"{self._group}" says how many play; the rest was chosen freely')
            return False
        named = set(self.names(programs))
        return genre is None and not self._opened and not named <= _ACCOMPANIMENT_ONLY
