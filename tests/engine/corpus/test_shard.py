"""A shard gives back what was packed into it."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from engine.corpus.shard import (
    NO_GENRE,
    SPLITS,
    LabelledPiece,
    Shard,
    level_values,
    mood_value,
    pack,
)
from engine.score.harmony import with_chords
from engine.score.measures import measure
from engine.score.model import Meter, Score, Tempo
from engine.score.theory import METERS
from engine.tokens.control import hear
from engine.tokens.decode import decode
from engine.tokens.spec import GENRES, tempo_bpm
from engine.tokens.vocab import tempo_step
from tests.engine.score.pieces import hits, piece, two_bars


def labelled(score: Score, genre: str | None, split: str = "train") -> LabelledPiece:
    heard = with_chords(score)
    measures = measure(heard)
    controls = hear(heard, genre=genre, measures=measures)
    return LabelledPiece(heard, measures, controls, split, arranged=genre is None)


DRUM_LOOP = replace(
    piece(hits(range(0, 120, 6)), bars=3),
    meters=(Meter(0, 4, 4), Meter(48, 3, 4)),
    tempos=(Tempo(0, tempo_bpm(30)), Tempo(48, tempo_bpm(50)), Tempo(60, tempo_bpm(70))),
)
PIECES = [labelled(two_bars(), "jazz"), labelled(DRUM_LOOP, None, "test")]


@pytest.fixture
def shard() -> Shard:
    return pack(PIECES)


def test_every_piece_can_be_taken_out_again(shard: Shard) -> None:
    assert len(shard) == 2
    for index, one in enumerate(PIECES):
        first, last = shard.piece_start[index : index + 2]
        tokens = shard.tokens[shard.bar_start[first] : shard.bar_start[last]]
        again = decode(tokens.tolist())
        assert again.notes == one.score.notes
        assert again.chords == one.score.chords


def test_every_bar_has_its_meter_and_the_tempo_at_its_line(shard: Shard) -> None:
    assert [METERS[i] for i in shard.bar_meter] == [(4, 4), (4, 4), (4, 4), (3, 4), (3, 4)]
    assert shard.bar_tempo.tolist() == [tempo_step(120.0), tempo_step(100.0), 30, 50, 70]


def test_levels_are_kept_to_a_sixteenth(shard: Shard) -> None:
    density = np.concatenate([one.measures.density for one in PIECES])
    polyphony = np.concatenate([one.measures.polyphony for one in PIECES])
    assert np.abs(level_values(shard.bar_density) - density).max() <= 1 / 32
    assert np.abs(level_values(shard.bar_polyphony) - polyphony).max() <= 1 / 32


def test_pitch_classes_are_kept_with_their_weight(shard: Shard) -> None:
    weights = shard.bar_classes * shard.bar_ticks[:, None] / 255
    truth = np.concatenate([one.measures.pitch_class_ticks for one in PIECES])
    assert np.abs(weights - truth).max() <= 0.5
    assert not shard.bar_classes[2:].any()


def test_what_is_not_known_is_told_apart(shard: Shard) -> None:
    assert shard.genre.tolist() == [GENRES.index("jazz"), NO_GENRE]
    assert mood_value(int(shard.mood[1, 0])) is None
    assert mood_value(int(shard.mood[0, 0])) == pytest.approx(PIECES[0].controls.valence, abs=0.005)
    assert [SPLITS[i] for i in shard.split] == ["train", "test"]
    assert shard.arranged.tolist() == [False, True]


@pytest.mark.parametrize("pieces", [PIECES, []], ids=["two pieces", "no pieces"])
def test_a_shard_is_saved_whole_and_read_as_it_was(
    pieces: list[LabelledPiece], tmp_path: Path
) -> None:
    shard = pack(pieces)
    shard.save(tmp_path / "a.npz")
    again = Shard.load(tmp_path / "a.npz")
    for field in fields(Shard):
        one, other = getattr(shard, field.name), getattr(again, field.name)
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


def test_the_same_shard_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        pack(PIECES).save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
