from __future__ import annotations

from math import log

import pytest
import torch

from engine.training.objectives import divergence, dpo_positive, kto


def loss(chosen: float, rejected: float, penalty: float = 0.0) -> float:
    zero = torch.zeros(1)
    return float(
        dpo_positive(
            torch.tensor([chosen]), torch.tensor([rejected]), zero, zero, beta=0.1, penalty=penalty
        )
    )


def test_a_policy_that_is_the_reference_has_lost_a_coin_toss() -> None:
    assert loss(0.0, 0.0) == pytest.approx(log(2))


def test_preferring_the_chosen_lowers_the_loss_and_the_rejected_raises_it() -> None:
    assert loss(5.0, 0.0) < loss(0.0, 0.0) < loss(0.0, 5.0)


def test_a_chosen_piece_that_became_less_likely_is_penalised_however_far_the_other_fell() -> None:
    assert loss(-2.0, -20.0, penalty=0.0) < log(2)
    assert loss(-2.0, -20.0, penalty=50.0) > log(2)
    assert loss(2.0, -20.0, penalty=50.0) == pytest.approx(loss(2.0, -20.0))


def test_liked_pieces_are_to_gain_and_disliked_ones_to_lose() -> None:
    zero = torch.zeros(2)
    liked = torch.tensor([True, False])
    both = kto(torch.tensor([3.0, 3.0]), zero, liked, 0.0, beta=0.1)
    assert both[0] < 0.5 < both[1]
    assert both.sum() == pytest.approx(1.0)


def test_gaining_as_much_as_any_piece_is_no_gain() -> None:
    gained = torch.tensor([4.0])
    assert float(kto(gained, torch.zeros(1), torch.tensor([True]), 4.0, beta=0.1)) == 0.5


def test_divergence_is_zero_for_the_same_and_positive_for_others() -> None:
    torch.manual_seed(0)
    before = torch.log_softmax(torch.randn(5, 9), dim=-1)
    after = torch.log_softmax(torch.randn(5, 9), dim=-1)
    assert torch.allclose(divergence(before, before), torch.zeros(5), atol=1e-6)
    assert (divergence(before, after) > 0).all()
