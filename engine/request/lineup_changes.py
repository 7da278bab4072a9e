"""Who plays in the next version: swapped, left out, added, or alone."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import RequestError
from engine.request.lexicon.instruments import (
    DRUMS,
    FAMILIES,
    GUITAR_BY_GENRE,
    GUITARS,
    INSTRUMENT_OF,
    INSTRUMENTS,
    SYNTHS,
    default_program,
)
from engine.request.lexicon.meanings import Ensemble, Guitar, Sound
from engine.request.lexicon.wishes import SwapFor
from engine.request.model import Brief
from engine.request.revision import Edit, Mute, Swap
from engine.score.programs import program_name

_ALIKE = (("bass", *FAMILIES["bass"], "double_bass"), GUITARS)
"""Instruments that one word asks for, whichever of them is there."""
_REFUSED_TOGETHER = (GUITARS, SYNTHS, ("percussion", "drums"))
"""What one "no" rules out although not all of it need play."""


class Lineup:
    """The programs of the parent, while wishes change them."""

    def __init__(self, brief: Brief) -> None:
        self._genre = brief.genre
        self.programs = list(brief.programs)
        self.edits: list[Edit] = []
        self.fresh = False
        """Whether somebody plays who needs notes of their own."""
        self.changes: list[str] = []
        self.remarks: list[str] = []

    def swap(self, wish: SwapFor, refused: Sequence[str] = ()) -> None:
        """Let one instrument play what another did; RequestError where that is not clear.

        ``refused``: who is ruled out beside, and therefore meant if nobody else is.
        """
        olds, news = self._replaced(wish, refused), self._sounds(wish.new)
        if set(olds) == set(news):
            self.remarks.append(f"{_names(news)} already {_plays(news)} that part")
            return
        if len(news) > 1 or (DRUMS in news) != (DRUMS in olds) or DRUMS in news:
            self.programs = [p for p in self.programs if p not in olds]
            self.programs += [p for p in news if p not in self.programs]
            self.changes.append(f"{_names(news)} instead of {_names(olds)}")
            self.fresh = True
            return
        for old in olds:
            new = self._free_sound(news[0], olds)
            self.programs[self.programs.index(old)] = new
            self.edits.append(Swap(old, new))
            self.changes.append(_instead(new, old))

    def _replaced(self, wish: SwapFor, refused: Sequence[str]) -> list[int]:
        """Return the programs that shall be replaced, at least one."""
        if wish.old is None and (ruled_out := self._meant(refused)):
            return ruled_out
        if wish.old is not None:
            if olds := self._players(wish.old):
                return olds
            wanted = _names(self._sounds(wish.old))
            raise RequestError(
                f"{wanted} cannot be replaced: there {_plays(self.programs, 'is', 'are')} only "
                f"{_names(self.programs)}"
            )
        pitched = [p for p in self.programs if p != DRUMS]
        if len(pitched) == 1:
            return pitched
        new, first = _names(self._sounds(wish.new)), _names((pitched or self.programs)[:1])
        raise RequestError(
            f'say what {new} shall replace, as in "{new} instead of {first}", or ask for '
            f'"only {new}"'
        )

    def _players(self, said: Sound | Guitar | Ensemble) -> list[int]:
        """Return the programs that play and are meant by a word; a family's members, too."""
        names = [INSTRUMENT_OF[p] for p in self._sounds(said)]
        if isinstance(said, Guitar):
            names = list(GUITARS)
        exact = [p for p in self._sounds(said) if p in self.programs]
        same = [p for p in self.programs if INSTRUMENT_OF[p] in names]
        kin = [p for p in self.programs if any(INSTRUMENT_OF[p] in _kin(name) for name in names)]
        default = all(p == default_program(INSTRUMENT_OF[p]) for p in self._sounds(said))
        return (same if default else exact or same) or kin

    def _sounds(self, said: Sound | Guitar | Ensemble) -> list[int]:
        if isinstance(said, Guitar):
            return [default_program(GUITAR_BY_GENRE.get(self._genre, "acoustic_guitar"))]
        return list(said.programs)

    def _free_sound(self, program: int, olds: Sequence[int]) -> int:
        """Return a sound of an instrument that nobody plays: two on one would be one part."""
        taken = set(self.programs)
        sounds = [program, *(p for p in INSTRUMENTS[INSTRUMENT_OF[program]] if p != program)]
        for sound in sounds:
            if sound not in taken:
                return sound
        raise RequestError(
            f"{_names([program])} plays already and cannot take another part; say a different "
            f"instrument for {_names(olds)}"
        )

    def remove(self, names: Sequence[str]) -> None:
        """Leave instruments out; RequestError if none would be left to play."""
        if not (hit := self._meant(names)):
            return
        if len(hit) == len(self.programs):
            raise RequestError(
                f"{_names(hit)} {_plays(hit, 'is', 'are')} all that plays; say what shall play "
                "instead"
            )
        self._leave_out(hit)
        self.changes.append(f"{_names(hit)} left out")

    def _meant(self, names: Sequence[str]) -> list[int]:
        """Return the programs that refused names mean; a remark says what does not play."""
        hit: list[int] = []
        for group in _groups(names):
            found = [p for p in self.programs if INSTRUMENT_OF[p] in group]
            kin = [p for p in self.programs if any(INSTRUMENT_OF[p] in _kin(n) for n in group)]
            if not (found or kin):
                self.remarks.append(f"there is no {_plain(group[0])} to leave out")
            hit += [p for p in found or kin if p not in hit]
        return hit

    def add(self, programs: Sequence[int], any_guitar: bool) -> None:
        """Let instruments play that do not yet."""
        new = [p for p in programs if self._there(p, any_guitar) is None]
        for program in programs:
            if program not in new:
                self.remarks.append(
                    f"{_names([program])} already {_plays([program])}; how loud cannot be asked yet"
                )
        if new:
            self.programs += new
            self.fresh = True
            self.changes.append(f"{_names(new)} added")

    def only(self, programs: Sequence[int], any_guitar: bool) -> None:
        """Let these play and nobody else."""
        there = [self._there(p, any_guitar) for p in programs]
        players = [p if found is None else found for p, found in zip(programs, there, strict=True)]
        players = list(dict.fromkeys(players))
        if set(players) == set(self.programs):
            self.remarks.append(f"{_names(players)} already {_plays(players)} alone")
            return
        new = [p for p in players if p not in self.programs]
        self._leave_out([p for p in self.programs if p not in players])
        self.programs += new
        self.fresh |= bool(new)
        self.changes.append(f"{_names(players)} alone")

    def _leave_out(self, programs: Sequence[int]) -> None:
        self.programs = [p for p in self.programs if p not in programs]
        self.edits += [Mute(p) for p in programs]

    def _there(self, program: int, any_guitar: bool) -> int | None:
        """Return the program that already is what is asked for, or None."""
        if program in self.programs:
            return program
        name = INSTRUMENT_OF[program]
        if program != default_program(name):
            return None
        alike: tuple[str, ...] = (name,)
        if name == "bass" or (any_guitar and name in GUITARS):
            alike = next(group for group in _ALIKE if name in group)
        return next((p for p in self.programs if INSTRUMENT_OF[p] in alike), None)


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the names as they were refused: the three guitars are one "no guitar"."""
    groups: list[tuple[str, ...]] = []
    left = list(names)
    while left:
        together = next(
            (g for g in _REFUSED_TOGETHER if set(g) <= set(left) and left[0] in g), None
        )
        groups.append(together or (left[0],))
        left = [name for name in left if name not in groups[-1]]
    return groups


def _kin(name: str) -> tuple[str, ...]:
    extra = {
        "bass": ("double_bass",),
        "piano": ("electric_piano",),
        "upright_bass": ("double_bass",),
    }
    return (*FAMILIES.get(name, ()), *extra.get(name, ()))


def _names(programs: Sequence[int]) -> str:
    """Return instruments as in a sentence: "piano, harp and strings"."""
    names = list(dict.fromkeys(_plain(INSTRUMENT_OF[p]) for p in programs))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _plays(programs: Sequence[int], one: str = "plays", many: str = "play") -> str:
    names = {INSTRUMENT_OF[p] for p in programs}
    return many if len(names) > 1 or names & {"drums", "strings", "bells"} else one


def _instead(new: int, old: int) -> str:
    """Return what a swap is; two sounds of one instrument by their own names."""
    if INSTRUMENT_OF[new] == INSTRUMENT_OF[old]:
        return f"{program_name(new).lower()} instead of {program_name(old).lower()}"
    return f"{_names([new])} instead of {_names([old])}"
