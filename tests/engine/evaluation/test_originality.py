import argparse
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commands.corpus import run_index
from engine.corpus.manifest import MANIFEST
from engine.corpus.shard import Shard, pack
from engine.errors import BadInputError, OutputFolderError
from engine.evaluation.originality import (
    EXCERPT_BARS,
    human_baseline,
    pitched_notes,
    training_index,
)
from engine.originality.index import OriginalityIndex, longest_copied_run
from engine.originality.runs import STEPS
from engine.score.model import DRUMS, Score
from engine.tokens import vocab
from tests.engine.originality.tunes import random_tune, tune_score
from tests.engine.score.any_score import grid_scores
from tests.engine.training.shards import labelled

TRAINED = [random_tune(seed, 120) for seed in range(10)]
STRANGERS = [random_tune(seed, 120) for seed in range(50, 57)]


def shard_of(*pieces: tuple[Score, str], arranged: frozenset[int] = frozenset()) -> Shard:
    return pack(
        [
            labelled(score, split, arranged=place in arranged)
            for place, (score, split) in enumerate(pieces)
        ]
    )


TRAINING = shard_of(*((tune_score(tune), "train") for tune in TRAINED))


@settings(max_examples=15)
@given(st.lists(grid_scores().filter(lambda score: bool(score.notes)), min_size=1, max_size=3))
def test_a_shards_pitched_notes_are_those_of_its_pieces(scores: list[Score]) -> None:
    shard = shard_of(*((score, "train") for score in scores))
    notes = pitched_notes(shard)
    first_tick = 0
    for place, score in enumerate(scores):
        mine = notes.piece == place
        starts = [bar.start for bar in score.iter_bars()]
        expected = [
            (np.searchsorted(starts, note.start, side="right") - 1, note.start, note[1], note[2])
            for note in score.notes
            if note.program != DRUMS
        ]
        columns = (notes.bar, notes.onset - first_tick, notes.program, notes.pitch)
        assert list(zip(*(column[mine].tolist() for column in columns), strict=True)) == expected
        first_tick += score.bars_end


def test_training_pieces_are_in_the_index_and_others_are_not() -> None:
    mixed = shard_of((tune_score(STRANGERS[0]), "validation"), (tune_score(STRANGERS[1]), "train"))
    index = training_index([TRAINING, mixed], corpus="abc")
    assert index.corpus == "abc"
    for tune in (*TRAINED, STRANGERS[1]):
        run = longest_copied_run(tune_score(tune, up=2, program=40), index)
        assert run is not None
        assert run.notes > 100
    assert longest_copied_run(tune_score(STRANGERS[0]), index) is None


def test_the_order_of_shards_makes_no_difference() -> None:
    other = shard_of((tune_score(STRANGERS[0]), "train"))
    one, two = training_index([TRAINING, other]), training_index([other, TRAINING])
    assert np.array_equal(one.bits, two.bits)


def test_the_baseline_tells_versions_from_strangers() -> None:
    borrowed = [*TRAINED[0][:12], *random_tune(60, 200, onset=TRAINED[0][12][0])]
    held_out = shard_of(
        (tune_score(TRAINED[4], up=-3, program=12), "test"),
        *((tune_score(tune), "validation") for tune in STRANGERS),
        (tune_score(borrowed), "test"),
        (tune_score(TRAINED[5]), "test"),  # arranged by a program
        (tune_score(TRAINED[6]), "train"),
        arranged=frozenset({9}),
    )
    baseline = human_baseline([held_out, TRAINING], training_index([TRAINING]))
    assert baseline.pieces == 9
    assert baseline.related_share == pytest.approx(1 / 9)
    assert baseline.whole.count == 9
    assert baseline.unrelated_whole.count == 8
    assert baseline.whole.quantiles["1.0"] > 100
    assert STEPS + 2 <= baseline.unrelated_whole.quantiles["1.0"] <= 12
    assert baseline.usual_notes == baseline.unrelated_excerpts.quantiles["0.99"]
    json.dumps(baseline.as_json())


def test_excerpts_are_sixteen_bars_and_no_run_goes_beyond_them() -> None:
    """A tune of two quarters a bar shares its whole with the index, an excerpt 32 notes of it."""
    rng = np.random.default_rng(3)
    tune = [(24 * place, int(pitch)) for place, pitch in enumerate(rng.integers(50, 80, 128))]
    index = training_index([shard_of((tune_score(tune), "train"))])
    baseline = human_baseline([shard_of((tune_score(tune), "test"))], index)
    assert baseline.excerpts.count == 128 // 2 // EXCERPT_BARS
    assert 26 <= baseline.excerpts.quantiles["0.5"] <= baseline.excerpts.quantiles["1.0"] <= 32
    assert baseline.whole.quantiles["1.0"] > 120


def test_a_corpus_without_held_out_pieces_has_an_empty_baseline() -> None:
    baseline = human_baseline([TRAINING], training_index([TRAINING]))
    assert (baseline.pieces, baseline.usual_notes, baseline.whole.count) == (0, 0, 0)


@pytest.fixture
def options(tmp_path: Path) -> argparse.Namespace:
    """What ``corpus index`` is told of a corpus of two shards."""
    held_out = shard_of((tune_score(STRANGERS[0]), "test"), (tune_score(TRAINED[0]), "test"))
    for name, shard in (("a.npz", TRAINING), ("b.npz", held_out)):
        shard.save(tmp_path / name)
    manifest = {
        "vocabulary": vocab.fingerprint(),
        "hash": "abc",
        "shards": [{"file": "a.npz"}, {"file": "b.npz"}],
    }
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    return argparse.Namespace(corpus=tmp_path, out=tmp_path / "index.npz", json=True)


def test_the_command_writes_the_index_and_says_what_it_holds(
    options: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    run_index(options)
    facts = json.loads(capsys.readouterr().out)
    index = OriginalityIndex.load(options.out)
    assert (index.corpus, index.keys) == ("abc", facts["keys"])
    assert facts["bytes"] == options.out.stat().st_size
    assert facts["human"]["pieces"] == 2
    assert facts["human"]["usual_notes"] == index.usual_notes
    options.json = False
    run_index(options)
    assert "2 held-out pieces, 50.0% versions" in capsys.readouterr().out


def test_the_command_names_what_is_missing(options: argparse.Namespace) -> None:
    options.out = options.corpus / "nowhere" / "index.npz"
    with pytest.raises(OutputFolderError, match="cannot be written"):
        run_index(options)
    options.corpus = options.corpus / "nowhere"
    with pytest.raises(BadInputError, match="holds no corpus"):
        run_index(options)
