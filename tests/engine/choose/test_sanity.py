from __future__ import annotations

from math import e, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.choose.sanity import MOST, STANDARDS, WORST, Standard, Worse, points, sanity
from engine.choose.texture import settling
from engine.score.model import Score
from tests.engine.choose.tunes import looped, song
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import piece


def standard(worse: Worse) -> Standard:
    return Standard(settling, (1.0, 3.0, 4.0, 5.0, 9.0), worse, 1.0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((3.0, 0.0), (4.0, 0.0), (5.0, 0.0), (2.0, 0.5), (1.0, 1.0), (7.0, 0.5), (9.0, 1.0)),
        *((5.0 + 4.0 * 2.0, 1.0 + log(2.0)), (5.0 + 4.0 * e, 2.0), (1e9, MOST), (-1e9, MOST)),
    ],
)
def test_the_middle_half_is_free_the_outer_twentieth_a_point_and_beyond_grows_gently(
    value: float, expected: float
) -> None:
    assert points(value, standard(Worse.EITHER)) == pytest.approx(expected)


def test_only_the_worse_side_counts() -> None:
    for value, low, high in ((0.0, True, False), (4.0, False, False), (99.0, False, True)):
        assert (points(value, standard(Worse.LOW)) > 0) is low
        assert (points(value, standard(Worse.HIGH)) > 0) is high


def test_a_tail_without_width_is_taken_as_a_quarter_of_the_span() -> None:
    steep = Standard(settling, (0.0, 1.0, 1.0, 1.0, 1.0), Worse.HIGH, 1.0)
    assert points(1.0, steep) == 0.0
    assert points(1.125, steep) == pytest.approx(0.5)


def test_what_does_not_apply_is_not_wrong() -> None:
    assert points(None, standard(Worse.EITHER)) == 0.0


@given(st.floats(-20, 30), st.floats(0, 5))
def test_further_out_is_never_better(value: float, further: float) -> None:
    either = standard(Worse.EITHER)
    away = value + further if value >= 4.0 else value - further
    assert points(value, either) <= points(away, either) <= MOST


@pytest.mark.parametrize("name", STANDARDS)
def test_quantiles_ascend_and_every_measure_weighs(name: str) -> None:
    found = STANDARDS[name]
    assert list(found.quantiles) == sorted(found.quantiles)
    assert found.quantiles[0] < found.quantiles[4]
    assert found.weight > 0


@given(grid_scores())
def test_any_score_has_points_within_bounds(score: Score) -> None:
    if score.bars < 1:
        return
    found = sanity(score)
    assert found.keys() == STANDARDS.keys()
    assert all(0.0 <= found[name] <= MOST * one.weight for name, one in STANDARDS.items())


def test_silence_is_the_worst_there_is() -> None:
    assert sum(sanity(piece([], bars=4)).values()) == pytest.approx(WORST)


def test_a_loop_is_less_sane_than_the_song_it_is_from() -> None:
    before, after = sanity(song()), sanity(looped(song()))
    assert sum(after.values()) > sum(before.values()) + 1.0
    assert after["chord_count"] > before["chord_count"]
    assert after["settling"] > before["settling"] == 0.0
