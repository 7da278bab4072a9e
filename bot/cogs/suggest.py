"""What Discord offers while somebody types an option: names of the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import discord
from discord import app_commands
from rapidfuzz import fuzz, process

from engine.request.lexicon.figures import KEYS, METERS
from engine.request.lexicon.genres import GENRES
from engine.request.lexicon.instruments import INSTRUMENTS
from engine.request.lexicon.moods import MOODS

MOST = 25
"""Discord shows no more."""
LONGEST = 100
"""Letters that a suggestion may have."""
_CLOSE_ENOUGH = 60.0
"""Per cent of likeness below which a name is no guess at what was typed; set by trying."""

Choices = list[app_commands.Choice[str]]
Suggest = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, Choices]]


def rank(names: Iterable[str], typed: str) -> list[str]:
    """Return the names that may be meant: those that begin so, then those like it, 25 at most."""
    names = list(names)
    wanted = typed.strip().lower()
    if not wanted:
        return names[:MOST]
    begins = [name for name in names if name.lower().startswith(wanted)]
    within = [name for name in names if wanted in name.lower() and name not in begins]
    like = process.extract(
        wanted, names, scorer=fuzz.WRatio, limit=MOST, score_cutoff=_CLOSE_ENOUGH
    )
    guesses = [name for name, _, _ in like if name not in begins and name not in within]
    return [*begins, *within, *guesses][:MOST]


def _of(names: Iterable[str]) -> Suggest:
    kept = list(names)

    async def suggest(_interaction: discord.Interaction[Any], typed: str) -> Choices:
        return [app_commands.Choice(name=name, value=name) for name in rank(kept, typed)]

    return suggest


async def instruments(_interaction: discord.Interaction[Any], typed: str) -> Choices:
    """Suggest the next instrument of a list with commas."""
    before, comma, last = typed.rpartition(",")
    head = f"{before.strip()}, " if comma else ""
    taken = {name.strip() for name in before.split(",")}
    names = [name for name in _INSTRUMENTS if name not in taken]
    offers = [f"{head}{name}" for name in rank(names, last)]
    return [app_commands.Choice(name=o, value=o) for o in offers if len(o) <= LONGEST]


def _plain(names: Iterable[str]) -> list[str]:
    return [name.replace("_", " ") for name in names]


_INSTRUMENTS = _plain(INSTRUMENTS)
genres = _of(_plain(GENRES))
moods = _of(_plain(MOODS))
keys = _of(KEYS)
meters = _of(METERS)
tempi = _of(
    [
        *"largo adagio andante moderato allegro presto".split(),
        *(f"{n} bpm" for n in range(60, 181, 10)),
    ]
)
lengths = _of(
    "8 bars, 12 bars, 16 bars, 24 bars, 32 bars, 15 seconds, 30 seconds, a minute, 2 minutes".split(
        ", "
    )
)
