"""How loud samples are: integrated loudness and true peak, by ffmpeg's ebur128 filter.

The standards: ITU-R BS.1770-4 (loudness, gated; true peak, oversampled) and EBU R 128.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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


def loudness_lufs(pcm: Pcm, curve: NDArray[np.float32] | None = None) -> float:
    """Return the loudness of samples (frames, 2) alone, in a quarter of the time.

    ``curve``: a gain for every frame that is put on them first. (frames,)
    """
    return _lufs(_measured(pcm, SAMPLE_RATE_HZ, "none", curve))


def _lufs(found: dict[str, str]) -> float:
    lufs = float(found.get("lavfi.r128.I", "nan"))
    return SILENCE_LUFS if math.isnan(lufs) else lufs


def _measured(
    pcm: Pcm, rate: int, peak: str, curve: NDArray[np.float32] | None = None
) -> dict[str, str]:
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

    frames = max(len(pcm), 2 * _BLOCK_FRAMES)
    latest: dict[str, str] = {}
    for start in range(0, frames, _CHUNK_FRAMES):
        end = min(start + _CHUNK_FRAMES, frames)
        chunk = np.zeros((end - start, 2), np.float32)  # silence after what is short
        heard = pcm[start:end]
        chunk[: len(heard)] = heard if curve is None else heard * curve[start:end, None]
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
