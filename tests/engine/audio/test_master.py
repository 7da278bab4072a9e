"""Mastering brings a piece to the wanted loudness and never over the ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audio.master import CEILING_DB, TARGET_LUFS, loudness_lufs, master
from engine.audio.synth import SAMPLE_RATE_HZ, Synth
from tests.engine.audio.pieces import band, scale

CEILING = 10 ** (CEILING_DB / 20)


def sine(amplitude: float, seconds: float = 2.0, hz: float = 997.0) -> np.ndarray:
    time_s = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    wave = amplitude * np.sin(2 * np.pi * hz * time_s)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_loudness_is_the_one_of_the_standard() -> None:
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS reads -23 LUFS."""
    assert loudness_lufs(sine(10 ** (-23 / 20), 20.0, 1000.0)) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("gain", [0.05, 1.0, 8.0])
def test_a_piece_comes_out_equally_loud_however_it_went_in(synth: Synth, gain: float) -> None:
    mastered = master(synth.render(band()) * np.float32(gain))
    assert np.abs(mastered).max() <= CEILING
    assert TARGET_LUFS - 3 < loudness_lufs(mastered) < TARGET_LUFS + 0.5


def test_solo_and_band_are_equally_loud(synth: Synth) -> None:
    solo, together = (loudness_lufs(master(synth.render(score))) for score in (scale(73), band()))
    assert solo == pytest.approx(together, abs=1.5)


@given(
    st.lists(st.floats(-4, 4, width=32), min_size=1, max_size=60),
    st.integers(1, 400),
)
@settings(max_examples=40)
def test_no_sample_passes_the_ceiling(steps: list[float], repeat: int) -> None:
    left = np.repeat(np.array(steps, np.float32), repeat)
    pcm = np.stack([left, -left[::-1]], axis=1)
    mastered = master(pcm)
    assert mastered.dtype == np.float32
    assert mastered.shape == pcm.shape
    assert np.abs(mastered).max() <= CEILING + 1e-6


def test_a_lone_click_stays_soft_rather_than_being_crushed() -> None:
    pcm = sine(0.001)
    pcm[SAMPLE_RATE_HZ] = 0.9
    assert loudness_lufs(master(pcm)) < TARGET_LUFS - 3


def test_silence_stays_silence() -> None:
    silence = np.zeros((1000, 2), np.float32)
    assert np.array_equal(master(silence), silence)


def test_the_argument_is_not_changed() -> None:
    pcm = sine(0.1)
    before = pcm.copy()
    master(pcm)
    assert np.array_equal(pcm, before)
