"""How much each listener's word counts, and what is odd about how they voted.

A listener's own mean is taken out: who likes everything has said nothing. Nobody counts for more
than twice what is usual. Opinions on one's own pieces count half. Who contradicts those who agree,
and groups that vote as one, keep a small voice and are named in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engine.ratings.records import RatedPiece, Rating

OWN = 0.5
"""What an opinion on one's own piece counts."""
CAP = 2.0
"""Nobody counts for more than so many times the median listener's number of opinions."""
CAP_FROM = 10
"""So many opinions count in full, however few the others gave."""
SHRINK = 3.0
"""A listener's mean is pulled to 0 as if by so many opinions of 0: two likes are no habit."""
ENOUGH = 8
"""Pieces shared with others from which a listener can be compared with them."""
AGAINST = -0.1
"""A listener whose agreement with the others lies below goes against them."""
FOE = -0.4
"""From here down a listener is trusted least."""
LEAST_TRUST = 0.1
ROUNDS = 20
"""Trust is worked out anew so often. In 24 simulated crowds with a fifth of the ratings by trolls
90 % of the trolls end below half a voice, and 2 % of the honest; after one round 71 and 6 %."""
_NOTHING = 1e-9
"""Sums of floats that should be 0 may be so much."""
TOGETHER = timedelta(minutes=10)
"""Who votes on the same pieces within so long of each other, again and again, votes together."""
SAME = 0.95
"""Share of shared pieces on which such a group agrees."""
OVERLAP = 0.8
"""Share of all their pieces that members of such a group have in common."""


@dataclass(frozen=True, slots=True)
class Rater:
    """What is known of one listener."""

    name: str
    opinions: int
    mean: float
    """Of the scores; what is taken out of them is a little less."""
    agreement: float | None
    """Correlation with what the others, as far as they are trusted, think of the same pieces; None
    with too few in common."""
    weight: float
    """What an opinion of theirs counts, 0 to 1."""
    gang: tuple[str, ...] = ()
    """Who votes as one with them, themselves included; empty is usual."""
    constant: bool = False
    """Whether they gave every piece the same."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A rating as it counts."""

    rater: str
    piece: str
    value: float
    """The score without the listener's mean."""
    weight: float


@dataclass(frozen=True, slots=True)
class Heard:
    """All ratings, weighed."""

    raters: tuple[Rater, ...]
    opinions: tuple[Opinion, ...]
    split: int
    """Pieces that at least two like and at least two dislike."""

    def remarks(self) -> tuple[str, ...]:
        """Return what is odd about the ratings, a sentence each, for the report.

        Listeners are numbered, the same in all remarks: what is kept names nobody.
        """
        number = {rater.name: place for place, rater in enumerate(self.raters, start=1)}

        def listeners(names: Iterable[str]) -> str:
            return ", ".join(str(number[name]) for name in names)

        found = []
        if self.split:
            found.append(
                f"listeners contradict each other on {self.split} pieces, which teach little"
            )
        found += [
            f"listener {number[rater.name]} goes against the others (agreement "
            f"{rater.agreement:+.2f} over {rater.opinions} ratings) and counts {rater.weight:.2f}"
            for rater in self.raters
            if rater.agreement is not None and rater.agreement < AGAINST
        ]
        found += [
            f"listeners {listeners(gang)} vote as one at the same time and count as one voice"
            for gang in sorted({rater.gang for rater in self.raters if rater.gang})
        ]
        same = [rater.name for rater in self.raters if rater.constant and rater.opinions >= ENOUGH]
        if same:
            found.append(f"who gives every piece the same teaches nothing: {listeners(same)}")
        return tuple(found)


def weigh(pieces: Sequence[RatedPiece]) -> Heard:
    """Return every opinion as it counts; a function of the ratings alone."""
    votes: dict[str, dict[str, Rating]] = {}
    for piece in pieces:
        for rating in piece.ratings:
            votes.setdefault(rating.rater, {})[piece.piece] = rating
    if not votes:
        return Heard((), (), 0)
    usual = median(len(given) for given in votes.values())
    gangs = _gangs(votes)
    means = {
        name: float(np.mean([r.score for r in given.values()])) for name, given in votes.items()
    }
    voices = {name: 1 / max(1, len(gangs[name])) for name in votes}
    agreed = _agreements(votes, means, voices)
    raters = []
    for name in sorted(votes):
        scores = [rating.score for rating in votes[name].values()]
        weight = min(1.0, max(CAP_FROM, CAP * usual) / len(scores))
        weight *= _trust(agreed[name]) * voices[name]
        constant = min(scores) == max(scores)
        mean, gang = means[name], gangs[name]
        raters.append(Rater(name, len(scores), mean, agreed[name], weight, gang, constant))
    return Heard(tuple(raters), _opinions(raters, votes), _split(pieces))


def _opinions(
    raters: Sequence[Rater], votes: Mapping[str, Mapping[str, Rating]]
) -> tuple[Opinion, ...]:
    return tuple(
        Opinion(
            rater.name,
            piece,
            rating.score - rater.mean * rater.opinions / (rater.opinions + SHRINK),
            rater.weight * (OWN if rating.own else 1.0),
        )
        for rater in raters
        for piece, rating in votes[rater.name].items()
    )


def _agreements(
    votes: Mapping[str, Mapping[str, Rating]],
    means: Mapping[str, float],
    voices: Mapping[str, float],
) -> dict[str, float | None]:
    """Return how far each listener agrees with the others, who count by their voice and trust.

    Who is trusted depends on who is: trolls who agree with each other stand out only when those
    found first have lost their say. So it is asked ROUNDS times, and goes half the way each time:
    who is contradicted by one whom they contradict would swing for ever. Of two who disagree
    nobody can say who is right.
    """
    names = sorted(votes)
    if len(names) < 3:
        return dict.fromkeys(names)
    pieces = {p: k for k, p in enumerate(sorted({p for given in votes.values() for p in given}))}
    who = np.array([k for k, name in enumerate(names) for _ in votes[name]])
    what = np.array([pieces[piece] for name in names for piece in votes[name]])
    said = np.array([r.score - means[name] for name in names for r in votes[name].values()])
    voice = np.array([voices[name] for name in names])
    trust = np.ones(len(names))
    found: list[float | None] = []
    for _ in range(ROUNDS):
        found = _agreement(who, what, said, voice * trust)
        trust = (trust + [_trust(one) for one in found]) / 2
    return dict(zip(names, found, strict=True))


def _agreement(
    who: NDArray[np.int64],
    what: NDArray[np.int64],
    said: NDArray[np.float64],
    voice: NDArray[np.float64],
) -> list[float | None]:
    """Correlate what each listener said with the mean of what the others did.

    ``who`` said it and ``what`` of: of each rating the number of listener and piece. A piece
    counts by the voices of the others who rated it.
    """
    mine = voice[who]
    weight = np.bincount(what, mine)[what] - mine
    alone = weight < _NOTHING
    weight[alone] = 0.0
    theirs = np.bincount(what, mine * said)[what] - mine * said
    theirs[~alone] /= weight[~alone]

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(who, values, minlength=len(voice)).astype(np.float64)

    total = np.maximum(_NOTHING, summed(weight))

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return summed(weight * values) / total

    said = said - mean(said)[who]
    theirs = theirs - mean(theirs)[who]
    spread = np.sqrt(mean(said * said) * mean(theirs * theirs))
    found = mean(said * theirs) / np.maximum(_NOTHING, spread)
    known = (np.bincount(who[~alone], minlength=len(voice)) >= ENOUGH) & (spread > _NOTHING)
    return [float(one) if sure else None for one, sure in zip(found, known, strict=True)]


def _trust(agreement: float | None) -> float:
    """1 down to a correlation of AGAINST, which another taste may have; LEAST_TRUST from FOE."""
    if agreement is None:
        return 1.0
    share = (agreement - FOE) / (AGAINST - FOE)
    return LEAST_TRUST + (1.0 - LEAST_TRUST) * min(1.0, max(0.0, share))


def _gangs(votes: Mapping[str, Mapping[str, Rating]]) -> dict[str, tuple[str, ...]]:
    """Who votes as one with each listener, themselves included; nobody where only two do."""
    group = {name: {name} for name in votes}
    for one, other in combinations(sorted(votes), 2):
        if _as_one(votes[one], votes[other]):
            joined = group[one] | group[other]
            for name in joined:
                group[name] = joined
    return {n: tuple(sorted(found)) if len(found) > 2 else () for n, found in group.items()}


def _as_one(one: Mapping[str, Rating], other: Mapping[str, Rating]) -> bool:
    shared = one.keys() & other.keys()
    if len(shared) < ENOUGH or len(shared) < OVERLAP * len(one.keys() | other.keys()):
        return False
    alike = [one[piece].score == other[piece].score for piece in shared]
    close = [abs(_time(one[piece]) - _time(other[piece])) <= TOGETHER for piece in shared]
    return float(np.mean(alike)) >= SAME and float(np.mean(close)) >= SAME


def _time(rating: Rating) -> datetime:
    return datetime.fromisoformat(rating.at)


def _split(pieces: Sequence[RatedPiece]) -> int:
    likes = [sum(r.score > 0 for r in piece.ratings) for piece in pieces]
    dislikes = [sum(r.score < 0 for r in piece.ratings) for piece in pieces]
    return sum(a >= 2 and b >= 2 for a, b in zip(likes, dislikes, strict=True))
