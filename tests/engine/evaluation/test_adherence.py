from math import isnan

import numpy as np
import pytest
from scipy.stats import spearmanr

from engine.evaluation.adherence import Texture, adherence


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


LEVELS = [(density, polyphony) for density in range(8) for polyphony in range(8)]


def test_what_is_obeyed_correlates_fully_and_crosses_nothing(rng: np.random.Generator) -> None:
    found = adherence([Texture(d, p, 0.5 + d, p**2.0) for d, p in LEVELS], rng)
    assert found.pieces == 64
    for one in (found.density, found.polyphony):
        assert (one.value, one.low, one.high) == pytest.approx((1, 1, 1))
    for one in (found.polyphony_by_density, found.density_by_polyphony):
        assert one.value == pytest.approx(0, abs=1e-9)
        assert one.low < 0 < one.high


def test_what_is_ignored_does_not_correlate(rng: np.random.Generator) -> None:
    found = adherence([Texture(d, p, *rng.random(2)) for d, p in LEVELS], rng)
    for one in (found.density, found.polyphony):
        assert abs(one.value) < 0.25
        assert one.low < 0 < one.high


def test_swapped_wishes_are_cross_talk(rng: np.random.Generator) -> None:
    found = adherence([Texture(d, p, p, d) for d, p in LEVELS], rng)
    assert found.density.value == pytest.approx(0, abs=1e-9)
    assert found.polyphony_by_density.value == pytest.approx(1)
    assert found.density_by_polyphony.value == pytest.approx(1)


def test_correlations_are_spearmans_ties_and_all(rng: np.random.Generator) -> None:
    textures = [Texture(d, p, d + rng.normal(0, 3), round(p / 3)) for d, p in LEVELS]
    found = adherence(textures, rng)
    for one, asked, obtained in (
        (found.density, "asked_density", "density"),
        (found.polyphony, "asked_polyphony", "polyphony"),
        (found.polyphony_by_density, "asked_density", "polyphony"),
    ):
        columns = [[getattr(t, name) for t in textures] for name in (asked, obtained)]
        assert one.value == pytest.approx(spearmanr(*columns).statistic)
        assert one.low < one.value < one.high


def test_levels_are_those_of_the_corpus(rng: np.random.Generator) -> None:
    """1 onset a quarter is level 1, 3 notes at once level 3: the edges of measures.py."""
    found = adherence([Texture(1, 3, 1.0, 3.0), Texture(2, 5, 1.0, 3.0)], rng)
    assert (found.density_hit, found.density_near) == (0.5, 1.0)
    assert (found.polyphony_hit, found.polyphony_near) == (0.5, 0.5)


def test_nothing_can_be_said_of_one_level_or_no_pieces(rng: np.random.Generator) -> None:
    assert isnan(adherence([Texture(3, d, d, d) for d in range(8)], rng).density.value)
    assert isnan(adherence([], rng).density.value)
    assert isnan(adherence([], rng).density_hit)
