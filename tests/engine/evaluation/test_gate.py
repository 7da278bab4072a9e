import json
import random
from collections.abc import Sequence
from dataclasses import replace
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.checks import MIN_CHOICES, MIN_REQUESTS, SANITY_MARGIN
from engine.evaluation.gate import NOT_MEASURED, RULES, GateInput, Told, Verdict, judge
from engine.evaluation.preferred import preference_gain, wilson
from engine.evaluation.trial import Played, TrialResult

PIECES = 50
LIKED = [Told(f"request {number}", 1.0, 1.0, 0.0) for number in range(40)]
"""The candidate orders every pair as the listener did; the served model has no opinion."""


def played(
    pieces: int = PIECES,
    *,
    decodes: int | None = None,
    exact: int | None = None,
    adherence: float | None = 90.0,
    penalty: float = 1.0,
    copies: int = 0,
    between: float | None = 0.8,
) -> TrialResult:
    """Pieces that are all alike, but for so many that decode, are exact or copy."""
    return TrialResult(
        "the same",
        tuple(
            Played(
                decodes=number < (pieces if decodes is None else decodes),
                exact=number < (pieces if exact is None else exact),
                adherence=adherence,
                penalty=penalty,
                copied_notes=18 if number < copies else 17,
            )
            for number in range(pieces)
        ),
        (between, between),
    )


PASSING = GateInput(
    candidate=played(),
    served=played(),
    loss_candidate=2.0,
    loss_served=2.0,
    preference=LIKED,
    usual_notes=17,
    seed=0,
)


def told_right(count: int) -> list[Told]:
    """20 pairs, of which the candidate orders so many as the listener did."""
    return [pair._replace(candidate=count - 0.5 - n) for n, pair in enumerate(LIKED[:20])]


BOUNDS: dict[str, tuple[GateInput, GateInput]] = {
    "validity": (PASSING, replace(PASSING, candidate=played(decodes=PIECES - 1))),
    "exactness": (PASSING, replace(PASSING, candidate=played(exact=PIECES - 1))),
    "adherence": (
        replace(PASSING, candidate=played(adherence=88.0)),
        replace(PASSING, candidate=played(adherence=87.99)),
    ),
    "diversity": (
        replace(PASSING, candidate=played(between=0.9 * 0.8)),
        replace(PASSING, candidate=played(between=0.719)),
    ),
    "loss": (
        replace(PASSING, loss_candidate=1.02 * 2.0),
        replace(PASSING, loss_candidate=2.041),
    ),
    "originality": (
        replace(PASSING, candidate=played(copies=1)),
        replace(PASSING, candidate=played(copies=2)),
    ),
    # No piece differs from another, so chance explains nothing.
    "soundness": (
        replace(PASSING, served=played(penalty=0.0), candidate=played(penalty=SANITY_MARGIN)),
        replace(PASSING, candidate=played(penalty=1.01 + SANITY_MARGIN)),
    ),
    # 15 of 20 is beyond chance, 14 of 20 is not: the interval of the share reaches one half.
    "preference": (
        replace(PASSING, preference=told_right(15)),
        replace(PASSING, preference=told_right(14)),
    ),
    "sense": (replace(PASSING, sense=(-0.05, 400)), replace(PASSING, sense=(-0.051, 400))),
    # 6 of 20 is within what chance gives to a half, 5 of 20 is not.
    "blind": (replace(PASSING, blind=(6, 14)), replace(PASSING, blind=(5, 15))),
}


def failed(verdict: Verdict) -> list[str]:
    return [check.name for check in verdict.checks if not check.passed]


def test_every_check_has_its_bound_here() -> None:
    assert list(BOUNDS) == list(RULES) == [check.name for check in judge(PASSING).checks]


@pytest.mark.parametrize("name", BOUNDS)
def test_a_check_passes_at_its_bound_and_fails_alone_just_beyond(name: str) -> None:
    at, beyond = (judge(case) for case in BOUNDS[name])
    assert (at.passed, failed(at)) == (True, [])
    assert (beyond.passed, failed(beyond)) == (False, [name])


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        ("adherence", replace(PASSING, candidate=played(adherence=None))),
        ("diversity", replace(PASSING, candidate=played(between=None))),
        ("loss", replace(PASSING, loss_candidate=nan)),
        ("loss", replace(PASSING, loss_served=None)),
        ("originality", replace(PASSING, usual_notes=None)),
        ("preference", replace(PASSING, preference=LIKED[: MIN_REQUESTS - 1])),
    ],
)
def test_what_was_not_measured_is_shown_and_not_passed(name: str, unknown: GateInput) -> None:
    verdict = judge(unknown)
    assert failed(verdict) == [name]
    assert next(c for c in verdict.checks if c.name == name).candidate == NOT_MEASURED
    assert verdict.reason == f"refused: {name} could not be measured"


def test_nobody_needs_blind_choices() -> None:
    optional = {check.name: check for check in judge(PASSING).checks if RULES[check.name].optional}
    assert set(optional) == {"sense", "blind"}
    assert all(check.passed and check.candidate == NOT_MEASURED for check in optional.values())


def test_no_pieces_pass_no_check_of_pieces() -> None:
    nothing = replace(PASSING, candidate=played(0, between=None), served=played(0, between=None))
    assert failed(judge(nothing)) == [
        name for name in RULES if name not in ("loss", "preference", "sense", "blind")
    ]


@given(st.sets(st.sampled_from([name for name in RULES if name != "diversity"])))
def test_the_reason_names_exactly_the_failed_checks(names: set[str]) -> None:
    bad = replace(
        PASSING,
        candidate=played(
            decodes=0 if "validity" in names else None,
            exact=0 if "exactness" in names else None,
            adherence=50.0 if "adherence" in names else 90.0,
            penalty=5.0 if "soundness" in names else 1.0,
            copies=9 if "originality" in names else 0,
        ),
        loss_candidate=3.0 if "loss" in names else 2.0,
        preference=[t._replace(candidate=-1.0) for t in LIKED] if "preference" in names else LIKED,
        sense=(-0.2, 400) if "sense" in names else None,
        blind=(0, 9) if "blind" in names else None,
    )
    verdict = judge(bad)
    assert {name for name, rule in RULES.items() if rule.fault in verdict.reason} == names
    assert verdict.reason.startswith("refused: " if names else "passed: ")
    assert "\n" not in verdict.reason


def test_a_refusal_is_told_in_plain_words_with_figures() -> None:
    verdict = judge(replace(PASSING, candidate=played(adherence=85.0), loss_candidate=2.5))
    assert verdict.reason == (
        "refused: it writes less like what was asked (adherence, 0 to 100: 85.00, wanted ≥ 88.00); "
        "it has forgotten too much of its music (loss on held-out pieces, nats a note: 2.500, "
        "wanted ≤ 2.040)"
    )


@given(st.randoms(use_true_random=False))
def test_a_card_has_the_whole_verdict(rng: random.Random) -> None:
    verdict = judge(rng.choice([case for pair in BOUNDS.values() for case in pair]))
    card = json.loads(json.dumps(verdict.to_json(), allow_nan=False))
    assert (card["passed"], card["reason"]) == (verdict.passed, verdict.reason)
    assert [check["name"] for check in card["checks"]] == list(RULES)
    assert set(card["checks"][0]) == {"name", "says", "wanted", "served", "candidate", "passed"}


def drawn(rng: np.random.Generator, pairs: int, right: float) -> list[Told]:
    """Pairs of about a third as many requests, which are right or wrong together half the time."""
    told = []
    for number in range(pairs // 3):
        together = 1.0 if rng.random() < right else -1.0
        for _ in range(int(rng.integers(1, 6))):
            alone = 1.0 if rng.random() < right else -1.0
            margin = together if rng.random() < 0.5 else alone
            told.append(Told(str(number), float(rng.uniform(0.2, 2.0)), margin, 0.0))
    return told


wild = st.builds(
    Played,
    decodes=st.just(True),
    exact=st.just(True),
    adherence=st.none() | st.floats(0, 100),
    penalty=st.floats(0, 16),
    copied_notes=st.integers(0, 60),
)


@given(
    st.lists(wild, min_size=1, max_size=20),
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
    st.floats(0.1, 9),
    st.floats(-0.05, 1),
    st.integers(0, 30),
    st.lists(st.floats(-3, 3), max_size=30),
)
def test_the_served_model_itself_fails_nothing_but_being_preferred(
    pieces: list[Played],
    between: list[float],
    loss: float,
    sense: float,
    choices: int,
    margins: list[float],
) -> None:
    same = TrialResult("x", tuple(pieces), tuple(between))
    told = [Told(str(n % 15), 0.1 + n, margin, margin) for n, margin in enumerate(margins)]
    own = GateInput(
        same,
        same,
        loss,
        loss,
        told,
        17,
        seed=1,
        sense=(sense, 400),
        blind=(choices, choices),
    )
    heard = any(piece.adherence is not None for piece in pieces)
    assert failed(judge(own)) == ([] if heard else ["adherence"]) + ["preference"]


def test_who_knows_nothing_of_listeners_passes_one_time_in_twenty_at_most() -> None:
    rng = np.random.default_rng(6)
    lucky = sum(
        preference_gain(drawn(rng, int(rng.integers(40, 150)), 0.5), seed).low > 0
        for seed in range(200)
    )
    assert lucky <= 10


def test_who_tells_two_thirds_right_mostly_passes() -> None:
    rng = np.random.default_rng(7)
    passed = sum(preference_gain(drawn(rng, 150, 0.66), seed).low > 0 for seed in range(50))
    assert passed >= 40


@given(st.integers(0, 2**32 - 1), st.integers(30, 200))
def test_inverted_margins_are_always_refused(seed: int, pairs: int) -> None:
    told = drawn(np.random.default_rng(seed), pairs, 0.9)
    inverted = [one._replace(candidate=-one.candidate) for one in told]
    if sum(one.weight * one.candidate for one in told) > 0:
        assert "preference" in failed(judge(replace(PASSING, preference=inverted)))


def test_only_pieces_tell_when_all_ratings_lie() -> None:
    """Held-out listeners who invert their ratings as well are told right by who learned them."""
    rng = np.random.default_rng(3)

    def with_penalties(penalties: Sequence[float]) -> TrialResult:
        pieces = zip(played().pieces, penalties, strict=True)
        return replace(played(), pieces=tuple(replace(a, penalty=b) for a, b in pieces))

    before = rng.gamma(2.0, 1.0, PIECES)
    verdict = judge(
        replace(
            PASSING,
            served=with_penalties(before.tolist()),
            candidate=with_penalties((before + rng.normal(0.8, 1.0, PIECES)).tolist()),
        )
    )
    assert failed(verdict) == ["soundness"]


def test_worse_by_no_more_than_chance_is_not_refused() -> None:
    rng = np.random.default_rng(4)
    pieces = [replace(piece, penalty=float(rng.gamma(2.0, 1.0))) for piece in played().pieces]
    other = [replace(piece, penalty=float(rng.gamma(2.0, 1.0))) for piece in played().pieces]
    sides = sorted(
        (TrialResult("the same", tuple(side), (0.8,)) for side in (pieces, other)),
        key=lambda side: side.penalty or 0.0,
    )
    assert judge(replace(PASSING, served=sides[0], candidate=sides[1])).passed


def test_a_tuned_served_model_has_to_be_beaten_and_not_the_base() -> None:
    told = [one._replace(served=1.0) for one in LIKED]
    assert failed(judge(replace(PASSING, preference=told))) == ["preference"]


def test_enough_blind_choices_stand_in_for_held_out_listeners() -> None:
    silent = replace(PASSING, preference=[])
    verdict = judge(replace(silent, blind=(MIN_CHOICES, 0)))
    assert verdict.passed
    assert "chose it more often" in verdict.reason
    assert failed(judge(replace(silent, blind=(MIN_CHOICES - 1, 0)))) == ["preference"]
    assert failed(judge(replace(silent, blind=(30, 29)))) == ["preference"]


def test_blind_choices_that_nobody_made_say_nothing() -> None:
    assert judge(replace(PASSING, blind=(0, 0))) == judge(PASSING)


def test_an_interval_of_choices_is_wilsons() -> None:
    found = wilson(0, 10)
    assert (found.value, found.low) == (0.0, pytest.approx(0.0, abs=1e-9))
    assert found.high == pytest.approx(0.2775, abs=1e-4)


@pytest.mark.parametrize(
    "change",
    [
        {"candidate": replace(played(), orders="another")},
        {"candidate": played(PIECES - 1)},
        {"preference": [Told("a", 0.0, 1.0, 0.0)]},
        {"blind": (-1, 2)},
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"anew|different|leave it out|counted"):
        replace(PASSING, **change)
