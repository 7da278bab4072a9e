"""What the suite asks for: the controls of held-out human pieces, and requests drawn evenly."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np

from engine.corpus.shard import NO_GENRE, Shard
from engine.errors import BadInputError
from engine.generate.constraints import ONE_VOICE
from engine.generate.order import Order, order_of
from engine.request.lexicon.figures import KEYS, METERS
from engine.request.lexicon.genres import GENRES
from engine.request.lexicon.moods import MOODS
from engine.request.model import MAX_LEVEL, MAX_PROGRAMS, MAX_SEED, Brief, ComposeRequest
from engine.request.resolve import resolve
from engine.score.harmony import with_chords
from engine.score.model import DRUMS, Score
from engine.tokens.control import Controls
from engine.tokens.decode import decode
from engine.training.excerpts import Corpus, Excerpt, body
from engine.training.excerpts import controls_of as controls_of_excerpt

_T = TypeVar("_T")

HELD_OUT = ("validation", "test")
BARS = 16
"""An excerpt has so many bars where its piece does."""
_MIN_BARS, _MIN_NOTES = 4, 32
_TRIES = 6
_FOUR_FOUR = 0.7
"""Share of the requests in 4/4; the other meters share the rest evenly."""
_MAX_PITCHED = 5
"""More instruments than this cannot all play and keep to a polyphony of level 0."""


@dataclass(frozen=True, slots=True)
class Human:
    """An excerpt of a held-out piece and what it answers to."""

    controls: Controls
    score: Score
    """On the grid, with chords."""


class Quadrant(NamedTuple):
    """Signs of valence and arousal, each -1 or 1."""

    valence: int
    arousal: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An order, and the mood it was made for, None where that was not the listener's."""

    order: Order
    mood: Quadrant | None


def human_pieces(shards: Iterable[Shard], count: int, seed: int = 0) -> list[Human]:
    """Return so many excerpts of different held-out pieces, or as many as there are.

    People's pieces with a genre, taken genre by genre in turn, so that each has its say. An
    excerpt is BARS bars at a drawn place, of one meter throughout. Raises BadInputError if
    there is none.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[Controls, list[int]]]] = {}
    for shard in shards:
        for split in HELD_OUT:
            corpus = Corpus([shard], split)
            for piece in corpus.pieces.tolist():
                drawn = _excerpt(corpus, piece, rng)
                if drawn is not None and drawn[0].genre is not None:
                    found.setdefault(drawn[0].genre, []).append(drawn)
    if not found:
        raise BadInputError("the corpus holds no pieces for validation or test; build a larger one")
    shuffler = random.Random(seed)
    for pieces in found.values():
        shuffler.shuffle(pieces)
    in_turn = [
        found[genre][turn]
        for turn in range(max(map(len, found.values())))
        for genre in sorted(found)
        if turn < len(found[genre])
    ]
    return [Human(controls, with_chords(decode(ids))) for controls, ids in in_turn[:count]]


def _excerpt(
    corpus: Corpus, piece: int, rng: np.random.Generator
) -> tuple[Controls, list[int]] | None:
    """Return controls and tokens of some bars that can be asked for, None if none was found."""
    if corpus.arranged[piece] or corpus.genre[piece] == NO_GENRE:
        return None
    start, end = (int(bar) for bar in corpus.piece_start[piece : piece + 2])
    if end - start < _MIN_BARS:
        return None
    for _ in range(_TRIES):
        first = int(rng.integers(start, max(start, end - BARS) + 1))
        excerpt = Excerpt(piece, first, min(first + BARS, end))
        if len(np.unique(corpus.bar_meter[excerpt.first : excerpt.last])) > 1:
            continue
        ids = body(corpus, excerpt)
        controls = controls_of_excerpt(corpus, excerpt, ids)
        score = decode(ids)
        programs = controls.programs or ()
        pitched = len([program for program in programs if program != DRUMS])
        if len(score.notes) >= _MIN_NOTES and score.programs == programs and pitched < MAX_PROGRAMS:
            return controls, ids.tolist()
    return None


def matched_orders(humans: Sequence[Human], seed: int = 0) -> list[Asked]:
    """Return the order of each excerpt's controls, all of them said."""
    return [
        Asked(Order.of(human.controls, _seed(seed, 1, place)), None)
        for place, human in enumerate(humans)
    ]


def asked_orders(count: int, seed: int = 0) -> list[Asked]:
    """Return requests as a listener who says everything makes them, each thing drawn by itself.

    Genre, key, quadrant of the mood, density and polyphony come equally often. Every band has an
    instrument that can play chords and not too many for a thin texture, whatever polyphony is
    asked: were bands drawn to suit it, the number of instruments would already tell it.
    """
    rng = random.Random(f"asked {seed}")
    levels = range(MAX_LEVEL + 1)
    genres, keys = _evenly(GENRES, count, rng), _evenly(KEYS, count, rng)
    quadrants = _evenly(QUADRANTS, count, rng)
    densities, polyphonies = _evenly(levels, count, rng), _evenly(levels, count, rng)
    others = [name for name in METERS if name != "4/4"]
    orders = []
    for place in range(count):
        mood = rng.choice(QUADRANTS[quadrants[place]])
        request = ComposeRequest(
            genre=genres[place],
            mood=mood,
            moods=(mood,),
            tempo_bpm=float(rng.randint(60, 180)),
            key=keys[place],
            meter="4/4" if rng.random() < _FOUR_FOUR else rng.choice(others),
            bars=rng.randint(8, 16),
            density=densities[place],
            polyphony=polyphonies[place],
        )
        brief = resolve(request, seed=_seed(seed, 2, place))
        while not _able(brief):
            brief = resolve(request, seed=rng.randint(0, MAX_SEED))
        orders.append(Asked(_order(brief), quadrants[place]))
    return orders


def plain_orders(count: int, seed: int = 0) -> list[Asked]:
    """Return requests that say genre, mood and length alone: the product chooses what suits them.

    Genre and mood are judged on these. Where tempo, key and density are drawn without regard to
    the mood, a mood cannot be met: they are what it is made of.
    """
    rng = random.Random(f"plain {seed}")
    genres = _evenly(GENRES, count, rng)
    quadrants = _evenly(QUADRANTS, count, rng)
    orders = []
    for place, (genre, quadrant) in enumerate(zip(genres, quadrants, strict=True)):
        mood = rng.choice(QUADRANTS[quadrant])
        request = ComposeRequest(genre=genre, mood=mood, moods=(mood,), bars=rng.randint(8, 16))
        orders.append(Asked(_order(resolve(request, seed=_seed(seed, 3, place))), quadrant))
    return orders


def variants(asked: Asked, count: int, seed: int = 0) -> list[Asked]:
    """Return the same order under so many seeds of their own."""
    return [
        replace(asked, order=replace(asked.order, seed=_seed(seed, 4, asked.order.seed, place)))
        for place in range(count)
    ]


QUADRANTS: dict[Quadrant, list[str]] = {
    Quadrant(valence, arousal): [
        mood
        for mood, (pleasant, excited) in MOODS.items()
        if (pleasant > 0, excited > 0) == (valence > 0, arousal > 0)
    ]
    for valence in (1, -1)
    for arousal in (1, -1)
}
"""The moods that can be asked for in each quadrant."""


def _order(brief: Brief) -> Order:
    return order_of(brief)


def _able(brief: Brief) -> bool:
    """Return whether a band can play any polyphony from 0 to 7."""
    pitched = [program for program in brief.programs if program != DRUMS]
    return len(pitched) <= _MAX_PITCHED and any(p not in ONE_VOICE for p in pitched)


def _evenly(values: Iterable[_T], count: int, rng: random.Random) -> list[_T]:
    """Return ``count`` values in any order, each as often as the others to within one."""
    pool = list(values)
    drawn: list[_T] = []
    while len(drawn) < count:
        drawn += rng.sample(pool, len(pool))
    drawn = drawn[:count]
    rng.shuffle(drawn)
    return drawn


def _seed(*parts: int) -> int:
    """Return a seed for a piece, another for other parts."""
    return int(np.random.SeedSequence(parts).generate_state(1)[0])
