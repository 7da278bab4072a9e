from math import isnan, nan

import numpy as np
import pytest

from engine.evaluation.bootstrap import bootstrap, mean_of, paired_gap


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_side_beside_itself_has_no_gap(rng: np.random.Generator) -> None:
    side = [2.1, 3.4, nan, 2.8]
    gap = paired_gap(side, side, rng)
    assert (gap.pieces, gap.gap.value, gap.gap.low, gap.gap.high) == (3, 0, 0, 0)
    assert gap.generated == gap.human == pytest.approx((2.1 + 3.4 + 2.8) / 3)


def test_a_gap_is_generated_minus_human_over_the_pairs_that_are_whole(
    rng: np.random.Generator,
) -> None:
    gap = paired_gap([5.0, 7.0, 100.0, nan], [1.0, 2.0, nan, 100.0], rng)
    assert (gap.pieces, gap.generated, gap.human, gap.gap.value) == (2, 6.0, 1.5, 4.5)
    assert (gap.gap.low, gap.gap.high) == (4.0, 5.0)


def test_19_of_20_intervals_hold_the_true_mean(rng: np.random.Generator) -> None:
    found = [mean_of(rng.normal(3.0, 1.0, 60).tolist(), rng) for _ in range(100)]
    assert 0.9 <= sum(one.low <= 3.0 <= one.high for one in found) / 100 <= 0.99


def test_nothing_is_known_of_no_pieces(rng: np.random.Generator) -> None:
    assert isnan(mean_of([nan, nan], rng).value)
    assert paired_gap([nan], [1.0], rng).pieces == 0
    assert isnan(bootstrap(np.zeros((0, 2)), lambda rows: rows[:, 0, 0], rng).low)
