"""Every instrument at its level, place and distance, added up to one mix.

An instrument is played alone, measured, and set to the loudness of its role; so a soft patch
of the soundfont does not drown the tune and a loud one does not bury it. Played alone, with
the room around it, it is also its own stem.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from engine.audio.loudness import SILENCE_LUFS, loudness_lufs
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm, ratio
from engine.audio.performance import Performance, perform
from engine.audio.production import KIT_NAMES, ORCHESTRA, STANDARD, Production
from engine.audio.stage import pans_of, seat_of
from engine.audio.synth import DRUM_BANK, Place, Synth
from engine.errors import BadInputError
from engine.score.model import DRUMS, Score
from engine.score.programs import program_name
from engine.score.roles import Role, roles_of

MAX_SECONDS = 900.0
"""Longer pieces are refused: 15 minutes are 318 MB of samples, and rendering them holds 1.7 GB."""

ROLE_LUFS: dict[Role, float] = {
    "melody": -20.0,
    "counter": -23.0,
    "chords": -25.0,
    "pad": -28.0,
    "bass": -23.0,
    "drums": -22.0,
}
"""Loudness of an instrument while it plays, before mastering. Set by hand: the tune stands 5 dB
before the chords, and the bass low, because the meter hears little of what lies there."""

CROWD_DB = 1.5
"""Each doubling of the instruments that share a role lowers every one of them by so much."""

NOTHING = 1e-6
"""A softer peak is no sound: one note at velocity 1 peaks at 2e-5."""

MAX_GAIN_DB = 18.0
"""No instrument is moved further: what is meant to be a whisper stays one."""

RUMBLE_HZ = 70.0
"""Below this only the bass and the drums have anything to say; the rest is cut off there."""

_LOW_ROLES = ("bass", "drums")

ORCHESTRAL_KEYS = frozenset({35, 36, 38, 40, 57, 59})
"""What the orchestral kit has where a drum kit has it: bass drum, snare, crash cymbals. Elsewhere
it has timpani (on toms and hi-hats), so these come from the standard kit."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One instrument at the mixing desk."""

    program: int
    name: str
    """What plays: the General MIDI instrument, or the drum kit."""
    role: Role
    gain_db: float | None
    """From what the synthesizer gave to what the mix has; None where it gave nothing."""
    remark: str | None = None
    """A sentence, when another instrument plays the part, or none does."""


@dataclass(frozen=True, slots=True)
class Mix:
    """All instruments added up, before mastering."""

    pcm: Pcm
    loudest: NDArray[np.float32]
    """The highest sample of the sum and of every instrument alone, frame by frame. (frames,)"""
    channels: tuple[Channel, ...]


def mix(
    score: Score,
    synth: Synth,
    production: Production,
    on_progress: Callable[[float], None],
) -> Mix:
    """Return the whole piece played and added up; the same arguments give the same samples.

    ``on_progress`` hears the share done, 0 ... 1, and may raise CancelledError to stop.
    Raises BadInputError for a score without notes or longer than MAX_SECONDS, SoundfontError
    when the soundfont has gone.
    """
    pcm: Pcm = np.zeros((0, 2), np.float32)
    loudest = np.zeros(0, np.float32)
    channels = []
    for channel, sound in instruments(score, synth, production, on_progress):
        missing = len(sound) - len(pcm)
        if missing > 0:
            pcm = np.pad(pcm, ((0, missing), (0, 0)))
            loudest = np.pad(loudest, (0, missing))
        pcm[: len(sound)] += sound
        alone = loudest[: len(sound)]
        np.maximum(alone, np.abs(sound).max(axis=1), out=alone)
        channels.append(channel)
    if not len(pcm):
        raise BadInputError(
            f"there is nothing to hear: the soundfont {synth.soundfont} is silent at all of these "
            "pitches; choose another soundfont or other notes"
        )
    np.maximum(loudest, np.abs(pcm).max(axis=1), out=loudest)
    return Mix(pcm, loudest, tuple(channels))


def instruments(
    score: Score,
    synth: Synth,
    production: Production,
    on_progress: Callable[[float], None],
) -> Iterator[tuple[Channel, Pcm]]:
    """Yield every instrument of the score as it stands in the mix; samples (frames, 2).

    Each is as long as it sounds, its part of the room included. Errors as for ``mix``.
    """
    _check_playable(score)
    roles = roles_of(score)
    pans = pans_of(score.programs)
    counts = Counter(note.program for note in score.notes)
    crowd = Counter(roles.values())
    done = 0
    for program, role in roles.items():
        sound = _played(
            perform(score, program, role, production),
            program,
            synth,
            production,
            _part_of(on_progress, done / len(score.notes), counts[program] / len(score.notes)),
        )
        done += counts[program]
        if np.abs(sound).max(initial=0.0) < NOTHING:
            # What is left is the synthesizer's guard against denormals; no gain may lift it.
            yield _channel(program, role, None, synth, production), sound[:0]
            continue
        sound = _shaped(sound, role, production)
        sound *= _balance(pans[program])
        gain_db = _gain_db(loudness_lufs(sound), role, crowd[role], production)
        sound *= np.float32(ratio(gain_db))
        yield _channel(program, role, gain_db, synth, production), sound
    on_progress(1.0)


def _part_of(
    on_progress: Callable[[float], None], begun: float, share: float
) -> Callable[[float], None]:
    """Return the progress of one instrument as progress of the whole."""
    return lambda part: on_progress(begun + part * share)


def _check_playable(score: Score) -> None:
    if not score.notes:
        raise BadInputError("there is nothing to hear: the piece has no notes")
    if score.seconds > MAX_SECONDS:
        minutes, seconds = divmod(int(score.seconds), 60)
        raise BadInputError(
            f"the piece lasts {minutes}:{seconds:02} minutes; at most {MAX_SECONDS / 60:.0f} can "
            "be played, so make it shorter"
        )


def _played(
    performance: Performance,
    program: int,
    synth: Synth,
    production: Production,
    on_progress: Callable[[float], None],
) -> Pcm:
    """Return an instrument as the synthesizer plays it; some drums of an orchestra stand apart."""
    seat = seat_of(program)
    place = Place(
        kit=production.kit,
        reverb=min(127, round(seat.reverb * production.sends)),
        chorus=min(127, round(seat.chorus * production.chorus)),
    )
    if program != DRUMS or production.kit != ORCHESTRA:
        return synth.play(program, performance, place, production.space, on_progress)
    orchestra, band = (
        Performance(tuple(s for s in performance.strikes if (s.pitch in ORCHESTRAL_KEYS) == mine))
        for mine in (True, False)
    )
    heard = synth.play(program, orchestra, place, production.space, on_progress)
    beside = synth.play(program, band, place._replace(kit=STANDARD), production.space, _nobody)
    both = np.zeros((max(len(heard), len(beside)), 2), np.float32)
    both[: len(heard)] += heard
    both[: len(beside)] += beside
    return both


def _nobody(share: float) -> None:
    """Nobody listens to the progress."""


def _balance(pan: float) -> Pcm:
    """Return the gains of left and right, of equal power together. (2,)

    The soundfont's own width stays: a piano keeps its bass strings on the left.
    """
    angle = (pan + 1) * math.pi / 4
    return np.array([math.cos(angle), math.sin(angle)], np.float32) * np.float32(math.sqrt(2))


def _shaped(sound: Pcm, role: Role, production: Production) -> Pcm:
    """Return the samples without rumble, and without treble where the production wants that."""
    if role not in _LOW_ROLES:
        sound = _filtered(sound, RUMBLE_HZ, "highpass")
    if production.treble_hz is not None:
        sound = _filtered(sound, production.treble_hz, "lowpass")
    return sound


def _filtered(sound: Pcm, edge_hz: float, kind: str) -> Pcm:
    """Return the samples through a Butterworth filter of second order."""
    sections = butter(2, edge_hz, kind, fs=SAMPLE_RATE_HZ, output="sos").astype(np.float32)
    return np.asarray(sosfilt(sections, sound, axis=0), np.float32)


def _gain_db(lufs: float, role: Role, sharing: int, production: Production) -> float:
    """Return what brings an instrument to the level of its role."""
    if lufs <= SILENCE_LUFS:
        return MAX_GAIN_DB
    wanted = ROLE_LUFS[role] - CROWD_DB * math.log2(sharing)
    wanted += {"drums": production.drums_db, "bass": production.bass_db}.get(role, 0.0)
    return max(-MAX_GAIN_DB, min(MAX_GAIN_DB, wanted - lufs))


def _channel(
    program: int, role: Role, gain_db: float | None, synth: Synth, production: Production
) -> Channel:
    """Return an instrument's channel; ``gain_db`` is None for one that makes no sound."""
    drums = program == DRUMS
    name = KIT_NAMES[production.kit] if drums else program_name(program)
    wanted = (DRUM_BANK, production.kit) if drums else (0, program)
    preset = synth.preset(program, production.kit)
    remark = None
    if gain_db is None:
        reason = "lacks it" if preset is None else "is silent at its pitches"
        remark = f"the {name} cannot be heard: the soundfont {synth.soundfont} {reason}"
    elif preset is not None and preset != wanted:
        played_by = synth.preset_name(preset)
        remark = f"the soundfont {synth.soundfont} has no {name}; {played_by} plays its part"
    return Channel(program, name, role, gain_db, remark)
