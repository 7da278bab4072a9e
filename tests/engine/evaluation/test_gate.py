import json
import random
from collections.abc import Sequence
from dataclasses import replace
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evaluation.checks import MIN_CHOICES, MIN_OPINIONS, SANITY_MARGIN
from engine.evaluation.gate import NOT_MEASURED, RULES, GateInput, Told, Verdict, judge
from engine.evaluation.preferred import preference_gain, wilson
from engine.evaluation.trial import Played, TrialResult

PIECES = 50
LIKED = [Told(number % 4, float(number), 1.0, float(number), 0.0) for number in range(48)]
"""The candidate orders all that a listener rated as he did; the served model has no opinion."""


TURNED = [one._replace(candidate=-one.candidate) for one in LIKED]
"""The candidate orders everything the other way round."""


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


def told_right(listeners: int) -> list[Told]:
    """So many of four listeners are told right, the others the other way round."""
    both = zip(LIKED, TURNED, strict=True)
    return [right if right.listener < listeners else wrong for right, wrong in both]


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
    "preference": (
        replace(PASSING, preference=told_right(3)),
        replace(PASSING, preference=told_right(2)),
    ),
    "sense": (replace(PASSING, sense=(-0.025, 400)), replace(PASSING, sense=(-0.026, 400))),
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
        ("preference", replace(PASSING, preference=LIKED[: MIN_OPINIONS - 1])),
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
        preference=TURNED if "preference" in names else LIKED,
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


def drawn(rng: np.random.Generator, heard: float, listeners: int = 8) -> list[Told]:
    """Fifteen opinions of each listener, of which the candidate has heard so much."""
    return [
        Told(listener, opinion, weight, heard * opinion + float(rng.normal()), 0.0)
        for listener in range(listeners)
        for weight in (float(rng.uniform(0.25, 1.0)),)
        for opinion in rng.normal(size=15).tolist()
    ]


def gained(told: list[Told], seed: int) -> bool:
    found = preference_gain(told, seed)
    assert found is not None
    return found.gain.low > 0


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
    st.floats(-0.025, 1),
    st.integers(0, 30),
    st.lists(st.floats(-3, 3), max_size=60),
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
    told = [Told(n % 3, margin, 0.1 + n, -margin, -margin) for n, margin in enumerate(margins)]
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


def test_who_knows_nothing_of_listeners_passes_one_time_in_fifty_at_most() -> None:
    rng = np.random.default_rng(6)
    assert sum(gained(drawn(rng, 0.0), seed) for seed in range(100)) <= 2


def test_who_heard_half_of_what_listeners_think_mostly_passes() -> None:
    rng = np.random.default_rng(7)
    assert sum(gained(drawn(rng, 0.5), seed) for seed in range(30)) >= 27


def test_opinions_of_different_listeners_are_not_compared() -> None:
    """Each listener is told right; that one gives all pieces more says nothing of the pieces."""
    told = [
        Told(0, 1.0, 1.0, 5.0, 0.0), Told(0, 0.0, 1.0, 4.0, 0.0),
        Told(1, 9.0, 1.0, 2.0, 0.0), Told(1, 8.0, 1.0, 1.0, 0.0),
    ]  # fmt: skip
    found = preference_gain(told, 1)
    assert found is not None
    assert (found.candidate, found.served) == (1.0, 0.5)


def test_opinions_that_hardly_differ_are_no_pair() -> None:
    assert preference_gain([Told(0, 1.0, 1.0, 5.0, 0.0), Told(0, 0.6, 1.0, 4.0, 0.0)], 1) is None


def test_a_listener_counts_by_weight_and_opinions() -> None:
    heavy = [Told(0, float(n), 1.0, float(n), 0.0) for n in range(3)]
    light = [Told(1, float(n), 0.5, -float(n), 0.0) for n in range(2)]
    found = preference_gain([*heavy, *light], 1)
    assert found is not None
    assert found.candidate == pytest.approx(0.75)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_inverted_scores_are_always_refused(seed: int) -> None:
    told = drawn(np.random.default_rng(seed), 2.0)
    inverted = [one._replace(candidate=-one.candidate) for one in told]
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
    told = [one._replace(served=one.candidate) for one in LIKED]
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
        {"preference": [Told(0, 1.0, 0.0, 1.0, 0.0)]},
        {"blind": (-1, 2)},
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"anew|different|leave it out|counted"):
        replace(PASSING, **change)
