from dataclasses import replace

import numpy as np
import pytest

from engine.corpus.shard import Shard, pack
from engine.score.model import Chord
from engine.score.theory import KEYS
from engine.tokens import vocab
from engine.tokens.control import Controls, prefix
from engine.tokens.decode import decode
from engine.tokens.grammar import first_illegal
from engine.tokens.spec import CONTROL_SLOTS, Family
from engine.training.examples import IGNORED, Examples, ExampleSettings, piece_weights, thinned
from engine.training.excerpts import Corpus, Excerpt, body, controls_of
from tests.engine.training.shards import labelled, scale_piece, scale_shard


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus([scale_shard(), scale_shard()], "train")


def names(ids: np.ndarray) -> list[str]:
    return [vocab.NAMES[token] for token in ids]


def test_splits_part_the_pieces() -> None:
    shard = scale_shard()
    sizes = [len(Corpus([shard], split).pieces) for split in ("train", "validation", "test")]
    assert sizes == [20, 2, 0]


def test_a_whole_piece_without_its_plan_decodes_to_its_notes(corpus: Corpus) -> None:
    first, last = corpus.piece_start[3:5]
    ids = body(corpus, Excerpt(3, int(first), int(last)))
    assert decode(ids).notes == scale_piece(3).notes
    assert ids[-1] == vocab.END


@pytest.mark.parametrize("chords", [False, True])
@pytest.mark.parametrize("levels", [False, True])
@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("transpose", [-5, 0, 6])
def test_an_excerpt_from_anywhere_is_legal_and_says_its_meter_and_tempo(
    corpus: Corpus, chords: bool, levels: bool, counted: bool, transpose: int
) -> None:
    first = int(corpus.piece_start[5]) + 3
    ids = body(corpus, Excerpt(5, first, first + 4, transpose, chords, levels, counted))
    assert first_illegal(ids.tolist()) is None
    assert names(ids[1:3]) == ["Meter_4/4", f"Tempo_{vocab.tempo_step(100)}"]
    families = {vocab.FAMILY[token] for token in ids}
    assert (Family.CHORD in families) == chords
    assert (Family.BAR_DENSITY in families) == levels
    assert ("Bar" in names(ids)) == (not counted)


def test_transposing_moves_pitches_chords_and_key_together_and_leaves_drums(
    corpus: Corpus,
) -> None:
    first, last = (int(x) for x in corpus.piece_start[2:4])
    plain, moved = (Excerpt(2, first, last, t, chords=True) for t in (0, 3))
    before, after = decode(body(corpus, plain)), decode(body(corpus, moved))
    assert [n.pitch + 3 for n in before.notes if n.program == 0] == [
        n.pitch for n in after.notes if n.program == 0
    ]
    assert [n for n in before.notes if n.program == 128] == [
        n for n in after.notes if n.program == 128
    ]
    assert [c._replace(root=(c.root + 3) % 12) for c in before.chords] == list(after.chords)
    keys = [controls_of(corpus, e, body(corpus, e)).key for e in (plain, moved)]
    assert keys[0] is not None
    assert keys[1] == keys[0]._replace(tonic=(keys[0].tonic + 3) % 12)


def test_an_excerpt_is_told_what_the_labeller_hears_in_the_piece(corpus: Corpus) -> None:
    first, last = (int(x) for x in corpus.piece_start[4:6])
    excerpt = Excerpt(4, first, last)
    told = controls_of(corpus, excerpt, body(corpus, excerpt))
    heard = labelled(scale_piece(4), "train").controls
    assert prefix(told) == prefix(heard)


def test_a_silent_chord_position_goes_with_its_chord() -> None:
    score = scale_piece(0)
    score = replace(score, chords=(Chord(0, 0, ""), Chord(6, 5, "")))  # nothing sounds at tick 6
    piece = replace(labelled(score, "train"), score=score)
    corpus = Corpus([pack([piece])], "train")
    ids = body(corpus, Excerpt(0, 0, 8))
    assert "Position_6" not in names(ids)
    assert decode(ids).notes == score.notes


def test_rows_are_full_length_and_ask_for_bodies_only(corpus: Corpus) -> None:
    settings = ExampleSettings(context=300)
    inputs, targets = Examples(corpus, settings).batch(8, np.random.default_rng(0))
    assert inputs.shape == targets.shape == (8, 300)
    asked = targets[targets != IGNORED]
    forbidden = {Family.PAD, Family.GENRE, Family.KEY, Family.BARS, Family.VALENCE}
    assert not forbidden & {vocab.FAMILY[token] for token in asked}
    assert {vocab.END, vocab.BAR_OPEN} <= set(asked.tolist()) | {vocab.BAR_OPEN}
    following = np.where(targets != IGNORED, targets, -1)[:, :-1]
    known = following >= 0
    assert (inputs[:, 1:][known] == following[known]).all()


def test_the_same_generator_draws_the_same_rows(corpus: Corpus) -> None:
    examples = Examples(corpus, ExampleSettings(context=300))
    one, other = (examples.batch(4, np.random.default_rng(3)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_controls_are_left_open_as_often_as_the_settings_say() -> None:
    full = Controls("jazz", 0.1, 0.2, 90.0, (4, 4), KEYS[3], 8, 2, 3, (0, 32))
    rng = np.random.default_rng(0)
    settings = ExampleSettings(control_dropout=0.25, bare=0.1)
    prefixes = [prefix(thinned(full, rng, settings)) for _ in range(2000)]
    bare = prefix(Controls())
    assert np.mean([p == bare for p in prefixes]) == pytest.approx(0.1, abs=0.02)
    for slot, family in enumerate(CONTROL_SLOTS):
        open_share = np.mean([p[slot] == vocab.any_id(family) for p in prefixes])
        assert open_share == pytest.approx(0.1 + 0.9 * 0.25, abs=0.04), family


def test_arranged_pieces_get_their_share_and_thin_genres_more_than_theirs() -> None:
    pieces = [labelled(scale_piece(s), "train", "folk") for s in range(8)]
    pieces += [labelled(scale_piece(s), "train", "lofi") for s in range(2)]
    pieces += [labelled(scale_piece(s), "train", "folk", arranged=True) for s in range(10)]
    corpus = Corpus([pack(pieces)], "train")
    weights = piece_weights(corpus, ExampleSettings(genre_power=0.5, arranged_share=0.1))
    assert weights.sum() == pytest.approx(1)
    assert weights[10:].sum() == pytest.approx(0.1)
    assert weights[8] > weights[0]


def test_a_shard_survives_the_disk(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "one.npz"
    shard = scale_shard()
    shard.save(path)
    loaded = Shard.load(path)
    assert len(loaded) == 22
    for field in ("tokens", "bar_start", "bar_classes", "mood", "split"):
        assert (getattr(loaded, field) == getattr(shard, field)).all()
