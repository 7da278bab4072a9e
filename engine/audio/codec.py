"""Samples to the bytes of an audio file and back, by ffmpeg's libraries (PyAV)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm
from engine.errors import ToolError


class Codec(NamedTuple):
    """A way to write samples down, in ffmpeg's names."""

    name: str
    """As people say it."""
    suffix: str
    """Of the file's name."""
    container: str
    encoder: str
    sample_format: str
    """What the encoder is given; decides 16 or 24 bits of FLAC."""


MP3 = Codec("mp3", "mp3", "mp3", "libmp3lame", "fltp")
OPUS = Codec("ogg", "ogg", "ogg", "libopus", "flt")
WAV = Codec("wav", "wav", "wav", "pcm_s16le", "s16")
FLAC_24 = Codec("24-bit FLAC", "flac", "flac", "flac", "s32")
FLAC_16 = Codec("16-bit FLAC", "flac", "flac", "flac", "s16")

OPUS_RATE_HZ = 48_000
"""Opus knows no 44,100 Hz."""


class Quality(NamedTuple):
    """A codec and how much it may spend."""

    codec: Codec
    bitrate_kbps: int | None = None
    """None where the codec loses nothing."""
    sample_rate_hz: int = SAMPLE_RATE_HZ
    channels: int = 2

    @property
    def name(self) -> str:
        """As in ``mp3 at 24 kbit/s mono``."""
        rate = "" if self.bitrate_kbps is None else f" at {self.bitrate_kbps} kbit/s"
        return self.codec.name + rate + (" mono" if self.channels == 1 else "")


_BITEXACT = {"fflags": "+bitexact"}
"""No random serial number and no program version: the same samples give the same file."""

_CHUNK_FRAMES = 48_000


def write_audio(pcm: Pcm, quality: Quality, tags: Mapping[str, str], gain: float = 1.0) -> bytes:
    """Return samples (frames, 2), times a gain, as a file; what exceeds full scale is clipped.

    One channel is the mean of both, so that it is as loud. ``tags`` are ffmpeg's (title, artist,
    comment ...); mp3 and ogg keep others by their own names. Raises ToolError when ffmpeg fails.
    """
    import av
    from av.codec.context import Flags

    codec = quality.codec
    buffer = io.BytesIO()
    try:
        with av.open(buffer, "w", format=codec.container, options=_BITEXACT) as file:
            stream: Any = file.add_stream(codec.encoder, rate=quality.sample_rate_hz)
            stream.layout = "stereo" if quality.channels == 2 else "mono"
            stream.format = codec.sample_format
            if quality.bitrate_kbps is not None:
                stream.bit_rate = 1000 * quality.bitrate_kbps
            stream.codec_context.flags |= Flags.bitexact
            file.metadata.update({name: _sayable(text) for name, text in tags.items()})
            for frame in _frames(pcm, quality.channels, gain):
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
    except (av.FFmpegError, av.codec.codec.UnknownCodecError) as error:
        raise ToolError(
            f"ffmpeg could not write {quality.name} ({error}); install the package 'av' of "
            "requirements.lock again"
        ) from error
    return buffer.getvalue()


def read_audio(data: bytes) -> tuple[Pcm, int]:
    """Return the samples (frames, 2) of an audio file and its sample rate, as a player has them.

    A single channel is given to both sides.
    """
    import av

    with av.open(io.BytesIO(data), "r") as file:
        stream = file.streams.audio[0]
        resampler = av.AudioResampler("fltp", stream.layout.name, stream.rate)
        planes = [
            part.to_ndarray().astype(np.float32, copy=False).T
            for frame in (*file.decode(audio=0), None)
            for part in resampler.resample(frame)
        ]
        rate = int(stream.rate)
    samples = np.concatenate(planes)  # (frames, channels)
    return samples.repeat(2, axis=1) if samples.shape[1] == 1 else samples, rate


def _sayable(text: str) -> str:
    """Return a text without the halves of characters that names of files can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _frames(pcm: Pcm, channels: int, gain: float) -> Iterator[Any]:
    """Yield the samples as ffmpeg's frames."""
    import av

    layout = "stereo" if channels == 2 else "mono"
    for start in range(0, len(pcm), _CHUNK_FRAMES):
        chunk = pcm[start : start + _CHUNK_FRAMES] * np.float32(gain)
        if channels == 1:
            chunk = chunk.mean(axis=1, keepdims=True)
        chunk = np.ascontiguousarray(np.clip(chunk, -1, 1))
        frame = av.AudioFrame.from_ndarray(chunk.reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts = start
        yield frame
