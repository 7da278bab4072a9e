"""A recording's instruments as one zip, for a mixing desk or a DAW."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.audio.codec import FLAC_16, FLAC_24, OPUS, OPUS_RATE_HZ, Quality, write_audio
from engine.audio.encode import size_name
from engine.audio.mix import Channel
from engine.audio.pcm import Pcm
from engine.errors import BadInputError

LADDER = (
    Quality(FLAC_24),
    Quality(FLAC_16),
    *(Quality(OPUS, kbps, OPUS_RATE_HZ) for kbps in (160, 128, 96, 64, 48, 32, 24)),
    *(Quality(OPUS, kbps, OPUS_RATE_HZ, 1) for kbps in (16, 12, 8)),
)
"""From best to smallest. FLAC loses nothing but the last bits, so that the stems add up to the
mix; Opus is for the ear alone."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every file in the zip, so that the same stems give the same bytes."""


@dataclass(frozen=True, slots=True)
class StemsZip:
    """A finished zip, in memory."""

    data: bytes
    quality: Quality
    remark: str | None = None
    """A sentence, when the limit cost quality."""


def zip_stems(
    play: Callable[[], Iterable[tuple[Channel, Pcm]]],
    tags: Mapping[str, str],
    max_bytes: int | None = None,
) -> StemsZip:
    """Return a zip with one file an instrument, ``01 piano.flac``, of at most ``max_bytes``.

    ``play`` yields the instruments; it is called anew for each quality that is tried. Raises
    BadInputError when they do not fit at any quality.
    """
    for quality in LADDER:
        data = _zip(play(), quality, tags, max_bytes)
        if data is None:
            continue
        if quality == LADDER[0]:
            return StemsZip(data, quality)
        remark = f"to fit into {size_name(max_bytes or 0)} the stems are {quality.name}"
        if quality.bitrate_kbps is not None:
            remark += ", which adds up to the mix for the ear, not to the last bit"
        return StemsZip(data, quality, remark)
    raise BadInputError(
        f"the stems do not fit into {size_name(max_bytes or 0)} at any quality; allow more bytes, "
        "or leave out --stems"
    )


def _zip(
    sounds: Iterable[tuple[Channel, Pcm]],
    quality: Quality,
    tags: Mapping[str, str],
    max_bytes: int | None,
) -> bytes | None:
    """Return the zip, or None as soon as it is larger than it may be."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for number, (channel, pcm) in enumerate(sounds, start=1):
            name = f"{number:02} {channel.name.lower()}.{quality.codec.suffix}"
            title = f"{tags.get('title', '')} - {channel.name}".removeprefix(" - ")
            data = write_audio(pcm, quality, {**tags, "title": title})
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data)
            if max_bytes is not None and buffer.tell() > max_bytes:
                return None
    data = buffer.getvalue()
    return None if max_bytes is not None and len(data) > max_bytes else data
