"""A recording as a file that people can play, and that fits where it goes: mp3, ogg or wav.

What a lossy codec makes of the samples is decoded and measured again: its peaks are higher
than those that went in, and the promise is about the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.audio.codec import MP3, OPUS, OPUS_RATE_HZ, WAV, Quality, read_audio, write_audio
from engine.audio.loudness import Loudness, measure_loudness
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm, ratio
from engine.errors import BadInputError

AudioFormat = Literal["mp3", "ogg", "wav"]

MAX_TRUE_PEAK_DB = -1.0
"""No file peaks higher, measured on what a player decodes (EBU R 128 s1)."""

LADDERS: dict[AudioFormat, tuple[Quality, ...]] = {
    "mp3": (
        *(Quality(MP3, kbps) for kbps in (192, 160, 128, 112, 96, 80, 64, 56, 48, 40, 32)),
        # MPEG-2 and 2.5 go lower, at half the sample rate and less.
        Quality(MP3, 24, 22_050, 1),
        Quality(MP3, 16, 22_050, 1),
        Quality(MP3, 8, 11_025, 1),
    ),
    "ogg": (
        *(
            Quality(OPUS, kbps, OPUS_RATE_HZ)
            for kbps in (160, 128, 112, 96, 80, 64, 56, 48, 40, 32, 24)
        ),
        *(Quality(OPUS, kbps, OPUS_RATE_HZ, 1) for kbps in (16, 12, 8)),
    ),
    "wav": (Quality(WAV),),
}
"""From best to smallest. The first of each is transparent for most listeners: a minute of mp3
takes 1.4 MB."""

_SPENT = 0.8
"""A lower rung of Opus may take a fifth less than in proportion; what may fit is tried."""

_METER_STEP_DB = 0.01
"""The meter reads no finer near full scale."""

_PEAK_ROUNDS, _PEAK_MARGIN_DB = 8, 0.1
"""So often a file is turned down, a little further each time; at the lowest bitrates a codec's
peaks hardly follow what goes in."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A finished file, in memory."""

    data: bytes
    quality: Quality
    loudness: Loudness
    """Of what a player decodes, a single channel on both sides."""
    remark: str | None = None
    """A sentence, when the limit cost quality."""

    @property
    def suffix(self) -> str:
        """Of the file's name."""
        return self.quality.codec.suffix


def encode(
    pcm: Pcm,
    audio_format: AudioFormat,
    tags: Mapping[str, str] | None = None,
    max_bytes: int | None = None,
) -> Encoded:
    """Return samples (frames, 2) as a file of at most ``max_bytes``; the same bytes every time.

    The best quality that fits is taken; ``remark`` says so when it is not the first. wav knows
    no lower quality, so where it does not fit an mp3 is made in its place.

    Raises BadInputError when the piece is too long for the limit at any quality, ToolError
    when ffmpeg fails.
    """
    ladder = LADDERS[audio_format]
    seconds = len(pcm) / SAMPLE_RATE_HZ
    before: Encoded | None = None
    for quality in ladder:
        if max_bytes is not None and _least_bytes(quality, seconds, before) > max_bytes:
            continue
        encoded = before = _below_peak(pcm, quality, tags or {})
        if max_bytes is None or (quality == ladder[0] and len(encoded.data) <= max_bytes):
            return encoded
        if len(encoded.data) <= max_bytes:
            remark = f"to fit into {size_name(max_bytes)} the sound is {quality.name}"
            return replace(encoded, remark=remark)
    limit = "no limit" if max_bytes is None else size_name(max_bytes)
    if audio_format == "wav":
        smaller = encode(pcm, "mp3", tags, max_bytes)
        remark = f"a wav does not fit into {limit}, so this is {smaller.quality.name}"
        return replace(smaller, remark=remark)
    raise BadInputError(
        f"{seconds:.0f} seconds do not fit into {limit} as {audio_format} at any quality; "
        "allow more bytes or ask for a shorter piece"
    )


def size_name(count: int) -> str:
    """Return a number of bytes as people say it: ``10 MiB``."""
    if count >= 2**20:
        return f"{count / 2**20:.3g} MiB"
    return f"{count / 2**10:.3g} KiB" if count >= 2**10 else f"{count} bytes"


def _least_bytes(quality: Quality, seconds: float, before: Encoded | None) -> float:
    """Return what a file of this quality takes at least.

    A constant bitrate tells it beforehand. Opus spends what the music needs, so it is known only
    in proportion to a better quality that was tried ``before``.
    """
    if quality.bitrate_kbps is None:
        return seconds * SAMPLE_RATE_HZ * 4
    if quality.codec == MP3:
        return seconds * quality.bitrate_kbps * 125
    if before is None or before.quality.bitrate_kbps is None:
        return 0
    return _SPENT * len(before.data) * quality.bitrate_kbps / before.quality.bitrate_kbps


def _below_peak(pcm: Pcm, quality: Quality, tags: Mapping[str, str]) -> Encoded:
    """Encode, and turn down and encode again while what a player decodes peaks too high."""
    gain_db = 0.0
    for attempt in range(1, _PEAK_ROUNDS + 1):
        data = write_audio(pcm, quality, tags, ratio(gain_db))
        loudness = measure_loudness(*read_audio(data))
        excess_db = loudness.true_peak_db - MAX_TRUE_PEAK_DB
        if excess_db < -_METER_STEP_DB:
            break
        gain_db -= excess_db + attempt * _PEAK_MARGIN_DB
    return Encoded(data, quality, loudness)
