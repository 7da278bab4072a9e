"""A recording is loud enough, never too loud, ends in silence, and is the sum of its stems."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest

from engine.audio.codec import read_audio
from engine.audio.loudness import measure_loudness
from engine.audio.mix import Channel
from engine.audio.pcm import Pcm
from engine.audio.production import PRODUCTIONS, STUDIO, production_of
from engine.audio.recording import Recording, record, stems
from engine.audio.stems import zip_stems
from engine.audio.synth import TAIL_S, Synth
from engine.errors import BadInputError
from tests.engine.audio.pieces import band, scale

TAGS = {"title": "Band", "artist": "Cadenza"}


def ignore(share: float) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def recording(synth: Synth) -> Recording:
    return record(band(), synth, STUDIO, ignore)


def below_db(part: np.ndarray, whole: np.ndarray) -> float:
    return float(10 * np.log10((part**2).mean() / (whole**2).mean() + 1e-30))


def test_a_recording_has_the_loudness_of_a_stream_and_headroom(recording: Recording) -> None:
    loudness = measure_loudness(recording.pcm)
    assert loudness.lufs == pytest.approx(-14, abs=0.5)
    assert loudness.true_peak_db < -1


def test_it_is_as_long_as_the_music_and_its_room_and_ends_in_silence(recording: Recording) -> None:
    assert band().seconds < recording.seconds <= band().seconds + TAIL_S + 0.05
    assert np.abs(recording.pcm[-64:]).max() < 1e-4


def test_it_begins_without_a_click(recording: Recording) -> None:
    assert np.abs(np.diff(recording.pcm[:8], axis=0)).max() < 0.05


def test_the_same_score_gives_the_same_recording_and_another_seed_another(
    synth: Synth, recording: Recording
) -> None:
    assert np.array_equal(recording.pcm, record(band(), synth, STUDIO, ignore).pcm)
    other = record(band(), synth, production_of(None, seed=1), ignore).pcm
    assert not np.array_equal(recording.pcm, other)


@pytest.mark.parametrize("genre", sorted(PRODUCTIONS))
def test_every_genre_is_produced_to_the_same_loudness(synth: Synth, genre: str) -> None:
    loudness = measure_loudness(record(band(), synth, PRODUCTIONS[genre], ignore).pcm)
    assert loudness.lufs == pytest.approx(-14, abs=1)
    assert loudness.true_peak_db < -1


def test_solo_and_band_are_equally_loud(synth: Synth, recording: Recording) -> None:
    solo = measure_loudness(record(scale(73), synth, STUDIO, ignore).pcm)
    assert solo.lufs == pytest.approx(measure_loudness(recording.pcm).lufs, abs=1)


def test_the_stems_add_up_to_the_recording(synth: Synth, recording: Recording) -> None:
    alone = [pcm for _, pcm in stems(recording, band(), synth, STUDIO, ignore)]
    assert {len(pcm) for pcm in alone} == {len(recording.pcm)}
    assert max(np.abs(pcm).max() for pcm in alone) < 1
    assert below_db(sum(alone) - recording.pcm, recording.pcm) < -120


@pytest.mark.parametrize("bits", [24, 16])
def test_the_files_of_the_zip_add_up_to_the_recording(
    synth: Synth, recording: Recording, bits: int
) -> None:
    def play() -> Iterator[tuple[Channel, Pcm]]:
        return stems(recording, band(), synth, STUDIO, ignore)

    max_bytes = None if bits == 24 else len(zip_stems(play, TAGS).data) - 1
    zipped = zip_stems(play, TAGS, max_bytes)
    with zipfile.ZipFile(io.BytesIO(zipped.data)) as archive:
        assert archive.namelist() == [
            "01 acoustic grand piano.flac",
            "02 acoustic bass.flac",
            "03 standard kit.flac",
        ]
        total = sum(read_audio(archive.read(name))[0] for name in archive.namelist())
    assert zipped.quality.name == f"{bits}-bit FLAC"
    assert (zipped.remark is None) == (max_bytes is None)
    assert below_db(total - recording.pcm, recording.pcm) < -60
    assert zip_stems(play, TAGS, max_bytes).data == zipped.data


def test_stems_fit_where_they_must_and_say_what_it_cost(synth: Synth, recording: Recording) -> None:
    zipped = zip_stems(lambda: stems(recording, band(), synth, STUDIO, ignore), TAGS, 60_000)
    assert len(zipped.data) <= 60_000
    assert zipped.remark is not None
    assert "kbit/s" in zipped.remark
    assert "for the ear" in zipped.remark
    with pytest.raises(BadInputError, match="do not fit into 9.77 KiB at any quality"):
        zip_stems(lambda: stems(recording, band(), synth, STUDIO, ignore), TAGS, 10_000)
