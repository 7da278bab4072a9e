"""How loud samples are: integrated loudness and true peak, by ffmpeg's ebur128 filter.

The standards: ITU-R BS.1770-4 (loudness, gated; true peak, oversampled) and EBU R 128.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm, db

SILENCE_LUFS = -70.0
"""The standard's absolute gate: what is softer has no loudness."""

_CHUNK_FRAMES = SAMPLE_RATE_HZ
_BLOCK_FRAMES = SAMPLE_RATE_HZ * 2 // 5
"""Loudness is measured in blocks of 400 ms; shorter sounds are measured with silence after."""


class Loudness(NamedTuple):
    """What a loudness meter shows at the end of a piece."""

    lufs: float
    """Integrated loudness; SILENCE_LUFS or less for silence."""
    true_peak_db: float
    """The highest peak between the samples, dB of full scale; -inf for silence."""


def measure_loudness(pcm: Pcm, sample_rate_hz: int = SAMPLE_RATE_HZ) -> Loudness:
    """Return loudness and true peak of samples (frames, 2)."""
    found = _measured(pcm, sample_rate_hz, "true")
    # The filter prints the peak as an amplitude, in steps of 0.001: 0.01 dB near full scale.
    return Loudness(_lufs(found), db(float(found.get("lavfi.r128.true_peak", 0))))


def loudness_lufs(pcm: Pcm) -> float:
    """Return the loudness of samples (frames, 2) alone, in a quarter of the time."""
    return _lufs(_measured(pcm, SAMPLE_RATE_HZ, "none"))


def _lufs(found: dict[str, str]) -> float:
    lufs = float(found.get("lavfi.r128.I", "nan"))
    return SILENCE_LUFS if math.isnan(lufs) else lufs


def _measured(pcm: Pcm, rate: int, peak: str) -> dict[str, str]:
    """Return what the filter says after the last frame, by its own names."""
    import av  # here, because it loads ffmpeg, which only sound needs
    from av.filter import Graph

    graph = Graph()
    source = graph.add_abuffer(
        format="flt", sample_rate=rate, layout="stereo", time_base=Fraction(1, rate)
    )
    meter = graph.add("ebur128", f"metadata=1:framelog=quiet:peak={peak}")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()

    padded = np.pad(pcm, ((0, max(0, 2 * _BLOCK_FRAMES - len(pcm))), (0, 0)))
    latest: dict[str, str] = {}
    for start in range(0, len(padded), _CHUNK_FRAMES):
        chunk = np.ascontiguousarray(padded[start : start + _CHUNK_FRAMES], np.float32)
        frame = av.AudioFrame.from_ndarray(chunk.reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate = rate
        frame.pts = start
        graph.push(frame)
        latest = _drained(graph, latest)
    graph.push(None)
    return _drained(graph, latest)


def _drained(graph: Any, latest: dict[str, str]) -> dict[str, str]:
    """Pull what the filter has ready; return the newest of its words."""
    import av

    while True:
        try:
            # A frame that completes no tenth of a second says nothing.
            latest = dict(graph.pull().metadata) or latest
        except (av.BlockingIOError, av.EOFError):
            return latest
