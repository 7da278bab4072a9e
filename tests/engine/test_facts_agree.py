"""Some facts stand in two rooms that may not know each other; here they meet."""

import json
from pathlib import Path

import pytest

from engine import option_types
from engine.corpus.genres import CANONICAL
from engine.request import model
from engine.request.lexicon import figures, genres, instruments
from engine.request.model import MAX_LEVEL
from engine.score.theory import KEYS, METERS
from engine.tokens.spec import GENRES, LEVELS

VOCABULARY = Path(__file__).parents[3] / "shared" / "vocabulary.json"


def test_requests_and_tokens_know_the_same_genres() -> None:
    assert set(genres.GENRES) == set(GENRES)


def test_requests_and_scores_know_the_same_keys_and_meters() -> None:
    assert set(figures.KEYS) == {key.name for key in KEYS}
    assert set(figures.METERS.values()) == set(METERS)


def test_options_and_requests_know_the_same_seeds() -> None:
    assert option_types.MAX_SEED == model.MAX_SEED


def test_requests_and_tokens_count_the_same_levels() -> None:
    assert MAX_LEVEL == LEVELS - 1


@pytest.mark.skipif(not VOCABULARY.exists(), reason="the shared vocabulary lies beside the project")
def test_collections_genres_are_those_of_the_shared_vocabulary() -> None:
    shared = json.loads(VOCABULARY.read_text())
    named = {name: genre for genre, row in shared["genres"].items() for name in row["corpus"]}
    assert {name: CANONICAL[name] for name in named} == named
    assert set(shared["instruments"]) == set(instruments.INSTRUMENTS)
