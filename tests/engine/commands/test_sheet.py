"""``sheet`` on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.request.parse import parse
from engine.request.resolve import resolve
from engine.score.midi import write_midi
from tests.engine.sheet.pieces import PIANO_HANDS


@pytest.fixture
def midi(tmp_path: Path) -> Path:
    path = tmp_path / "my-piece.mid"
    path.write_bytes(write_midi(PIANO_HANDS))
    return path


def test_it_writes_all_formats_and_prints_their_paths(
    midi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["sheet", str(midi), "--out", str(out)]) == 0
    paths = capsys.readouterr().out.split()
    assert paths == [
        str(out / name) for name in ("my-piece.musicxml", "my-piece.pdf", "my-piece.1.png")
    ]
    assert sorted(str(path) for path in out.iterdir()) == sorted(paths)


def test_the_piece_s_own_json_says_title_and_key(
    midi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = replace(resolve(parse("sad waltz"), seed=1), key="C# major").to_json()
    details = {"title": "Sad waltz in C# major", "brief": brief}
    midi.with_suffix(".json").write_text(json.dumps(details))
    options = ["sheet", str(midi), "--out", str(tmp_path), "--format", "musicxml", "--json"]
    assert main(options) == 0
    about = json.loads(capsys.readouterr().out)
    assert (about["title"], about["key"]) == ("Sad waltz in Db major", "Db major")
    assert (about["bars"], about["parts"], about["staves"], about["pages"]) == (1, 1, 2, None)
    assert "<fifths>-5</fifths>" in (tmp_path / "my-piece.musicxml").read_text()


def test_a_json_of_someone_else_is_passed_by(
    midi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    midi.with_suffix(".json").write_text("[]")
    options = ["sheet", str(midi), "--out", str(tmp_path), "--format", "musicxml", "--json"]
    assert main(options) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "my piece"


def test_an_unknown_format_is_named(
    midi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["sheet", str(midi), "--out", str(tmp_path), "--format", "pdf,jpg"])
    assert "'jpg' is none of musicxml, pdf, png" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_refused(
    midi: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sheet", str(midi), "--out", str(midi), "--format", "musicxml"]) == 2
    assert "choose another with --out" in capsys.readouterr().err
