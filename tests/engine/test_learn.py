"""The whole way from ratings to a candidate, with the shipped model and a trial of few pieces."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.composer import Composer
from engine.errors import CancelledError
from engine.learn import Learned, LearnSettings, Step, check, learn
from engine.model.adapter import WEIGHTS
from engine.ratings.ranker import FILE, load_ranker
from engine.ratings.raters import weigh
from engine.ratings.records import Ratings, RatingsError, read_ratings, write_ratings
from engine.registry.registry import VARIABLE, Registry
from engine.training.tune import TuneSettings
from tests.engine.ratings.rated import piece, tune

AT = datetime(2026, 11, 28, tzinfo=UTC)
QUICK = LearnSettings(TuneSettings(epochs=2, rate=0.01, most_kl=1.0), few=10, pieces=4, groups=1)


def high_is_good(folder: Path, *, unless: int = 1) -> Ratings:
    """Five listeners who like high notes, on six requests of three versions."""
    pieces = []
    for request in range(6):
        for place, pitch in enumerate((45, 60, 76)):
            likes = {f"l{n}": unless * (place - 1) for n in range(5) if (n + request) % 5}
            score = tune(pitch, velocity=60 + 8 * request)
            pieces.append(piece(f"{request}-{pitch}", likes, request=f"{request}", score=score))
    path = folder / "ratings.jsonl"
    write_ratings(path, [p for p in pieces if p.ratings])
    return read_ratings(path)


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    torch.set_num_threads(1)
    environ = {**os.environ, VARIABLE: str(tmp_path_factory.mktemp("models"))}
    return Composer.open(environ, sound=False, candidates=1)


def run(
    composer: Composer,
    folder: Path,
    name: str,
    on_step: Callable[[Step], None] = lambda step: None,
    **changes: Any,
) -> Learned:
    assert composer.wardrobe is not None
    ratings = high_is_good(folder)
    settings = LearnSettings(**{**{n: getattr(QUICK, n) for n in QUICK.__slots__}, **changes})
    return learn(
        ratings, composer, composer.wardrobe.registry, folder / "run", name=name, seed=1, at=AT,
        corpus=folder / "none", settings=settings, on_step=on_step,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tuned(composer: Composer, tmp_path_factory: pytest.TempPathFactory) -> Learned:
    return run(composer, tmp_path_factory.mktemp("tuned"), "tuned-1")


def test_a_candidate_holds_all_that_it_is_served_and_judged_by(tuned: Learned) -> None:
    folder = tuned.candidate.folder
    assert folder is not None
    assert {path.name for path in folder.iterdir()} == {
        "card.json", FILE, WEIGHTS, "report.png", "report.json",
    }  # fmt: skip
    card = json.loads((folder / "card.json").read_text())
    assert card["kind"] == "adapter"
    assert card["ratings"]["ratings"] == 48
    assert card["verdict"] == tuned.verdict.to_json()
    for name, digest in card["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_what_listeners_like_is_learned(tuned: Learned) -> None:
    assert tuned.candidate.folder is not None
    ranker = load_ranker(tuned.candidate.folder / FILE)
    assert ranker.score(tune(76)) > ranker.score(tune(60)) > ranker.score(tune(45))
    assert tuned.candidate.card["tuning"]["kept_epochs"] > 0


def test_listeners_who_are_of_one_mind_are_beyond_chance_when_each_is_held_out(
    tuned: Learned,
) -> None:
    found = {check.name: check for check in tuned.verdict.checks}["preference"]
    assert found.passed
    assert found.says == "pairs told as listeners it had not heard did"
    assert found.candidate.startswith("100.0 %")


def test_a_run_that_was_stopped_goes_on_and_comes_to_the_same(
    composer: Composer, tuned: Learned, tmp_path: Path
) -> None:
    class StoppedError(CancelledError):
        pass

    def stop(step: Step) -> None:
        if step.stage == "write" and step.share > 0.7:
            raise StoppedError("stopped")

    with pytest.raises(StoppedError):
        run(composer, tmp_path, "again", stop)
    seen: list[str] = []
    again = run(composer, tmp_path, "again", lambda step: seen.append(step.stage))
    assert not {"reference", "rank", "tune"} & set(seen)
    files, before = again.candidate.card["files"], tuned.candidate.card["files"]
    assert files[WEIGHTS] == before[WEIGHTS]
    assert files[FILE] == before[FILE]
    assert again.verdict == tuned.verdict


def test_with_few_ratings_only_a_ranker_is_learned(composer: Composer, tmp_path: Path) -> None:
    found = run(composer, tmp_path, "ranked-1", few=200)
    assert found.candidate.kind == "ranker"
    assert found.candidate.folder is not None
    assert not (found.candidate.folder / WEIGHTS).exists()


def test_a_candidate_is_in_the_registry_and_is_not_served(
    composer: Composer, tuned: Learned
) -> None:
    assert composer.wardrobe is not None
    registry: Registry = composer.wardrobe.registry
    assert registry.entry(tuned.candidate.id).passed is tuned.verdict.passed
    assert registry.served().id == composer.card.name


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        ([piece("1", {"ann": 1})], "20 are the least"),
        ([piece(f"{n}", {"ann": 1, "ben": 2}) for n in range(90)], "likes and dislikes"),
    ],
)
def test_ratings_that_teach_nothing_are_refused_in_one_sentence(
    pieces: list[Any], says: str
) -> None:
    ratings = Ratings(tuple(pieces), "0")
    with pytest.raises(RatingsError, match=says):
        check(ratings, weigh(ratings.pieces))
