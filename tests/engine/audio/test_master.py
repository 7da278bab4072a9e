"""Mastering brings a piece to the wanted loudness and never over the ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio.loudness import loudness_lufs
from engine.audio.master import CEILING_DB, RELEASE_DB_S, TARGET_LUFS, mastering_curve
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm, ratio
from tests.engine.audio.pieces import sine

CEILING = ratio(CEILING_DB)


def mastered(pcm: Pcm) -> Pcm:
    return pcm * mastering_curve(pcm, np.abs(pcm).max(axis=1))[:, None]


def bursts(amplitude: float) -> Pcm:
    """A tone with a loud fiftieth of a second in every one."""
    pcm = sine(0.08, 8.0)
    for second in range(8):
        pcm[second * SAMPLE_RATE_HZ : second * SAMPLE_RATE_HZ + 882] *= 10
    return pcm * np.float32(amplitude)


@pytest.mark.parametrize("gain", [0.01, 1.0, 8.0])
def test_a_piece_comes_out_equally_loud_however_it_went_in(gain: float) -> None:
    assert loudness_lufs(mastered(bursts(gain))) == pytest.approx(TARGET_LUFS, abs=0.3)


@given(st.lists(st.floats(-4, 4, width=32), min_size=1, max_size=60), st.integers(1, 400))
@settings(max_examples=40)
def test_no_sample_passes_the_ceiling(steps: list[float], repeat: int) -> None:
    left = np.repeat(np.array(steps, np.float32), repeat)
    pcm = np.tile(np.stack([left, -left[::-1]], axis=1), (20, 1))
    result = mastered(pcm)
    assert result.shape == pcm.shape
    assert np.abs(result).max() <= CEILING + 1e-6 or loudness_lufs(pcm) <= -70


def test_the_gain_falls_before_a_peak_and_comes_back_slowly() -> None:
    pcm = bursts(1.0)
    curve = mastering_curve(pcm, np.abs(pcm).max(axis=1))
    burst = 3 * SAMPLE_RATE_HZ
    assert curve[burst] < 0.8 * curve[burst - SAMPLE_RATE_HZ // 10]
    rises_db_s = np.diff(20 * np.log10(curve)) * SAMPLE_RATE_HZ
    assert rises_db_s.max() <= RELEASE_DB_S * 1.05


def test_what_only_a_stem_would_clip_is_turned_down_as_well() -> None:
    """Two instruments can cancel in the mix; each is louder than their sum."""
    pcm = sine(0.2)
    alone = np.abs(pcm).max(axis=1) * 8
    assert (alone * mastering_curve(pcm, alone)).max() <= CEILING + 1e-6


def test_a_lone_click_stays_soft_rather_than_being_crushed() -> None:
    pcm = sine(0.001)
    pcm[SAMPLE_RATE_HZ] = 0.9
    assert loudness_lufs(mastered(pcm)) < TARGET_LUFS - 3


@pytest.mark.parametrize("frames", [0, 1, 5000])
def test_silence_stays_silence(frames: int) -> None:
    silence = np.zeros((frames, 2), np.float32)
    assert np.array_equal(mastered(silence), silence)
