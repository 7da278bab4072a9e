"""The sound of a piece as the files that were asked for: the door of this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.audio.encode import AudioFormat, Encoded, encode
from engine.audio.master import TARGET_LUFS
from engine.audio.production import Production
from engine.audio.recording import Recording, record, stems
from engine.audio.stems import StemsZip, zip_stems
from engine.audio.synth import Synth
from engine.score.model import Score

_SOFTER_LU = 1.5
"""So much under the wanted loudness is worth a word."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which files of sound are wanted."""

    audio: AudioFormat = "mp3"
    stems: bool = False
    """Whether a zip with one file an instrument is wanted, too."""
    max_bytes: int | None = None
    """What each file may take; None is no limit."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The finished files, in memory, and how they came about."""

    recording: Recording
    audio: Encoded
    stems: StemsZip | None
    rendered_at_s: float
    """By the clock: between this and the start lie playing, mixing and mastering."""
    encoded_at_s: float

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences for the listener: what the limit cost, what the soundfont lacks."""
        lufs = self.audio.loudness.lufs
        soft = None
        if lufs < TARGET_LUFS - _SOFTER_LU:
            soft = (
                f"it stays at {lufs:.0f} LUFS instead of {TARGET_LUFS:.0f}, because its peaks are "
                "too sharp to be brought up without crushing them"
            )
        said = (self.audio.remark, self.stems.remark if self.stems else None, soft)
        return (*(remark for remark in said if remark), *self.recording.remarks)

    def files(self) -> dict[str, bytes]:
        """Return the file of each kind: ``mp3`` (or what it became), ``stems.zip``."""
        files = {self.audio.suffix: self.audio.data}
        if self.stems is not None:
            files["stems.zip"] = self.stems.data
        return files

    def to_json(self) -> dict[str, Any]:
        """Return what ``NAME.json`` says of the sound."""
        return {
            "seconds": round(self.recording.seconds, 2),
            "lufs": round(self.audio.loudness.lufs, 1),
            "true_peak_db": round(self.audio.loudness.true_peak_db, 1),
            "quality": self.audio.quality.name,
            "bytes": len(self.audio.data),
            "mix": [
                {
                    "instrument": channel.name,
                    "program": channel.program,
                    "role": channel.role,
                    "gain_db": None if channel.gain_db is None else round(channel.gain_db, 1),
                }
                for channel in self.recording.channels
            ],
            "remarks": list(self.remarks),
        }


def deliver(
    score: Score,
    synth: Synth,
    production: Production,
    *,
    delivery: Delivery,
    tags: Mapping[str, str],
    on_progress: Callable[[str, float], None],
    clock: Callable[[], float],
) -> Delivered:
    """Return the score recorded and encoded as wanted; the same arguments give the same bytes.

    ``on_progress`` hears the stage (render, encode, stems) and its share done, 0 ... 1, and may
    raise CancelledError to stop. Raises BadInputError for a score that cannot be played or does not
    fit, SoundfontError when the soundfont has gone, ToolError when a library fails.
    """
    recording = record(score, synth, production, lambda share: on_progress("render", share))
    rendered_at_s = clock()
    on_progress("encode", 0.0)
    encoded = encode(recording.pcm, delivery.audio, tags, delivery.max_bytes)
    on_progress("encode", 1.0)
    zipped = None
    if delivery.stems:
        zipped = zip_stems(
            lambda: stems(
                recording, score, synth, production, lambda share: on_progress("stems", share)
            ),
            tags,
            delivery.max_bytes,
        )
    return Delivered(recording, encoded, zipped, rendered_at_s, clock())
