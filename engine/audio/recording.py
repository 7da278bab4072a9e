"""A score as a finished recording, on one page: play, mix, master."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.audio.master import Curve, mastering_curve
from engine.audio.mix import Channel, instruments, mix
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm
from engine.audio.production import Production
from engine.audio.synth import Synth
from engine.score.model import Score


@dataclass(frozen=True, slots=True)
class Recording:
    """A mastered piece and how it came about."""

    pcm: Pcm
    channels: tuple[Channel, ...]
    """The instruments as they stand in the mix."""
    curve: Curve
    """What mastering multiplied the mix by."""

    @property
    def seconds(self) -> float:
        """Length, the reverberation after the last note included."""
        return len(self.pcm) / SAMPLE_RATE_HZ

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a listener should know: instruments that the soundfont lacks."""
        return tuple(channel.remark for channel in self.channels if channel.remark)


def record(
    score: Score,
    synth: Synth,
    production: Production,
    on_progress: Callable[[float], None],
) -> Recording:
    """Return the score as a mastered recording; the same arguments give the same samples.

    ``on_progress`` hears the share done, 0 ... 1, and may raise CancelledError to stop.
    Raises BadInputError for a score that cannot be played (no notes, too long),
    SoundfontError when the soundfont has gone.
    """
    mixed = mix(score, synth, production, on_progress)
    curve = mastering_curve(mixed.pcm, mixed.loudest)
    np.multiply(mixed.pcm, curve[:, None], out=mixed.pcm)  # in place: 15 minutes are 318 MB
    return Recording(mixed.pcm, mixed.channels, curve)


def stems(
    recording: Recording,
    score: Score,
    synth: Synth,
    production: Production,
    on_progress: Callable[[float], None],
) -> Iterator[tuple[Channel, Pcm]]:
    """Yield every instrument of a recording, all as long as it; they add up to its samples.

    The other arguments are those that it was recorded with; everything is played once more, so
    that a piece of many instruments needs no more memory than one of few.
    """
    for channel, sound in instruments(score, synth, production, on_progress):
        stem: Pcm = np.zeros_like(recording.pcm)
        stem[: len(sound)] = sound * recording.curve[: len(sound), None]
        yield channel, stem
