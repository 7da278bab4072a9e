"""A file plays as long as the samples last, fits where it must and never peaks too high."""

from __future__ import annotations

import io
import sys
import wave
from typing import Any, get_args

import av
import numpy as np
import pytest

from engine.audio.codec import read_audio, write_audio
from engine.audio.encode import LADDERS, MAX_TRUE_PEAK_DB, AudioFormat, encode, size_name
from engine.audio.loudness import measure_loudness
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm
from engine.errors import BadInputError, ToolError
from tests.engine.audio.pieces import sine

PCM = sine(0.3, hz=350.0)
FORMATS = get_args(AudioFormat)


def noise(seconds: float, loudness: float = 0.3) -> Pcm:
    """Nothing costs an encoder more."""
    wave = np.random.default_rng(0).standard_normal((int(seconds * SAMPLE_RATE_HZ), 2))
    return np.clip(wave * loudness, -0.7, 0.7).astype(np.float32)


def tags_of(data: bytes) -> dict[str, str]:
    with av.open(io.BytesIO(data)) as file:
        return {**file.metadata, **file.streams.audio[0].metadata}


@pytest.mark.parametrize("audio_format", FORMATS)
def test_every_format_plays_what_went_in(audio_format: AudioFormat) -> None:
    encoded = encode(PCM, audio_format)
    heard, rate = read_audio(encoded.data)
    assert encoded.suffix == audio_format
    assert encoded.quality == LADDERS[audio_format][0]
    assert encoded.remark is None
    assert len(heard) / rate == pytest.approx(2.0, abs=0.1)
    assert measure_loudness(heard, rate).lufs == pytest.approx(measure_loudness(PCM).lufs, abs=0.4)
    spectrum = np.abs(np.fft.rfft(heard[:rate, 0]))
    assert abs(int(spectrum.argmax()) - 350) <= 1


@pytest.mark.parametrize("audio_format", FORMATS)
def test_left_stays_left(audio_format: AudioFormat) -> None:
    heard, _ = read_audio(encode(PCM * np.float32([1, 0]), audio_format).data)
    assert np.abs(heard[:, 0]).max() > 0.2
    assert np.abs(heard[:, 1]).max() < 0.02


@pytest.mark.parametrize("audio_format", FORMATS)
def test_the_same_samples_give_the_same_file(audio_format: AudioFormat) -> None:
    assert encode(PCM, audio_format, {"title": "a"}) == encode(PCM, audio_format, {"title": "a"})


def test_wav_holds_the_samples() -> None:
    pcm = np.array([[0.0, 0.5], [0.25, -0.25], [0.1, -0.7]], np.float32)
    with wave.open(io.BytesIO(encode(pcm, "wav").data)) as file:
        samples = np.frombuffer(file.readframes(3), "<i2").reshape(-1, 2)
    assert samples.tolist() == np.rint(pcm * 32768).astype(int).tolist()


@pytest.mark.parametrize("audio_format", ["mp3", "ogg"])
def test_tags_are_written_as_they_are(audio_format: AudioFormat) -> None:
    tags = {"title": 'it\'s "jazz"; calm = 90 bpm\\ \u266b', "seed": "7", "model": "small-2"}
    assert tags.items() <= tags_of(encode(PCM, audio_format, tags).data).items()


def test_wav_has_the_tags_that_wav_knows() -> None:
    tags = {"title": "Calm jazz", "artist": "Cadenza", "comment": "jazz calm (seed 7)"}
    assert tags.items() <= tags_of(encode(PCM, "wav", tags).data).items()


@pytest.mark.parametrize("audio_format", ["mp3", "ogg"])
@pytest.mark.parametrize("max_bytes", [100_000, 40_000, 20_000, 11_000])
def test_a_limit_is_always_met_and_said(audio_format: AudioFormat, max_bytes: int) -> None:
    encoded = encode(noise(6), audio_format, max_bytes=max_bytes)
    assert len(encoded.data) <= max_bytes
    assert encoded.remark is not None
    assert encoded.remark == (
        f"to fit into {size_name(max_bytes)} the sound is {encoded.quality.name}"
    )
    heard, rate = read_audio(encoded.data)
    assert len(heard) / rate == pytest.approx(6.0, abs=0.2)


def test_the_best_quality_that_fits_is_taken() -> None:
    """A constant bitrate: the next better one would be too large."""
    ladder = LADDERS["mp3"]
    encoded = encode(PCM, "mp3", max_bytes=30_000)
    better = ladder[ladder.index(encoded.quality) - 1]
    assert len(write_audio(PCM, better, {})) > 30_000 >= len(encoded.data)


def test_a_wav_that_does_not_fit_becomes_an_mp3_and_says_so() -> None:
    encoded = encode(PCM, "wav", max_bytes=50_000)
    assert encoded.suffix == "mp3"
    assert len(encoded.data) <= 50_000
    assert encoded.remark == (
        f"a wav does not fit into 48.8 KiB, so this is {encoded.quality.name}"
    )


def test_what_fits_at_no_quality_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"^20 seconds do not fit into 9.77 KiB as mp3 at any"):
        encode(noise(20), "mp3", max_bytes=10_000)


@pytest.mark.parametrize("audio_format", FORMATS)
@pytest.mark.parametrize("max_bytes", [None, 25_000])
def test_no_file_peaks_over_the_ceiling_even_if_the_samples_do(
    audio_format: AudioFormat, max_bytes: int | None
) -> None:
    encoded = encode(noise(3, loudness=1.0) * np.float32(1.3), audio_format, max_bytes=max_bytes)
    heard, rate = read_audio(encoded.data)
    assert measure_loudness(heard, rate).true_peak_db < MAX_TRUE_PEAK_DB
    assert encoded.loudness == measure_loudness(heard, rate)


def test_one_channel_is_as_loud_as_two() -> None:
    """ffmpeg's own downmix makes what both sides share 3 dB louder."""
    stereo = encode(PCM, "mp3").loudness.lufs
    mono = encode(PCM, "mp3", max_bytes=6_500)
    assert mono.quality.channels == 1
    assert mono.loudness.lufs == pytest.approx(stereo, abs=1)


def test_opus_is_not_refused_what_it_does_not_need() -> None:
    """Two minutes of silence after a tone take a seventh of the bitrate's size."""
    pcm = np.concatenate([PCM, np.zeros((60 * SAMPLE_RATE_HZ, 2), np.float32)])
    best = encode(pcm, "ogg")
    assert encode(pcm, "ogg", max_bytes=len(best.data)) == best
    assert len(encode(pcm, "ogg", max_bytes=len(best.data) - 1).data) < len(best.data)


def test_a_name_that_is_no_text_becomes_a_tag() -> None:
    title = b"bad\xff.mid".decode("utf-8", "surrogateescape")
    assert tags_of(encode(PCM, "mp3", {"title": title}).data)["title"] == "bad?.mid"


def test_an_ffmpeg_that_fails_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise av.FFmpegError(1, "no such encoder")

    monkeypatch.setattr("av.open", refuse)
    with pytest.raises(ToolError, match=r"^ffmpeg could not write mp3 at 192 kbit/s \([^\n]*\); "):
        encode(PCM, "mp3")


def test_ffmpeg_is_loaded_only_when_there_is_sound() -> None:
    assert "av" in sys.modules  # here; that importing the engine does not load it:
    import subprocess

    program = "import sys, engine.compose; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("count", "name"),
    [(10 * 2**20, "10 MiB"), (2**20, "1 MiB"), (800_000, "781 KiB"), (900, "900 bytes")],
)
def test_sizes_are_said_as_people_say_them(count: int, name: str) -> None:
    assert size_name(count) == name
