"""Opinions as a model can learn them: pairs of versions of one request, and single pieces.

Where one listener rated two versions of a request apart, the pair is clean: the request, the
taste and the mood of the day are the same. Several listeners' pairs of the same two pieces are
added up, so contradictions cancel. An opinion that found no partner is used by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engine.ratings.raters import Opinion
from engine.ratings.records import RatedPiece

Figures = Mapping[str, NDArray[np.float64]]
"""The traits of each piece."""

APART = 0.5
"""Two opinions of a listener differ by at least so much to be a preference."""
FOLDS = 6
"""Parts into which the listeners are divided; each is held out once. With fewer, a taste that three
listeners of eleven share is missing where it is asked for."""
MIN_RATERS = 4
"""With fewer listeners who rated much, requests are held out instead."""
MUCH = 6
"""Opinions from which a listener tells whether something was learned."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Of two versions of one request, which one is preferred."""

    request: str
    chosen: str
    rejected: str
    weight: float
    """Scores apart, times what the listeners' word counts."""


@dataclass(frozen=True, slots=True)
class Single:
    """A piece that is liked or not, beside no other."""

    request: str
    piece: str
    value: float
    """Above 0 liked, below 0 disliked; how much is how strongly, times the weight."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a set of listeners prefers."""

    pairs: tuple[Pair, ...]
    singles: tuple[Single, ...]

    @property
    def pieces(self) -> frozenset[str]:
        """Every piece that something is said of."""
        in_pairs = {name for pair in self.pairs for name in (pair.chosen, pair.rejected)}
        return frozenset(in_pairs | {single.piece for single in self.singles})


@dataclass(frozen=True, slots=True)
class Fold:
    """What is learned from, and who or what is held out to see whether it was learned."""

    learned: tuple[Opinion, ...]
    held_out: tuple[Opinion, ...]


def preferences(pieces: Sequence[RatedPiece], opinions: Collection[Opinion]) -> Preferences:
    """Return the pairs and singles of these opinions, sorted; contradictions are cancelled."""
    request_of = {piece.piece: piece.request for piece in pieces}
    by_place: dict[tuple[str, str], list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        by_place[opinion.rater, request_of[opinion.piece]].append(opinion)
    apart: dict[tuple[str, str, str], float] = defaultdict(float)
    alone: dict[tuple[str, str], float] = defaultdict(float)
    for (_, request), given in sorted(by_place.items()):
        paired = set()
        for a, b in combinations(sorted(given, key=lambda opinion: opinion.piece), 2):
            if abs(a.value - b.value) >= APART:
                weight = min(a.weight, b.weight)
                apart[request, a.piece, b.piece] += weight * (a.value - b.value)
                paired |= {a.piece, b.piece}
        for opinion in given:
            if opinion.piece not in paired:
                alone[request, opinion.piece] += opinion.weight * opinion.value
    pairs = [
        Pair(request, a, b, total) if total > 0 else Pair(request, b, a, -total)
        for (request, a, b), total in sorted(apart.items())
        if abs(total) > 1e-9
    ]
    singles = [Single(*place, value) for place, value in sorted(alone.items()) if abs(value) > 1e-9]
    return Preferences(tuple(pairs), tuple(singles))


def folds(
    pieces: Sequence[RatedPiece], opinions: Sequence[Opinion], seed: int
) -> tuple[tuple[Fold, ...], str]:
    """Return FOLDS ways to learn from some and ask the others, and in words who the others are.

    Whole listeners are held out, each once, drawn by ``seed``; where fewer than MIN_RATERS rated
    MUCH, whole requests are.
    """
    counts: dict[str, int] = defaultdict(int)
    for opinion in opinions:
        counts[opinion.rater] += 1
    many = sum(count >= MUCH for count in counts.values())
    request_of = {piece.piece: piece.request for piece in pieces}
    by_listener = many >= MIN_RATERS

    def group(opinion: Opinion) -> str:
        return opinion.rater if by_listener else request_of[opinion.piece]

    sizes: dict[str, int] = defaultdict(int)
    for opinion in opinions:
        sizes[group(opinion)] += 1
    rng = np.random.default_rng(seed)
    part: dict[str, int] = {}
    loads = [0] * FOLDS
    for name in sorted(rng.permutation(sorted(sizes)).tolist(), key=lambda one: -sizes[one]):
        part[name] = loads.index(min(loads))
        loads[part[name]] += sizes[name]
    found = tuple(
        Fold(
            tuple(one for one in opinions if part[group(one)] != number),
            tuple(one for one in opinions if part[group(one)] == number),
        )
        for number in range(FOLDS)
    )
    held = (
        "listeners it had not heard" if by_listener else "listeners, of requests it had not heard,"
    )
    return found, held
