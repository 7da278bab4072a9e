from __future__ import annotations

from dataclasses import replace

import pytest

from engine.choose.adherence import (
    KEY_MARGIN,
    KEY_STEP,
    MOST,
    adherence,
    key_distance,
    level_distance,
    mood_distance,
)
from engine.score.measures import DENSITY_EDGES, density_level, measure
from engine.score.model import DRUMS, Note
from engine.score.theory import KEYS, Key, key_fits
from engine.tokens.control import Controls, hear
from engine.tokens.spec import LEVELS
from tests.engine.choose.tunes import moved, song
from tests.engine.score.pieces import BASS, PIANO, STRINGS, hits, piece

C_MAJOR = Key(0, "major")


def test_what_is_open_is_not_judged() -> None:
    assert adherence(song(), Controls(genre="jazz", bars=3, meter=(3, 4))) == {}


def test_what_a_piece_answers_to_is_no_step_away() -> None:
    asked = hear(song())
    assert adherence(song(), asked) == {
        "key": 0.0, "density": 0.0, "polyphony": 0.0, "valence": 0.0, "arousal": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize("level", range(LEVELS))
def test_a_value_is_no_step_from_its_own_level_and_more_from_every_other(level: int) -> None:
    bounds = (0.0, *DENSITY_EDGES, 4.8)
    inside = (bounds[level] + bounds[level + 1]) / 2
    assert density_level(inside) == level
    steps = [level_distance(inside, asked, DENSITY_EDGES) for asked in range(LEVELS)]
    assert steps[level] == 0.0
    assert all(
        steps[asked] == pytest.approx(min(MOST, abs(asked - level) - 0.5))
        for asked in range(LEVELS)
        if asked != level
    )


def test_beyond_the_highest_level_is_still_the_highest_level() -> None:
    assert level_distance(12.0, LEVELS - 1, DENSITY_EDGES) == 0.0
    assert level_distance(0.0, 0, DENSITY_EDGES) == 0.0


def test_half_a_mood_step_is_free_and_the_next_one_counts() -> None:
    assert mood_distance(0.2, 0.0) == 0.0
    assert mood_distance(-0.2, 0.4) == pytest.approx(1.0)
    assert mood_distance(1.0, -1.0) == MOST


def test_only_the_key_that_fits_best_by_a_margin_is_no_step_away() -> None:
    measures = measure(song())
    steps = {key: key_distance(measures, key) for key in KEYS}
    assert [key for key, distance in steps.items() if distance == 0.0] == [C_MAJOR]


def test_a_relative_key_is_nearer_than_a_foreign_one() -> None:
    measures = measure(song())
    assert (
        0
        < key_distance(measures, Key(9, "minor"))
        < key_distance(measures, Key(6, "major"))
        == MOST
    )


def test_a_transposed_piece_misses_the_asked_key() -> None:
    score = song()
    for program in (PIANO, BASS, STRINGS):
        score = moved(score, program, 1)
    assert adherence(score, Controls(key=C_MAJOR))["key"] == MOST
    assert adherence(score, Controls(key=Key(1, "major")))["key"] == 0.0


def test_a_piece_of_drums_alone_is_far_from_any_key_and_mood_unless_drums_were_asked_for() -> None:
    score = piece(hits(range(0, 96, 12)), bars=2)
    asked = Controls(key=C_MAJOR, valence=0.5, arousal=0.5, polyphony=5, density=1)
    assert adherence(score, asked) == {
        "key": MOST, "valence": MOST, "arousal": MOST, "polyphony": MOST, "density": 0.0,
    }  # fmt: skip
    assert adherence(score, replace(asked, programs=(DRUMS,))) == {"density": 0.0}


def test_a_key_that_fits_best_by_less_than_the_margin_is_in_doubt() -> None:
    """One note is nearly as much C minor as C major: either is a little off, no other less."""
    measures = measure(piece([Note(0, PIANO, 60, 48, 84)]))
    fits = key_fits(measures.pitch_class_ticks.sum(axis=0))
    second, first = sorted(fits)[-2:]
    assert first - second < KEY_MARGIN
    expected = (second + KEY_MARGIN - first) / KEY_STEP
    assert key_distance(measures, KEYS[int(fits.argmax())]) == pytest.approx(expected)
