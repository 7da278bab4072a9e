"""Velocities are spread as people's are: within bounds, with accents, and not twice."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.polish.humanise import humanised
from engine.score.model import DRUMS, Note, Score
from engine.score.overlaps import without_overlaps
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import melody, piece

MOST = 20
"""The widest bound of any hand."""


def even(velocity: int = 80, program: int = 73) -> Score:
    """A hundred bars of even eighths."""
    notes = [Note(6 * i, program, 60 + i % 5, 6, velocity) for i in range(800)]
    return piece(notes, bars=100)


def velocities(score: Score, seed: int = 1) -> list[int]:
    return [note.velocity for note in humanised(score, random.Random(seed)).notes]


@given(grid_scores(), st.integers(0, 2**32))
def test_loudness_changes_within_bounds_and_nothing_else_does(score: Score, seed: int) -> None:
    """Doubled notes of one place once fell out of order, and no score could be made of them."""
    clear = without_overlaps(score)
    played = humanised(clear, random.Random(seed))
    assert [n[:4] for n in played.notes] == [n[:4] for n in clear.notes]
    assert all(1 <= n.velocity <= 127 for n in played.notes)
    for before, after in zip(clear.notes, played.notes, strict=True):
        assert after.velocity - before.velocity <= MOST
        assert before.velocity - after.velocity <= 2 * MOST  # bound, and taken down from the top
    assert len(humanised(score, random.Random(seed)).notes) == len(score.notes)


@given(grid_scores(), st.integers(0, 2**32))
def test_the_same_seed_is_the_same_touch(score: Score, seed: int) -> None:
    assert humanised(score, random.Random(seed)) == humanised(score, random.Random(seed))


def test_an_even_part_is_spread_as_a_player_spreads_it() -> None:
    found = velocities(even())
    assert 6 < pstdev(found) < 8
    assert abs(mean(found) - 80) < 1.5
    assert max(abs(velocity - 80) for velocity in found) <= 14


def test_a_part_with_its_own_dynamics_keeps_them() -> None:
    score = even()
    arc = tuple(n._replace(velocity=60 + i % 64 // 2) for i, n in enumerate(score.notes))
    own = replace(score, notes=arc)
    assert velocities(own) == [note.velocity for note in arc]


def test_a_part_at_the_limit_is_taken_down_to_have_room() -> None:
    found = velocities(even(velocity=127))
    assert 6 < pstdev(found) < 8
    assert mean(found) < 120


def test_what_is_loud_stays_louder_than_what_is_soft() -> None:
    loud, soft = even(100), even(60)
    assert mean(velocities(loud)) - mean(velocities(soft)) == pytest.approx(40, abs=1)


@pytest.mark.parametrize("key", [36, 42])
def test_drummers_stress_the_bar_and_ghost_between_the_eighths(key: int) -> None:
    notes = [Note(3 * i, DRUMS, key, 3, 80) for i in range(1600)]
    found = velocities(piece(notes, bars=100))
    on_bar, between = found[::16], found[1::2]
    assert mean(on_bar) - mean(between) > 5


def test_the_top_of_a_chord_stands_out() -> None:
    chords = [Note(12 * i, 0, p, 12, 80) for i in range(400) for p in (48, 52, 55)]
    tune = melody([76] * 400)
    played = humanised(
        piece([*chords, *(n._replace(program=73) for n in tune)], bars=100), random.Random(1)
    ).notes
    piano = [n for n in played if n.program == 0]
    top = mean(n.velocity for n in piano if n.pitch == 55)
    others = mean(n.velocity for n in piano if n.pitch != 55)
    assert 1 < top - others < 3


def test_a_moment_remembers_the_one_before() -> None:
    notes = [Note(12 * i, 32, 36, 12, 80) for i in range(4000)]
    tune = [Note(12 * i, 73, 72 + i % 7, 12, 90) for i in range(4000)]
    played = humanised(piece([*notes, *tune], bars=1000), random.Random(1)).notes
    found = [n.velocity - 80 for n in played if n.program == 32]
    product = mean(a * b for a, b in pairwise(found))
    assert 0.05 < product / mean(v * v for v in found) < 0.25
