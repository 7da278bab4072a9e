"""Several genre words, one genre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.request.lexicon.genres import FUSIONS, GENRE_TITLES
from engine.request.lexicon.meanings import Genre


class NamedGenre(NamedTuple):
    """A genre and where it was named."""

    place: int
    genre: Genre
    typed: str


class Choice(NamedTuple):
    """The genre of a request, a style within it, and what to tell the listener."""

    genre: str | None
    style: str | None
    remarks: tuple[str, ...]


def pick_genre(named: Sequence[NamedGenre]) -> Choice:
    """Return the one genre that the words amount to.

    Side by side the last word leads, as in any English compound: blues rock is rock. Apart
    from each other ("jazz, then rock") the first one counts. Weak words count if nothing else does.
    """
    strong = [entry for entry in named if not entry.genre.weak] or list(named)
    if not strong:
        return Choice(None, None, ())
    compound = [strong[0]]
    for entry in strong[1:]:
        if entry.place != compound[-1].place + 1:
            break
        compound.append(entry)
    lead = compound[-1].genre.name
    names = {entry.genre.name for entry in compound}
    everywhere = frozenset(entry.genre.name for entry in strong)
    if everywhere in FUSIONS:
        compound, names = list(strong), set(everywhere)
    for pair, winner in FUSIONS.items():
        if pair <= names:
            lead = winner
    styles = [e.genre.style for e in strong if e.genre.name == lead and e.genre.style]
    remarks = []
    shown = GENRE_TITLES.get(lead, lead).removesuffix(" piece")
    if len(names) > 1 and lead != FUSIONS.get(frozenset(names)):
        words = " ".join(entry.typed for entry in compound)
        remarks.append(f"a piece has one genre; {words} is played as {shown}")
    rest = [entry for entry in named if entry not in compound and entry.typed]
    others = [entry.typed for entry in rest if entry.genre.name != lead]
    if others:
        remarks.append(f"a piece has one genre; {shown} was kept, {others[0]} set aside")
    return Choice(lead, styles[0] if styles else None, tuple(remarks))
