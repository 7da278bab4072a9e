from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import MissingPartError
from engine.originality import index as index_module
from engine.originality.index import SAMPLE, CopiedRun, OriginalityIndex, longest_copied_run
from engine.originality.runs import STEPS, ngrams, score_lines
from engine.score.units import FINE
from tests.engine.originality.tunes import random_tune, tune_score

RNG = np.random.default_rng(5)
MANY = RNG.integers(0, 2**64, 40_000, dtype=np.uint64)
STRANGE = RNG.integers(0, 2**64, 400_000, dtype=np.uint64)
CORPUS = [random_tune(seed, 80) for seed in range(50)]


@pytest.fixture(scope="module")
def index() -> OriginalityIndex:
    """An index of fifty tunes."""
    hashes = [ngrams(score_lines(tune_score(tune))).hashes for tune in CORPUS]
    return OriginalityIndex.of(np.concatenate(hashes), corpus="fifty tunes")


def test_what_was_put_in_is_known() -> None:
    index = OriginalityIndex.of(np.concatenate([MANY, MANY]))
    judged = index.judges(MANY)
    assert index.keys == judged.sum()
    assert judged.mean() == pytest.approx(1 / SAMPLE, abs=0.02)
    assert np.array_equal(index.contains(MANY), judged)


def test_strangers_pass_for_known_as_seldom_as_is_said() -> None:
    index = OriginalityIndex.of(MANY)
    passed = index.contains(STRANGE)[index.judges(STRANGE)].mean()
    assert passed == pytest.approx(index.false_positive_rate, rel=0.15)
    assert index.false_positive_rate < 0.004


def test_an_empty_index_knows_nothing() -> None:
    index = OriginalityIndex.of(np.zeros(0, dtype=np.uint64))
    assert not index.contains(STRANGE).any()
    assert index.false_positive_rate == 0


def test_an_index_survives_its_file(index: OriginalityIndex, tmp_path: Path) -> None:
    replace(index, usual_notes=17).save(tmp_path / "a.npz")
    again = OriginalityIndex.load(tmp_path / "a.npz")
    assert np.array_equal(again.bits, index.bits)
    assert (again.keys, again.corpus, again.usual_notes) == (index.keys, "fifty tunes", 17)
    again.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a.npz", "b.npz"}


def test_a_file_with_one_wrong_byte_anywhere_in_its_bits_is_refused(
    index: OriginalityIndex, tmp_path: Path
) -> None:
    path = tmp_path / "a.npz"
    index.save(path)
    whole = path.read_bytes()
    for place in (400, len(whole) // 2):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(MissingPartError, match="is damaged; restore it, or build it"):
            OriginalityIndex.load(path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_that_breaks_off_is_refused(
    index: OriginalityIndex, tmp_path: Path, share: float
) -> None:
    path = tmp_path / "a.npz"
    index.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(MissingPartError, match="is damaged"):
        OriginalityIndex.load(path)


def test_bits_that_are_not_those_of_the_facts_are_refused(
    index: OriginalityIndex, tmp_path: Path
) -> None:
    path = tmp_path / "a.npz"
    index.save(path)
    with np.load(path) as arrays:
        facts = arrays["facts"]
    np.savez(path, bits=index.bits ^ 1, facts=facts)
    with pytest.raises(MissingPartError, match="is damaged"):
        OriginalityIndex.load(path)


def test_a_missing_file_and_another_recipe_are_named(
    index: OriginalityIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingPartError, match=r"a\.npz is missing; restore it"):
        OriginalityIndex.load(tmp_path / "a.npz")
    monkeypatch.setattr(index_module, "RECIPE", "v0")
    index.save(tmp_path / "a.npz")
    monkeypatch.undo()
    with pytest.raises(MissingPartError, match="another recipe"):
        OriginalityIndex.load(tmp_path / "a.npz")


def test_a_tune_of_ones_own_is_no_copy(index: OriginalityIndex) -> None:
    for seed in range(100, 120):
        own = tune_score(random_tune(seed, 200))
        assert longest_copied_run(own, index) is None


@pytest.mark.parametrize("which", range(0, 50, 7))
def test_a_copied_tune_is_found_in_another_key_loudness_instrument_and_company(
    which: int, index: OriginalityIndex
) -> None:
    disguised = tune_score(
        CORPUS[which], (33, random_tune(200, 150)), program=65, up=3, velocity=40
    )
    for score in (disguised, disguised.at_resolution(FINE)):
        run = longest_copied_run(score, index)
        assert run is not None
        assert run.program == 65
        assert 70 <= run.notes <= 80


def test_a_copied_passage_is_found_where_it_stands(index: OriginalityIndex) -> None:
    begins = random_tune(300, 40)
    moved = 40 * 48 - CORPUS[8][20][0]
    passage = [(onset + moved, pitch) for onset, pitch in CORPUS[8][20:60]]
    ends = random_tune(301, 40, onset=passage[-1][0] + 6)
    run = longest_copied_run(tune_score([*begins, *passage, *ends]), index)
    assert run is not None
    assert 32 <= run.notes <= 40
    assert 40 <= run.first_bar <= 42
    last_bar = passage[-1][0] // 48
    assert last_bar - 2 <= run.last_bar <= last_bar


def test_bars_are_counted_in_the_scores_own_ticks(index: OriginalityIndex) -> None:
    score = tune_score(CORPUS[3])
    assert longest_copied_run(score.at_resolution(FINE), index) == longest_copied_run(score, index)


def test_a_looped_riff_is_no_longer_than_the_riff(index: OriginalityIndex) -> None:
    riff = random_tune(400, 20)
    length = riff[-1][0] + 12
    loop = [(onset + length * turn, pitch) for turn in range(10) for onset, pitch in riff]
    known = OriginalityIndex.of(ngrams(score_lines(tune_score(loop))).hashes)
    run = longest_copied_run(tune_score(loop), known)
    assert run is not None
    assert 18 <= run.notes <= 20 + STEPS


def test_a_score_without_a_line_has_no_run(index: OriginalityIndex) -> None:
    score = tune_score(CORPUS[0])
    drums = replace(score, notes=tuple(n for n in score.notes if n.program == 128))
    assert longest_copied_run(drums, index) is None
    assert longest_copied_run(replace(score, notes=()), index) is None
    assert CopiedRun(12, 0, 0, 1).notes == 12
