from dataclasses import dataclass, replace

import pytest

from engine.evaluation.trial import TrialOrder, TrialResult, fingerprint, hear, trial_orders
from engine.generate.order import Order
from engine.score.model import DRUMS, Score
from tests.engine.evaluation.writers import obedient

SMALL = trial_orders(0, pieces=12, groups=2, seeds=3)


@dataclass(frozen=True)
class Piece:
    tokens: list[int]
    score: Score
    copied_notes: int = 0


def written(orders: tuple[TrialOrder, ...]) -> list[Piece]:
    return [Piece(one.tokens, one.score, 5) for one in obedient([o.order for o in orders])]


@pytest.fixture(scope="module")
def result() -> TrialResult:
    return hear(SMALL, written(SMALL))


def test_everyone_is_asked_the_same_and_another_seed_asks_otherwise() -> None:
    again = trial_orders(0, pieces=12, groups=2, seeds=3)
    assert again == SMALL
    assert fingerprint(again) == fingerprint(SMALL)
    assert fingerprint(trial_orders(1, pieces=12, groups=2, seeds=3)) != fingerprint(SMALL)


def test_the_pieces_are_short_the_bands_small_and_nothing_is_guided() -> None:
    orders = trial_orders(3, bars=4)
    assert len(orders) == 48 + 6 * 4
    for one in orders:
        controls = one.order.controls
        assert controls.bars == one.order.demand.bars == 4
        assert controls.programs is not None
        assert 1 <= len(controls.programs) <= 3
        assert len([p for p in controls.programs if p != DRUMS]) <= 2
        assert one.order.demand.programs == controls.programs
        assert one.order.sampling.guidance == 1.0


def test_most_orders_say_key_density_and_polyphony() -> None:
    told = [
        one.order.controls.key is not None
        and one.order.controls.density is not None
        and one.order.controls.polyphony is not None
        for one in trial_orders(0)
        if one.group is None
    ]
    assert len(told) == 48
    assert sum(told) == 36


def test_a_group_is_one_order_under_different_seeds() -> None:
    groups: dict[int, list[Order]] = {}
    for one in SMALL:
        if one.group is not None:
            groups.setdefault(one.group, []).append(one.order)
    assert [len(group) for group in groups.values()] == [3, 3]
    for group in groups.values():
        assert len({order.seed for order in group}) == 3
        assert len({replace(order, seed=0).controls for order in group}) == 1
    assert groups[0][0].controls != groups[1][0].controls


def test_who_does_as_told_is_valid_exact_and_near_what_was_asked(result: TrialResult) -> None:
    assert all(piece.decodes and piece.exact for piece in result.pieces)
    assert {piece.copied_notes for piece in result.pieces} == {5}
    asked = [piece.adherence for piece in result.pieces[:9]]
    assert all(value is not None and 0 <= value <= 100 for value in asked)
    assert result.adherence is not None
    assert result.penalty is not None
    assert result.penalty >= 0


def test_another_key_is_less_adherent() -> None:
    told = replace(SMALL[0].order, seed=1)
    assert told.controls.key is not None
    away = told.controls.key._replace(tonic=(told.controls.key.tonic + 6) % 12)
    asked = TrialOrder(replace(told, controls=replace(told.controls, key=away)))
    pieces = written((TrialOrder(told),))
    right, wrong = hear([TrialOrder(told)], pieces), hear([asked], pieces)
    assert (right.adherence or 0) > (wrong.adherence or 100)


def test_pieces_of_a_group_that_are_alike_are_not_diverse() -> None:
    busy = next(one.order for one in SMALL if (one.order.controls.density or 0) >= 4)
    other = next(one.order for one in SMALL if one.order.controls.density == 3)
    grouped = [TrialOrder(busy, 0), TrialOrder(busy, 0), TrialOrder(busy, 1), TrialOrder(other, 1)]
    alike, unlike = hear(grouped, written(tuple(grouped))).between
    assert alike == 0.0
    assert unlike is not None
    assert unlike > 0.0


def test_what_has_no_melody_has_no_diversity() -> None:
    still = hear(
        SMALL, [replace(one, score=replace(one.score, notes=())) for one in written(SMALL)]
    )
    assert still.between == (None, None)
    assert still.diversity is None


def test_as_many_pieces_as_orders_are_heard() -> None:
    with pytest.raises(ValueError, match="shorter"):
        hear(SMALL, written(SMALL[:-1]))
