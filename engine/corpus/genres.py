"""Genre names of collections to the canonical genres that the tokens know."""

from __future__ import annotations

import re

from engine.tokens.spec import GENRES

_ALSO: dict[str, tuple[str, ...]] = {
    "jazz": ("drums_jazz", "drums_neworleans"),
    "blues": ("drums_blues",),
    "rock": ("drums_rock",),
    "punk": ("drums_punk",),
    "pop": ("pop_ballad", "easy_listening", "holiday", "drums_pop", "drums_dance"),
    "country": ("drums_country",),
    "soul": ("soul_funk", "drums_soul", "drums_funk"),
    "hiphop": ("drums_hiphop",),
    "reggae": ("drums_reggae",),
    "latin": ("drums_latin", "drums_afrocuban"),
    "gospel": ("drums_gospel",),
    "world": ("anthem", "drums_afrobeat", "drums_highlife", "drums_middleeastern"),
    "cinematic": ("soundtrack",),
    "ambient": ("newage_ambient",),
}

CANONICAL: dict[str, str] = {genre: genre for genre in GENRES} | {
    name: genre for genre, names in _ALSO.items() for name in names
}
"""A collection's genre name to the canonical one; a name that is missing has no genre."""


def canonical_genre(name: str) -> str | None:
    """Return the canonical genre of a collection's name such as ``Hip-Hop``, None if unknown."""
    return CANONICAL.get(re.sub(r"[^a-z_]", "", name.lower()))
