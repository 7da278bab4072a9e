"""The checks of the gate: each a small function of the figures, all in one table.

Only the preference accuracy can be won by ratings; a run of bad ones has to get past all that
was never rated.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, sqrt
from typing import NamedTuple

import numpy as np

from engine.evaluation.bootstrap import Interval, mean_of
from engine.evaluation.preferred import preference_gain, wilson
from engine.evaluation.verdict import GateInput

ADHERENCE_LOSS = 2.0
"""Points that adherence may fall; the issue's "adherence stays within 2 points"."""

DIVERSITY_SHARE = 0.9
"""Of the served model's distinct 4-grams; the issue's "at least 90 %"."""

LOSS_FACTOR = 1.02
"""The issue's "not over 2 % worse"."""

COPIES_MORE = 0.02
"""Share of the pieces that may copy beyond those of the served model: one piece in fifty."""

SANITY_MARGIN = 0.2
"""Points of ``choose.sanity`` allowed beyond what chance explains: what the shipped model loses
when it writes two candidates instead of four."""

MIN_OPINIONS = 40
"""Of held-out listeners: fewer cannot be told from chance."""

MIN_CHOICES = 20
"""Blind choices that can stand in for held-out listeners."""

SENSE_ERRORS = 0.5
"""Standard errors of a correlation, 1 / sqrt(opinions), below 0 that are forgiven. 24 honest crowds
of 400 simulated ratings, a troll and one who votes by chance in each, had 0.01 to 0.15, 24 servers
of one taste the same, and with a fifth by trolls 0.00 to 0.20."""

_NOTHING = 1e-9
"""Sums of weights that cancel may leave so much."""

INSTEAD = "blind choices instead"
"""What is wanted of pairs where blind choices have said it."""


class Found(NamedTuple):
    """What a check found: figures as they are shown, and whether they are good enough."""

    wanted: str
    served: str
    candidate: str
    passed: bool


_Judge = Callable[[GateInput], Found | None]
"""None where it cannot be measured."""


class Rule(NamedTuple):
    """A check, and how it is told."""

    says: str
    fault: str
    """What is wrong with a candidate that fails, in plain words."""
    judge: _Judge
    optional: bool = False


def _validity(given: GateInput) -> Found | None:
    return _all_of(given, "decodes")


def _exactness(given: GateInput) -> Found | None:
    return _all_of(given, "exact")


def _all_of(given: GateInput, what: str) -> Found | None:
    """100 %: the grammar and the masks hold by construction, so one miss is a broken model."""
    if not given.candidate.pieces:
        return None
    served, candidate = (
        float(np.mean([getattr(piece, what) for piece in side.pieces]))
        for side in (given.served, given.candidate)
    )
    return Found("100 %", _percent(served), _percent(candidate), candidate == 1.0)


def _adherence(given: GateInput) -> Found | None:
    served, candidate = given.served.adherence, given.candidate.adherence
    if served is None or candidate is None:
        return None
    least = served - ADHERENCE_LOSS
    return Found(f"≥ {least:.2f}", f"{served:.2f}", f"{candidate:.2f}", candidate >= least)


def _diversity(given: GateInput) -> Found | None:
    served, candidate = given.served.diversity, given.candidate.diversity
    if served is None or candidate is None:
        return None
    least = DIVERSITY_SHARE * served
    return Found(f"≥ {least:.3f}", f"{served:.3f}", f"{candidate:.3f}", candidate >= least)


def _loss(given: GateInput) -> Found | None:
    served, candidate = given.loss_served, given.loss_candidate
    if served is None or candidate is None or isnan(served) or isnan(candidate):
        return None
    most = LOSS_FACTOR * served
    return Found(f"≤ {most:.3f}", f"{served:.3f}", f"{candidate:.3f}", candidate <= most)


def _originality(given: GateInput) -> Found | None:
    usual = given.usual_notes
    if usual is None or not given.candidate.pieces:
        return None
    copies = [
        sum(piece.copied_notes > usual for piece in side.pieces)
        for side in (given.served, given.candidate)
    ]
    pieces = len(given.candidate.pieces)
    served, candidate = (count / pieces for count in copies)
    # Counted, since a share of 2 % more is not exactly that in binary fractions.
    passed = copies[1] - copies[0] <= round(COPIES_MORE * pieces, 6)
    return Found(
        f"≤ {_percent(served + COPIES_MORE)}", _percent(served), _percent(candidate), passed
    )


def _soundness(given: GateInput) -> Found | None:
    """Whether the pieces got worse by the measure of human music, pair by pair.

    The measure comes from the corpus, where nobody votes.
    """
    served, candidate = given.served.penalty, given.candidate.penalty
    if served is None or candidate is None:
        return None
    worse = mean_of(
        [
            ours.penalty - theirs.penalty
            for ours, theirs in zip(given.candidate.pieces, given.served.pieces, strict=True)
        ],
        np.random.default_rng([given.seed, 1]),
    )
    most = served + (worse.value - worse.low) + SANITY_MARGIN
    return Found(f"≤ {most:.2f}", f"{served:.2f}", f"{candidate:.2f}", worse.low <= SANITY_MARGIN)


def _preference(given: GateInput) -> Found | None:
    """Whether the candidate tells better than the served model what listeners prefer.

    Enough blind choices in its favour say the same of listeners who heard its pieces.
    """
    choices = _blind_share(given)
    proven = choices is not None and sum(given.blind or ()) >= MIN_CHOICES and choices.low > 0.5
    found = preference_gain(given.preference, given.seed)
    if found is None or len(given.preference) < MIN_OPINIONS:
        return Found(INSTEAD, "–", "chosen", True) if proven else None
    sure = found.gain.low > _NOTHING
    served, candidate = _percent(found.served), _percent(found.candidate)
    if sure or not proven:
        wanted, passed = f"> {served} beyond chance", sure
    else:
        wanted, passed = INSTEAD, True
    return Found(wanted, served, f"{candidate}, gain {_gained(found.gain)}", passed)


def _sense(given: GateInput) -> Found | None:
    """Whether the listeners like what is sound at least as much as what is not.

    Where all ratings are turned round, held-out ones are as well, and what was learned fits them.
    But people like sound pieces a little better, and how sound a piece is nobody votes on.
    """
    if given.sense is None:
        return None
    value, opinions = given.sense
    least = SENSE_ERRORS / sqrt(max(1, opinions))
    found = f"{value:+.3f}".replace("-", "−")
    return Found(f"≥ −{least:.3f}", "–", found, value >= -least)


def _blind(given: GateInput) -> Found | None:
    share = _blind_share(given)
    return None if share is None else _at_least_half(share)


def _blind_share(given: GateInput) -> Interval | None:
    if given.blind is None or not sum(given.blind):
        return None
    return wilson(given.blind[0], sum(given.blind))


def _at_least_half(share: Interval) -> Found:
    """A tie passes, and so does what chance explains: few choices must not refuse a model."""
    served = _percent(1 - share.value)
    return Found("≥ 50 % within chance", served, _spread(share), share.high >= 0.5)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _spread(share: Interval) -> str:
    return f"{_percent(share.value)}, {100 * share.low:.1f} to {100 * share.high:.1f}"


def _gained(gain: Interval) -> str:
    return f"{100 * gain.low:+.1f} to {100 * gain.high:+.1f}".replace("-", "−")


RULES: dict[str, Rule] = {
    "validity": Rule("valid pieces", "not every piece is valid", _validity),
    "exactness": Rule(
        "pieces exact in tempo, meter, bars, instruments",
        "not every piece has the tempo, meter, length and instruments asked for",
        _exactness,
    ),
    "adherence": Rule("adherence, 0 to 100", "it writes less like what was asked", _adherence),
    "diversity": Rule(
        "distinct 4-grams between seeds, 0 to 1", "its pieces are too much alike", _diversity
    ),
    "loss": Rule("loss on {loss_of}, nats a note", "it has forgotten too much of its music", _loss),
    "originality": Rule(
        "pieces that copy over {usual_notes} notes", "it copies more from its corpus", _originality
    ),
    "soundness": Rule(
        "points off what people write",
        "its music is further from what people write",
        _soundness,
    ),
    "preference": Rule(
        "pairs told as {held_out} did",
        "it does not surely tell better what listeners prefer",
        _preference,
    ),
    "sense": Rule(
        "opinions and soundness, correlation",
        "the ratings like what is badly made, as if they were turned round",
        _sense,
        optional=True,
    ),
    "blind": Rule(
        "blind choices for it",
        "listeners who did not know which it was chose it less",
        _blind,
        optional=True,
    ),
}
"""Every check by name, in the order in which they are shown."""
