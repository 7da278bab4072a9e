from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.ratings.ranker import Ranker, fit_ranker, load_ranker
from engine.ratings.raters import Opinion
from engine.ratings.traits import TRAITS, traits
from engine.score.model import Meter, Note, Score, Tempo
from engine.score.units import GRID
from tests.engine.ratings.rated import tune


def figures(count: int, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {str(n): rng.normal(size=len(TRAITS)) for n in range(count)}


def opinions(known: dict[str, np.ndarray], wants: int, noise: float, seed: int) -> list[Opinion]:
    """Listeners who like one trait, more or less."""
    rng = np.random.default_rng(seed)
    return [
        Opinion("ann", name, float(own[wants] + rng.normal(0, noise)), 1.0)
        for name, own in known.items()
    ]


def requests(known: dict[str, np.ndarray]) -> dict[str, str]:
    return {name: str(int(name) // 4) for name in known}


def test_what_listeners_like_is_found_and_said_in_words() -> None:
    known = figures(200)
    swing = [trait.name for trait in TRAITS].index("swing")
    ranker = fit_ranker(opinions(known, swing, 0.5, 1), known, requests(known))
    assert int(np.argmax(np.abs(ranker.weights))) == swing
    assert ranker.words()[0] == "more swung"
    assert ranker.accuracy > 0.75


def test_ratings_by_chance_teach_next_to_nothing() -> None:
    known = figures(200)
    rng = np.random.default_rng(5)
    chance = [Opinion("ann", name, float(rng.normal()), 1.0) for name in known]
    ranker = fit_ranker(chance, known, requests(known))
    assert float(np.abs(ranker.weights).max()) < 0.15
    assert 0.35 < ranker.accuracy < 0.65


def test_inverted_ratings_teach_the_contrary() -> None:
    known = figures(120)
    said = opinions(known, 3, 0.3, 2)
    turned = [Opinion(o.rater, o.piece, -o.value, o.weight) for o in said]
    ranker = fit_ranker(said, known, requests(known))
    other = fit_ranker(turned, known, requests(known))
    assert np.allclose(ranker.weights, -np.array(other.weights))


def test_no_opinions_rank_nothing() -> None:
    ranker = fit_ranker([], {}, {})
    assert ranker.score(tune(40)) == ranker.score(tune(80)) == 0.0
    assert ranker.words() == ()


def test_a_kept_ranker_ranks_the_same(tmp_path: Path) -> None:
    known = figures(60)
    ranker = fit_ranker(opinions(known, 1, 0.2, 1), known, requests(known))
    (tmp_path / "r.json").write_text(json.dumps(ranker.to_json()))
    assert load_ranker(tmp_path / "r.json") == ranker


@pytest.mark.parametrize("text", ["", "{}", '{"traits": []}', "[1]"])
def test_what_is_no_ranker_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(ModelError, match="roll back"):
        load_ranker(tmp_path / "r.json")


def trait(name: str, score: Score) -> float:
    return float(traits(score)[[t.name for t in TRAITS].index(name)])


def swung(place: int) -> Score:
    notes = tuple(
        Note(beat * GRID + late, 0, 60, 2, 80) for beat in range(8) for late in (0, place)
    )
    return Score(GRID, 2, notes, (Tempo(0, 100.0),), (Meter(0, 4, 4),))


def test_traits_say_what_their_words_say() -> None:
    assert trait("register", tune(72)) > trait("register", tune(48))
    assert trait("pace", tune(step=GRID // 2)) > trait("pace", tune(step=GRID))
    assert trait("loudness", tune(velocity=110)) > trait("loudness", tune(velocity=50))
    assert trait("length", tune(step=GRID * 2)) > trait("length", tune(step=GRID))
    assert trait("swing", swung(8)) > 0 > trait("swing", swung(6))
    assert trait("rests", tune()) == 0.0


def test_traits_of_silence_and_of_drums_are_finite() -> None:
    nothing = Score(GRID, 1, (), (Tempo(0, 100.0),), (Meter(0, 4, 4),))
    drums = Score(GRID, 1, (Note(0, 128, 36, 3, 90),), (Tempo(0, 100.0),), (Meter(0, 4, 4),))
    for score in (nothing, drums):
        assert np.isfinite(traits(score)).all()


def test_only_differences_between_pieces_mean_anything() -> None:
    ranker = Ranker((0.5,) * len(TRAITS), (2.0,) * len(TRAITS), 0.6)
    apart = traits(tune(72)) - traits(tune(48))
    told = ranker.score(tune(72)) - ranker.score(tune(48))
    assert np.isclose(told, float(apart.sum()) / 4)
