"""A folder becomes shards once: what breaks is named, what is interrupted goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.corpus import build
from engine.corpus.build import build_corpus, label
from engine.corpus.manifest import load_shards, read_manifest
from engine.corpus.shard import SPLITS
from engine.corpus.sources import Piece
from engine.errors import BadInputError, CadenzaError, OutputFolderError
from engine.score.midi import write_midi
from engine.score.units import GRID
from engine.tokens import vocab
from engine.tokens.decode import decode
from engine.tokens.grammar import first_illegal
from tests.engine.corpus.tunes import march, save, waltz_in_four
from tests.engine.score.pieces import melody, piece
from tests.midi import make

GOOD = ("folk/a.mid", "folk/b.mid", "jazz/c.mid", "jazz/d.mid", "pop/e.mid")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five good pieces, a broken one and one that is too short."""
    save(tmp_path / "in", GOOD)
    (tmp_path / "in" / "pop" / "broken.mid").write_bytes(make.cut_off())
    (tmp_path / "in" / "pop" / "short.mid").write_bytes(write_midi(piece(melody([60] * 4))))
    return tmp_path / "in"


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "PIECES_A_SHARD", 3)


class Told:
    """Remembers the progress that it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.calls.append((done, total))


def written(out: Path) -> dict[str, int]:
    """The shards and when they were written."""
    return {file.name: file.stat().st_mtime_ns for file in out.glob("shard-*")}


def test_a_broken_file_is_named_and_counted_and_the_others_are_built(
    folder: Path, tmp_path: Path
) -> None:
    manifest = build_corpus([folder], tmp_path / "out", workers=1)
    assert manifest["pieces_found"] == 7
    assert manifest["counts"]["all pieces"] == 5
    assert manifest["left_out"].keys() == {"pop/broken.mid", "pop/short.mid"}
    assert manifest["left_out"]["pop/short.mid"] == "fewer than 16 notes"
    assert "breaks off" in manifest["left_out"]["pop/broken.mid"]
    assert str(tmp_path) not in manifest["left_out"]["pop/broken.mid"]
    assert sum(manifest["left_out_reasons"].values()) == 2
    assert len(manifest["shards"]) == 3


def test_the_manifest_adds_up(folder: Path, tmp_path: Path) -> None:
    manifest = build_corpus([folder], tmp_path / "out", workers=1)
    counts = manifest["counts"]
    for kind in ("split", "genre", "tier"):
        parts = [n for key, n in counts.items() if key.startswith(kind) and key.endswith("notes")]
        assert sum(parts) == counts["all notes"]
    assert counts["genre folk pieces"] == counts["genre jazz pieces"] == 2
    for shard in manifest["shards"]:
        data = (tmp_path / "out" / shard["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == shard["sha256"]
    shards = load_shards(tmp_path / "out")
    assert sum(len(shard) for shard in shards) == counts["all pieces"]
    assert sum(len(shard.tokens) for shard in shards) == counts["all tokens"]
    assert sum(len(shard.bar_meter) for shard in shards) == counts["all bars"]


def test_shards_hold_the_music(folder: Path, tmp_path: Path) -> None:
    build_corpus([folder], tmp_path / "out", workers=1)
    notes = 0
    for shard in load_shards(tmp_path / "out"):
        for first, last in zip(shard.piece_start[:-1], shard.piece_start[1:], strict=True):
            tokens = shard.tokens[shard.bar_start[first] : shard.bar_start[last]].tolist()
            assert first_illegal([*tokens, vocab.END]) is None
            notes += len(decode(tokens).notes)
    saved = [march(lift=lift, bars=8) for lift in range(5)]
    assert notes == sum(len(score.notes) for score in saved)


def test_building_twice_builds_nothing_anew(folder: Path, tmp_path: Path) -> None:
    first = build_corpus([folder], tmp_path / "out", workers=1)
    before = written(tmp_path / "out")
    told = Told()
    assert build_corpus([folder], tmp_path / "out", workers=1, on_progress=told) == first
    assert written(tmp_path / "out") == before
    assert told.calls == [(7, 7)]


@pytest.mark.parametrize("lost", [".json", ".npz"])
def test_an_interrupted_build_goes_on_where_it_stopped(
    folder: Path, tmp_path: Path, lost: str
) -> None:
    """A shard without its arrays once ended every later build with a traceback."""
    out = tmp_path / "out"
    first = build_corpus([folder], out, workers=1)
    shard = (out / first["shards"][1]["file"]).with_suffix("")
    shard.with_suffix(lost).unlink()
    shard.with_suffix(".part").write_bytes(b"half an array")
    shard.with_suffix(".json.part").write_text('{"counts": {')
    (out / "manifest.json").unlink()
    before = written(out)
    told = Told()
    again = build_corpus([folder], out, workers=1, on_progress=told)
    assert again == first
    assert again["hash"] == first["hash"]
    assert told.calls == [(4, 7), (7, 7)]
    after = written(out)
    assert all(after[name] == time for name, time in before.items() if shard.name not in name)
    assert not list(out.glob("*.part"))


def test_a_build_is_a_function_of_its_files(folder: Path, tmp_path: Path) -> None:
    first = build_corpus([folder], tmp_path / "one", workers=1)
    assert build_corpus([folder], tmp_path / "two", workers=2) == first


def test_another_piece_changes_the_hash(folder: Path, tmp_path: Path) -> None:
    first = build_corpus([folder], tmp_path / "out", workers=1)
    (folder / "pop" / "more.mid").write_bytes(write_midi(march(lift=11)))
    second = build_corpus([folder], tmp_path / "out", workers=1)
    assert second["hash"] != first["hash"]
    assert second["counts"]["all pieces"] == 6


def test_a_worker_that_is_killed_ends_in_one_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "build_shard", die)
    with pytest.raises(CadenzaError, match="goes on where it stopped"):
        build_corpus([folder], tmp_path / "out", workers=1)


def die(pieces: Sequence[Piece], path: Path) -> None:
    os._exit(1)


def test_progress_ends_at_the_end(folder: Path, tmp_path: Path) -> None:
    told = Told()
    build_corpus([folder], tmp_path / "out", workers=1, on_progress=told)
    assert told.calls[0] == (0, 7)
    assert told.calls[-1] == (7, 7)
    assert told.calls == sorted(told.calls)


def test_a_folder_that_cannot_be_made_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputFolderError, match="file cannot be written to"):
        build_corpus([folder], tmp_path / "file", workers=1)


def test_a_folder_without_a_corpus_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="python -m engine corpus build"):
        read_manifest(tmp_path)


def test_shards_of_another_vocabulary_are_refused(folder: Path, tmp_path: Path) -> None:
    build_corpus([folder], tmp_path / "out", workers=1)
    path = tmp_path / "out" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "vocabulary": "000000000000"}))
    with pytest.raises(BadInputError, match="another vocabulary"):
        load_shards(tmp_path / "out")


def as_piece(path: Path, data: bytes, **known: str) -> Piece:
    path.write_bytes(data)
    song = {"name": path.name, "song": "s", "split": "train", "tier": "A", "source": "people"}
    return Piece(file=path, genre="jazz", **{**song, **known})


def test_a_label_says_what_the_piece_is(tmp_path: Path) -> None:
    labelled, mended = label(as_piece(tmp_path / "a.mid", write_midi(march())))
    assert not +mended
    assert labelled.score.resolution == GRID
    assert labelled.score.chords[0].quality == ""
    assert labelled.controls.genre == "jazz"
    assert labelled.controls.bars == 16
    assert labelled.controls.meter == (4, 4)
    assert not labelled.arranged


def test_a_label_is_of_the_piece_as_it_was_mended(tmp_path: Path) -> None:
    labelled, mended = label(
        as_piece(tmp_path / "a.mid", write_midi(waltz_in_four()), source="arranged")
    )
    assert mended["wrong meter"] == 1
    assert labelled.controls.meter == (3, 4)
    assert labelled.arranged


@pytest.mark.parametrize("name", {**make.READABLE, **make.REFUSED})
def test_no_awkward_file_breaks_the_build(name: str, tmp_path: Path) -> None:
    one = as_piece(tmp_path / "a.mid", (make.FOLDER / name).read_bytes())
    build.build_shard([one], tmp_path / "shard-x")
    built = json.loads((tmp_path / "shard-x.json").read_text())
    kept = built["counts"].get("all pieces", 0)
    assert kept + len(built["left_out"]) == 1


def test_the_splits_of_a_shard_are_those_of_its_pieces(folder: Path, tmp_path: Path) -> None:
    manifest = build_corpus([folder], tmp_path / "out", workers=1)
    found = np.concatenate([shard.split for shard in load_shards(tmp_path / "out")])
    for index, split in enumerate(SPLITS):
        assert (found == index).sum() == manifest["counts"].get(f"split {split} pieces", 0)
