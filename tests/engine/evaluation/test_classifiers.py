"""Judges on toys: what they compute, what they are fitted on, and what is never shown to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.corpus.shard import Shard, pack
from engine.errors import BadInputError, ModelError
from engine.evaluation import classifiers
from engine.evaluation.classifiers import (
    EXCERPT_BARS,
    Judge,
    Judges,
    Table,
    ceiling,
    describe_genres,
    describe_moods,
    draw_excerpt,
    fit,
    folds,
    load,
    save,
)
from engine.evaluation.features import FEATURES, describe
from engine.score.midi import write_midi
from engine.score.model import Meter, Score, Tempo
from engine.tokens.spec import GENRES
from engine.training.excerpts import Corpus
from tests.engine.score.pieces import hits
from tests.engine.training.shards import labelled, scale_piece

FOLK, JAZZ = GENRES.index("folk"), GENRES.index("jazz")


def hand_judge() -> Judge:
    """Looks at the second feature alone: its odds for "high" are e to the standard score."""
    return Judge(
        ("low", "high"),
        np.array([1]),
        np.array([10.0]),
        np.array([2.0]),
        ((np.array([[0.0, 1.0]]), np.zeros(2)),),
    )


def rows(*second: float) -> np.ndarray:
    features = np.zeros((len(second), len(FEATURES)))
    features[:, 1] = second
    return features


def test_a_judge_answers_by_its_weights() -> None:
    found = hand_judge().probabilities(rows(10.0, 12.0))
    assert found[:, 1] == pytest.approx([0.5, 1 / (1 + np.exp(-1))])
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_what_is_odd_beyond_measure_is_no_odder() -> None:
    far, farther = hand_judge().probabilities(rows(30.0, 3000.0))
    assert far == pytest.approx(farther)


def test_a_committee_answers_its_mean() -> None:
    one = hand_judge()
    contrary = (np.array([[1.0, 0.0]]), np.zeros(2))
    both = replace(one, members=(*one.members, contrary))
    assert both.probabilities(rows(13.0))[0] == pytest.approx([0.5, 0.5])


def test_between_layers_stands_a_rectifier() -> None:
    """With one hidden unit that only sees what lies above the mean, below it all is the same."""
    hidden = (np.array([[1.0]]), np.zeros(1), np.array([[0.0, 1.0]]), np.zeros(2))
    found = replace(hand_judge(), members=(hidden,)).probabilities(rows(2.0, 8.0, 12.0))
    assert found[:, 1] == pytest.approx([0.5, 0.5, 1 / (1 + np.exp(-1))])


def hand_judges() -> Judges:
    return Judges(*(hand_judge() for _ in range(4)))


def test_genres_come_likeliest_first() -> None:
    found = hand_judges().predict_genre(rows(14.0)[0])
    assert list(found) == ["high", "low"]
    assert sum(found.values()) == pytest.approx(1.0)


def test_moods_are_how_likely_the_sign_is_plus() -> None:
    judges = replace(hand_judges(), arousal=replace(hand_judge(), mean=np.array([20.0])))
    pleasant, excited = judges.predict_mood(rows(12.0)[0])
    assert pleasant > 0.5 > excited


def test_judges_are_the_same_after_they_were_kept(tmp_path: Path) -> None:
    there = hand_judges()
    save(there, {"genre": 0.5}, tmp_path)
    again = load(tmp_path)
    for name in ("genre", "genre_by_notes", "valence", "arousal"):
        before, after = getattr(there, name), getattr(again, name)
        assert after.classes == before.classes
        assert after.probabilities(rows(11.0)) == pytest.approx(before.probabilities(rows(11.0)))
    assert classifiers.load_ceilings(tmp_path) == {"genre": 0.5}
    assert {file.name for file in tmp_path.iterdir()} == {"judges.npz", "ceilings.json"}


def test_judges_of_other_features_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(hand_judges(), {}, tmp_path)
    monkeypatch.setattr(classifiers, "FEATURES", (*FEATURES, "something.new"))
    with pytest.raises(ModelError, match="fit them again"):
        load(tmp_path)


def test_missing_or_damaged_judges_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="fit them again"):
        load(tmp_path)
    (tmp_path / "judges.npz").write_bytes(b"not a file of arrays")
    with pytest.raises(ModelError, match="fit them again"):
        load(tmp_path)
    with pytest.raises(ModelError, match="fit them again"):
        classifiers.load_ceilings(tmp_path)


def test_the_shipped_judges_judge_what_people_made_enough_of() -> None:
    judges = load()
    assert set(judges.genre.classes) == set(GENRES) - {"cinematic", "ambient", "lofi"}
    assert judges.genre_by_notes.classes == judges.genre.classes
    heard = {FEATURES[place].partition(".")[0] for place in judges.genre_by_notes.uses}
    assert not heard & {"instruments", "tempo"}
    found = judges.predict_genre(describe(scale_piece(0, bars=16)))
    assert sum(found.values()) == pytest.approx(1.0)


# ------------------------------------------------------------------ what they are fitted on


def shard(*, mood: int = 0) -> Shard:
    """Folk to train on, jazz to hold out, and what must not be drawn: arranged, without genre."""
    pieces = [labelled(scale_piece(seed, bars=20), "train") for seed in range(4)]
    pieces += [labelled(scale_piece(seed), "test", genre="jazz") for seed in (10, 11)]
    pieces.append(labelled(scale_piece(20, bars=20), "train", arranged=True))
    nameless = labelled(scale_piece(21, bars=20), "train")
    pieces.append(replace(nameless, controls=replace(nameless.controls, genre=None)))
    packed = pack(pieces)
    return replace(packed, mood=np.full_like(packed.mood, mood))


def silent(done: int, total: int) -> None:
    """Report nothing."""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A genre may be judged by two pieces."""
    monkeypatch.setattr(classifiers, "MIN_PIECES", 2)


@pytest.mark.usefixtures("few")
def test_excerpts_are_of_peoples_pieces_with_a_genre() -> None:
    table = describe_genres([shard()], silent)
    assert set(table.groups[~table.held_out].tolist()) == {0, 1, 2, 3}
    assert table.groups[table.held_out].tolist() == [4, 5]
    assert set(table.labels[~table.held_out].tolist()) == {FOLK}
    assert set(table.labels[table.held_out].tolist()) == {JAZZ}
    assert table.features.shape == (len(table.labels), len(FEATURES))


@pytest.mark.usefixtures("few")
def test_excerpts_are_the_same_again_whatever_the_labeller_heard() -> None:
    one, other = (describe_genres([shard(mood=mood)], silent) for mood in (-100, 100))
    assert np.array_equal(one.features, other.features)


def test_genres_of_few_pieces_are_not_learned() -> None:
    table = describe_genres([shard()], silent)
    assert table.held_out.all()


@pytest.mark.usefixtures("few")
def test_progress_ends_with_all_pieces() -> None:
    calls: list[tuple[int, int]] = []
    describe_genres([shard()], lambda done, total: calls.append((done, total)))
    assert calls[-1] == (8, 8)


def test_an_excerpt_has_sixteen_bars_or_the_whole_piece() -> None:
    corpus = Corpus([shard()], "train")
    rng = np.random.default_rng(0)
    long, short = draw_excerpt(corpus, 0, rng), draw_excerpt(corpus, 4, rng)
    assert long is not None
    assert short is not None
    assert (long.bars, short.bars) == (EXCERPT_BARS, 8)


def test_drums_alone_are_no_excerpt() -> None:
    beat = Score(12, 20, tuple(hits(range(0, 20 * 48, 12))), (Tempo(0, 100.0),), (Meter(0, 4, 4),))
    corpus = Corpus([pack([labelled(beat, "train")])], "train")
    assert draw_excerpt(corpus, 0, np.random.default_rng(0)) is None


def test_moods_are_those_that_listeners_gave(tmp_path: Path) -> None:
    """Two versions of one song stay together; a piece that nobody labelled is not read."""
    for seed in range(3):
        (tmp_path / f"{seed}.mid").write_bytes(write_midi(scale_piece(seed, bars=20)))
    table = tmp_path / "labels.csv"
    table.write_text(
        "path,song,tier,source,valence,arousal\n"
        "0.mid,a,A,x,1,-1\n1.mid,a,A,x,-1,-1\n2.mid,b,A,x,1,1\nmissing.mid,c,A,x,,\n"
    )
    moods = describe_moods(table, tmp_path, silent)
    assert moods.labels[::4].tolist() == [[1, 0], [0, 0], [1, 1]]
    assert len(set(moods.groups[:8].tolist())) == 1
    assert moods.groups[8] != moods.groups[0]


def test_a_table_without_moods_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    with pytest.raises(BadInputError, match="cannot be read"):
        describe_moods(table, tmp_path, silent)
    table.write_text("path,song,valence,arousal\n0.mid,a,,\n")
    with pytest.raises(BadInputError, match="no piece"):
        describe_moods(table, tmp_path, silent)


# ------------------------------------------------------------------ fitting and ceilings


def clouds(counts: tuple[int, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Classes that lie apart in the third feature; the rest is noise or stands still."""
    rng = np.random.default_rng(seed)
    answers = np.repeat(np.arange(len(counts)), counts)
    features = np.zeros((len(answers), len(FEATURES)))
    features[:, :8] = rng.normal(size=(len(answers), 8))
    features[:, 2] += 3.0 * answers
    return features, answers


def test_a_judge_learns_what_tells_classes_apart() -> None:
    judge = fit(*clouds((60, 60, 60)), ("a", "b", "c"), np.arange(20), _TOY)
    features, answers = clouds((40, 40, 40), seed=1)
    assert (judge.probabilities(features).argmax(axis=1) == answers).mean() > 0.8
    assert set(judge.uses.tolist()) == set(range(8)), "what stands still is left out"


def test_a_thin_class_weighs_as_much_as_a_thick_one() -> None:
    """Without weights the judge would hardly ever answer the class it has seen ten times."""
    judge = fit(*clouds((10, 300)), ("thin", "thick"), np.arange(8), _TOY)
    features, answers = clouds((100, 100), seed=1)
    right = judge.probabilities(features).argmax(axis=1) == answers
    assert right[answers == 0].mean() > 0.75


def test_groups_never_part_and_labels_are_spread() -> None:
    groups = np.repeat(np.arange(40), 3)
    labels = (groups >= 30).astype(np.int64)
    fold = folds(labels, groups, 5, np.random.default_rng(0))
    assert all(len(set(fold[groups == group].tolist())) == 1 for group in range(40))
    assert np.bincount(fold[labels == 1]).tolist() == [6] * 5


def test_nobody_is_judged_by_a_judge_who_knows_them() -> None:
    """Answers drawn by lot cannot be told out of fold, though a judge could learn them by heart."""
    rng = np.random.default_rng(0)
    answers = rng.integers(0, 2, 40).repeat(4)
    features = np.zeros((160, len(FEATURES)), dtype=np.float32)
    features[:, :60] = rng.normal(size=(40, 60)).repeat(4, axis=0)
    table = Table(features, answers, np.arange(40).repeat(4), np.zeros(160, dtype=np.bool_))
    fold = folds(table.labels, table.groups, 4, rng)
    found = classifiers.out_of_fold(table, ("no", "yes"), np.arange(60), fold, _SHARP)
    assert (found.argmax(axis=1) == answers).mean() < 0.7
    by_heart = fit(features, answers, ("no", "yes"), np.arange(60), _SHARP)
    assert (by_heart.probabilities(features).argmax(axis=1) == answers).mean() > 0.9


_SHARP = classifiers.Recipe(freedom=1e6)
_TOY = classifiers.Recipe(freedom=1.0, networks=1, hidden=8, penalty=0.01, epochs=20)


def test_a_ceiling_counts_what_was_right() -> None:
    probabilities = np.array(
        [[0.9, 0.1, 0.0], [0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.1, 0.3, 0.6]]
    )
    found = ceiling(np.array([0, 0, 0, 1, 2]), probabilities, ("a", "b", "c"))
    assert found["accuracy"] == pytest.approx(3 / 5)
    assert found["balanced"] == pytest.approx((2 / 3 + 0 + 1) / 3, abs=1e-4)
    assert found["by_class"] == {"a": [2, 3], "b": [0, 1], "c": [1, 1]}
    assert found["confusion"] == [[2, 1, 0], [1, 0, 0], [0, 0, 1]]
