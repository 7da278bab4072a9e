"""``revise`` as a person types it: from a piece to the next, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.score.midi import read_midi_file


class Ran:
    """What a command did: exit status, the paths on stdout, the lines of stderr."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.lines = status, out, err.strip().splitlines()

    @property
    def files(self) -> dict[str, Path]:
        return {Path(line).suffix: Path(line) for line in self.out.splitlines()}


@pytest.fixture
def engine(capsys: pytest.CaptureFixture[str]) -> object:
    def run(*argv: object) -> Ran:
        status = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


def test_a_piece_of_the_shipped_model_is_revised_and_found_again(engine, tmp_path: Path) -> None:
    silent = ("--out", tmp_path, "--audio", "none", "--candidates", 1)
    text = "calm folk in D major at 90 for piano and flute, 2 bars"
    first = engine("compose", text, "--seed", 3, *silent).files

    ran = engine("revise", first[".json"], "slower, harp instead of piano, blarg", *silent)
    assert ran.status == 0
    assert "changed: 72 BPM instead of 90, harp instead of piano" in ran.lines
    assert "not understood: blarg" in ran.lines
    second = ran.files
    assert read_midi_file(second[".mid"]).programs == (46, 73)
    told = json.loads(second[".json"].read_text())
    assert (told["parent"], told["exact"]) == (first[".json"].stem, True)

    ran = engine("revise", second[".json"], "add cello", "--seed", 4, "--json", *silent)
    (third,) = json.loads(ran.out)
    assert third["parent"] == second[".json"].stem
    assert third["brief"]["programs"] == [42, 46, 73]
    assert (third["seed"], third["exact"], third["changes"]) == (4, False, ["cello added"])

    count = len(list(tmp_path.iterdir()))
    ran = engine("revise", third["files"]["json"], "undo", "--out", tmp_path)
    assert ran.files == second
    assert ran.lines == ["back to the version before"]
    ran = engine("revise", third["files"]["json"], "the first one again", "--out", tmp_path)
    assert ran.files == first
    (again,) = json.loads(
        engine("revise", third["files"]["json"], "undo", "--out", tmp_path, "--json").out
    )
    assert again == told
    assert len(list(tmp_path.iterdir())) == count

    ran = engine("revise", first[".json"], "undo", "--out", tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.lines == [f"{first['.json'].stem} is the first version; there is none before it"]

    ran = engine("revise", first[".json"], "blarg", "--out", tmp_path)
    assert ran.status == 2
    assert 'ask for example for "slower"' in ran.lines[0]

    second[".mid"].unlink()
    ran = engine("revise", second[".json"], "slower", "--out", tmp_path)
    assert ran.status == 2
    assert "the notes of the piece must lie beside its JSON" in ran.lines[0]
    first[".json"].unlink()
    ran = engine("revise", second[".json"], "undo", "--out", tmp_path)
    assert ran.status == 2
    assert f"{first['.json'].name} is missing" in ran.lines[0]
