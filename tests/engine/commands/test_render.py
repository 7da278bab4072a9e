"""``render``: any MIDI file becomes a recording beside which nothing else changes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.audio.codec import read_audio
from engine.request.parse import parse
from engine.request.resolve import resolve
from engine.score.midi import write_midi
from engine.score.model import Meter, Note, Score, Tempo
from tests.engine.audio.pieces import band


@pytest.fixture
def midi(tmp_path: Path) -> Path:
    file = tmp_path / "my band.mid"
    file.write_bytes(write_midi(band()))
    return file


def ran(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in argv])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_paths_of_what_was_written_are_printed(
    capsys: pytest.CaptureFixture[str], midi: Path, tmp_path: Path
) -> None:
    status, out, err = ran(capsys, "render", midi, "--out", tmp_path, "--audio", "ogg", "--stems")
    assert status == 0
    assert out.splitlines() == [
        str(tmp_path / "my band.ogg"),
        str(tmp_path / "my band.stems.zip"),
    ]
    assert midi.exists()
    assert "LUFS, true peak -" in err


def test_a_genre_and_a_seed_are_heard(
    capsys: pytest.CaptureFixture[str], midi: Path, tmp_path: Path
) -> None:
    def bytes_of(*options: str) -> bytes:
        arguments = ("render", midi, "--out", tmp_path, "--audio", "wav", *options)
        assert ran(capsys, *arguments)[0] == 0
        return (tmp_path / "my band.wav").read_bytes()

    plain = bytes_of()
    assert plain == bytes_of("--seed", "0")
    assert len({plain, bytes_of("--seed", "1"), bytes_of("--genre", "hiphop")}) == 3


def test_a_composed_piece_sounds_as_it_was_composed(
    capsys: pytest.CaptureFixture[str], midi: Path, tmp_path: Path
) -> None:
    """Genre, mood and seed are found in NAME.json beside the file."""
    brief = resolve(parse("calm jazz"), seed=3).to_json()
    midi.with_suffix(".json").write_text(json.dumps({"title": "Band", "brief": brief}))
    arguments = ("render", midi, "--out", tmp_path / "out", "--json", "--audio", "wav")
    status, out, _ = ran(capsys, *arguments)
    assert status == 0
    told = json.loads(out)
    assert told["sound"]["mix"][-1]["instrument"] == "brushes"
    assert told["files"] == {"wav": str(tmp_path / "out" / "my band.wav")}
    assert set(told["timings_s"]) == {"render", "encode", "total"}


def test_what_somebody_played_keeps_its_own_timing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Notes off the grid are a performance; another seed must not move them."""
    notes = tuple(Note(i * 480 + 7 * (i % 3), 0, 60 + i % 5, 400, 90) for i in range(8))
    file = tmp_path / "played.mid"
    file.write_bytes(write_midi(Score(480, 2, notes, (Tempo(0, 120.0),), (Meter(0, 4, 4),))))
    heard = []
    for seed in (1, 2):
        arguments = ("render", file, "--out", tmp_path, "--audio", "wav", "--seed", seed)
        assert ran(capsys, *arguments)[0] == 0
        heard.append(read_audio((tmp_path / "played.wav").read_bytes())[0])
    assert np.array_equal(*heard)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--soundfont", "no such font"), "there is no soundfont 'no such font'"),
        (("--audio", "mp3", "--max-bytes", "10kB", "--stems"), "stems do not fit into 9.77 KiB"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    capsys: pytest.CaptureFixture[str],
    midi: Path,
    tmp_path: Path,
    options: tuple[str, ...],
    reason: str,
) -> None:
    status, out, err = ran(capsys, "render", midi, "--out", tmp_path / "out", *options)
    assert status in (1, 2)
    assert reason in err
    assert len(err.splitlines()) == 1
    assert out == ""
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize("size", ["10 parsecs", "-3", "5kB", "", "MiB"])
def test_a_size_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], midi: Path, size: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["render", str(midi), "--out", "x", f"--max-bytes={size}"])
    assert stopped.value.code == 2
    assert "must be a size from 10000 bytes up, as in 10MiB" in capsys.readouterr().err


@pytest.mark.parametrize(
    "odd",
    ["5", "[]", '{"title": "x", "brief": 5}', '{"title": "x", "brief": {"seed": "x"}}', "[" * 9000],
)
def test_a_json_of_somebody_else_is_passed_by(
    capsys: pytest.CaptureFixture[str], midi: Path, tmp_path: Path, odd: str
) -> None:
    midi.with_suffix(".json").write_text(odd)
    assert ran(capsys, "render", midi, "--out", tmp_path / "out", "--audio", "ogg")[0] == 0


def test_a_midi_file_in_disguise_is_not_overwritten(
    capsys: pytest.CaptureFixture[str], midi: Path
) -> None:
    disguised = midi.rename(midi.with_suffix(".mp3"))
    before = disguised.read_bytes()
    status, _, err = ran(capsys, "render", disguised, "--out", disguised.parent)
    assert (status, "would be overwritten; choose another folder" in err) == (2, True)
    assert disguised.read_bytes() == before


def test_a_terminated_command_leaves_nothing_behind(midi: Path, tmp_path: Path) -> None:
    """SIGTERM, as a service manager sends it, once left the scratch folder."""
    long = tuple(Note(i * 12, 48, 60 + i % 5, 12, 80) for i in range(1200))
    midi.write_bytes(write_midi(Score(12, 300, long, (Tempo(0, 120.0),), (Meter(0, 4, 4),))))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "engine", "render", str(midi), "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        while running.poll() is None and not (out.exists() and list(out.iterdir())):
            pass  # until it has begun
        running.terminate()
        assert running.wait() == 130
        assert running.stderr is not None
        assert "cancelled; nothing half-written" in running.stderr.read()
    assert list(out.iterdir()) == []
