"""A file appears whole or not at all, and plays as long as the samples last."""

from __future__ import annotations

import json
import subprocess
import wave
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pydub import AudioSegment

from engine.audio.encode import AudioFormat, encode
from engine.audio.synth import SAMPLE_RATE_HZ
from engine.errors import OutputFolderError, ToolError

PCM = (0.3 * np.sin(np.arange(2 * SAMPLE_RATE_HZ) / 20)).astype(np.float32)[:, None].repeat(2, 1)


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("audio_format", get_args(AudioFormat))
def test_every_format_plays_for_as_long_as_the_samples(
    tmp_path: Path, audio_format: AudioFormat
) -> None:
    path = tmp_path / f"piece.{audio_format}"
    encode(PCM, audio_format, path)
    found = probe(path)
    assert float(found["format"]["duration"]) == pytest.approx(2.0, abs=0.1)
    assert found["streams"][0]["channels"] == 2
    assert found["streams"][0]["sample_rate"] == str(SAMPLE_RATE_HZ)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("audio_format", get_args(AudioFormat))
def test_the_same_samples_give_the_same_file(tmp_path: Path, audio_format: AudioFormat) -> None:
    paths = [tmp_path / f"{name}.{audio_format}" for name in "ab"]
    for path in paths:
        encode(PCM, audio_format, path, {"title": "a piece"})
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_wav_holds_the_samples_and_clips_rather_than_wraps(tmp_path: Path) -> None:
    pcm = np.array([[0.0, 0.5], [1.0, -1.0], [3.0, -3.0]], np.float32)
    encode(pcm, "wav", tmp_path / "a.wav")
    with wave.open(str(tmp_path / "a.wav")) as file:
        samples = np.frombuffer(file.readframes(3), "<i2").reshape(-1, 2)
    assert samples.tolist() == [[0, 16384], [32767, -32767], [32767, -32767]]


@pytest.mark.parametrize("audio_format", ["mp3", "ogg"])
def test_tags_are_written_as_they_are(tmp_path: Path, audio_format: AudioFormat) -> None:
    path = tmp_path / f"a.{audio_format}"
    title = 'it\'s "jazz"; calm = 90 bpm\\ \u266b'
    encode(PCM, audio_format, path, {"title": title, "artist": "Cadenza"})
    found = probe(path)
    tags = {**found["format"].get("tags", {}), **found["streams"][0].get("tags", {})}
    assert {name.lower(): value for name, value in tags.items()}["title"] == title


def test_a_lower_bitrate_makes_a_smaller_file(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, PCM.shape).astype(np.float32)
    encode(noise, "mp3", tmp_path / "wide.mp3")
    encode(noise, "mp3", tmp_path / "narrow.mp3", bitrate_kbps=96)
    ratio = (tmp_path / "wide.mp3").stat().st_size / (tmp_path / "narrow.mp3").stat().st_size
    assert ratio == pytest.approx(2.0, rel=0.1)


def test_without_ffmpeg_the_package_is_named_and_wav_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="apt-get install ffmpeg"):
        encode(PCM, "mp3", tmp_path / "a.mp3")
    encode(PCM, "wav", tmp_path / "a.wav")
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


def test_an_ffmpeg_that_fails_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, out = tmp_path / "tools", tmp_path / "out"
    tools.mkdir()
    out.mkdir()
    broken = tools / "ffmpeg"
    broken.write_text(
        "#!/bin/sh\necho 'banner' >&2\necho 'Unknown encoder libmp3lame' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(ToolError, match=r"^ffmpeg could not write mp3 \([^\n]*\); [^\n]*$"):
        encode(PCM, "mp3", out / "a.mp3")
    assert list(out.iterdir()) == []


def test_ctrl_c_keeps_the_old_file_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pydub itself leaves its temporary files behind when it is interrupted."""
    path = tmp_path / "a.mp3"
    path.write_bytes(b"the version before")

    def interrupted(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pydub.audio_segment.subprocess.Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        encode(PCM, "mp3", path)
    assert path.read_bytes() == b"the version before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputFolderError, match="cannot be written"):
        encode(PCM, "wav", tmp_path / "nowhere" / "a.wav")


def test_mp3_can_be_read_back(tmp_path: Path) -> None:
    encode(PCM, "mp3", tmp_path / "a.mp3")
    heard = AudioSegment.from_file(tmp_path / "a.mp3")
    assert heard.max_dBFS == pytest.approx(20 * np.log10(0.3), abs=1.0)
