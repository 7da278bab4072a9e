"""The meter reads what the standard says it must read."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.loudness import SILENCE_LUFS, loudness_lufs, measure_loudness
from engine.audio.pcm import SAMPLE_RATE_HZ
from tests.engine.audio.pieces import sine


def test_a_sine_reads_its_level() -> None:
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS reads -23 LUFS."""
    found = measure_loudness(sine(10 ** (-23 / 20), 20.0, 1000.0))
    assert found.lufs == pytest.approx(-23.0, abs=0.1)
    assert found.true_peak_db == pytest.approx(-23.0, abs=0.2)


def test_silence_between_is_not_counted() -> None:
    """EBU Tech 3341, case 3: the gate leaves out what is 10 LU softer."""
    loud, soft = sine(10 ** (-23 / 20), 20.0, 1000.0), sine(10 ** (-60 / 20), 20.0, 1000.0)
    assert loudness_lufs(np.concatenate([soft, loud, soft])) == pytest.approx(-23.0, abs=0.1)


def test_a_peak_between_the_samples_is_seen() -> None:
    """A quarter of the sample rate at 45 degrees: no sample is over 0.707 of the wave."""
    wave = np.sin(np.pi / 2 * np.arange(SAMPLE_RATE_HZ) + np.pi / 4) * 0.5
    pcm = np.stack([wave, wave], axis=1).astype(np.float32)
    assert np.abs(pcm).max() == pytest.approx(0.3536, abs=1e-3)
    assert measure_loudness(pcm).true_peak_db == pytest.approx(-6.02, abs=0.7)


@pytest.mark.parametrize("frames", [0, 1, 1000, SAMPLE_RATE_HZ + 17])
def test_silence_of_any_length_has_no_loudness(frames: int) -> None:
    found = measure_loudness(np.zeros((frames, 2), np.float32))
    assert found == (SILENCE_LUFS, float("-inf"))


@pytest.mark.parametrize("seconds", [1.5, 3.03, 7.777])
def test_any_length_is_measured_to_its_end(seconds: float) -> None:
    """The filter is silent about frames that complete no tenth of a second."""
    assert loudness_lufs(sine(0.1, seconds, 1000.0)) == pytest.approx(-20.0, abs=0.1)
