"""A Score made audible: FluidSynth in process, straight from the notes into one buffer.

The samples are written block by block into one preallocated array. (pyfluidsynth's own
``get_samples`` with ``np.append`` copies all that was rendered before at every event, which
is quadratic.)
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import io
import logging
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.audio.schedule import Sound, schedule
from engine.audio.soundfont import check_soundfont
from engine.audio.stage import family_of, pans_of
from engine.errors import BadInputError, SoundfontError, ToolError
from engine.score.model import DRUMS, Score

Pcm = NDArray[np.float32]
"""Samples (frames, 2), left and right, at SAMPLE_RATE_HZ; full scale is -1 ... 1."""

SAMPLE_RATE_HZ = 44_100

BLOCK_FRAMES = 64
"""FluidSynth computes in blocks of 64 frames (1.5 ms); events fall on their edges."""

MAX_SECONDS = 900.0
"""Longer pieces are refused: 15 minutes are 318 MB of samples."""

TAIL_S = 4.0
"""The most that is rendered after the last note."""

TAIL_DB = -60.0
"""The tail ends where it falls this far below the loudest sample of the piece."""

DRUM_CHANNEL = 9
CHANNELS = 144
"""A channel for each of the 128 programs and the drums; FluidSynth wants a multiple of 16."""

_VOLUME, _PAN, _REVERB, _CHORUS = 7, 10, 91, 93  # MIDI controllers

_LOG = logging.getLogger(__name__)
_LOG_LEVELS = (logging.ERROR, logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)


class Synth:
    """FluidSynth with a soundfont open. One caller at a time; ``close`` when done.

    The samples of every instrument played stay in memory, so a second piece does not read
    the disk again. A piece itself is played by a fresh FluidSynth that shares them: after
    ``system_reset`` the oscillators of the old one stand elsewhere, and the same score
    would not give the same samples. A fresh one takes 15 ms.
    """

    def __init__(self, soundfont: Path) -> None:
        """Open a soundfont; raises SoundfontError, or ToolError without FluidSynth."""
        check_soundfont(soundfont)
        self._soundfont = soundfont
        self._library = _load_library()
        self._keeper = self._open()

    def __enter__(self) -> Synth:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the samples. Closing twice is allowed; rendering after it is not."""
        if self._keeper is not None:
            self._keeper.delete()
            self._keeper = None

    def render(self, score: Score, on_progress: Callable[[float], None] | None = None) -> Pcm:
        """Return the samples (frames, 2) of the whole piece, its reverberation faded out.

        The same score always gives the same samples; they may exceed full scale, which
        mastering settles. ``on_progress`` hears the share done, 0 ... 1, and may raise
        CancelledError to stop.

        Raises BadInputError for a score without notes or longer than MAX_SECONDS.
        """
        if self._keeper is None:
            raise ValueError("this Synth is closed")
        if not score.notes:
            raise BadInputError("there is nothing to hear: the piece has no notes")
        if score.seconds > MAX_SECONDS:
            raise BadInputError(
                f"the piece lasts {score.seconds / 60:.0f} minutes; at most "
                f"{MAX_SECONDS / 60:.0f} can be rendered, so make it shorter"
            )
        channels = _channels(score.programs)
        self._set_stage(self._keeper, channels)  # keeps the samples of these programs
        player = self._open()
        try:
            self._set_stage(player, channels)
            return self._play(
                player,
                schedule(score, SAMPLE_RATE_HZ / BLOCK_FRAMES),
                channels,
                on_progress or _ignore,
            )
        finally:
            player.delete()

    def _open(self) -> Any:
        player = self._library.Synth(
            gain=0.5,
            samplerate=SAMPLE_RATE_HZ,
            channels=CHANNELS,
            **{
                "synth.polyphony": 512,  # the default 256 drops notes of dense pieces
                "synth.dynamic-sample-loading": 1,  # only what is played: 97 MB, not 215
                "synth.lock-memory": 0,  # a server's limit on locked memory is small
            },
        )
        if player.sfload(str(self._soundfont)) < 0:
            player.delete()
            raise SoundfontError(
                f"FluidSynth cannot load the soundfont {self._soundfont}; install it again"
            )
        # A medium hall. FluidSynth's defaults (width 0.5, chorus level 2) sound like a bathroom.
        player.set_reverb(roomsize=0.55, damping=0.35, width=0.9, level=0.6)
        player.set_chorus(nr=3, level=1.2, speed=0.35, depth=6.0, type=0)
        return player

    @staticmethod
    def _set_stage(player: Any, channels: dict[int, int]) -> None:
        for program, pan in pans_of(tuple(channels)).items():
            channel, family = channels[program], family_of(program)
            player.program_change(channel, 0 if program == DRUMS else program)
            player.cc(channel, _VOLUME, family.volume)
            player.cc(channel, _PAN, 64 + pan)
            player.cc(channel, _REVERB, family.reverb)
            player.cc(channel, _CHORUS, family.chorus)

    def _play(
        self,
        player: Any,
        sounds: Sequence[Sound],
        channels: dict[int, int],
        on_progress: Callable[[float], None],
    ) -> Pcm:
        end_block = max(sound.off_block for sound in sounds)
        tail_blocks = _blocks(TAIL_S)
        pcm: Pcm = np.zeros(((end_block + tail_blocks) * BLOCK_FRAMES, 2), np.float32)

        # Offs come first within a block, so that a key struck again is not silenced.
        events = sorted(
            [(s.on_block, 1, channels[s.program], s.pitch, s.velocity) for s in sounds]
            + [(s.off_block, 0, channels[s.program], s.pitch, 0) for s in sounds]
        )
        block = 0
        report_at, report_every = 0, _blocks(0.5)
        for at, is_on, channel, pitch, velocity in events:
            if at > block:
                self._write(player, pcm, block, at)
                block = at
            if block >= report_at:
                on_progress(block / (end_block + tail_blocks))
                report_at = block + report_every
            if is_on:
                player.noteon(channel, pitch, velocity)
            else:
                player.noteoff(channel, pitch)
        frames = self._write_tail(player, pcm, end_block)
        on_progress(1.0)
        return pcm[:frames]

    def _write_tail(self, player: Any, pcm: Pcm, end_block: int) -> int:
        """Write the reverberation until it has died or TAIL_S is over; return all frames."""
        music = end_block * BLOCK_FRAMES
        floor = float(np.abs(pcm[:music]).max()) * 10 ** (TAIL_DB / 20)
        step = _blocks(0.1)
        block = end_block
        last = len(pcm) // BLOCK_FRAMES
        died = False
        while block < last and not died:
            until = min(block + step, last)
            self._write(player, pcm, block, until)
            loudest = np.abs(pcm[block * BLOCK_FRAMES : until * BLOCK_FRAMES]).max()
            died = bool(loudest <= floor)
            block = until
        frames = block * BLOCK_FRAMES
        # What still rings after TAIL_S is let go slowly; a tail that died needs no more
        # than to end on silence.
        faded = min(frames - music, int((0.1 if died else TAIL_S / 2) * SAMPLE_RATE_HZ))
        ramp = np.cos(np.linspace(0.0, np.pi / 2, faded, dtype=np.float32)) ** 2  # (faded,)
        pcm[frames - faded : frames] *= ramp[:, None]
        return frames

    def _write(self, player: Any, pcm: Pcm, start_block: int, end_block: int) -> None:
        """Write the samples between two blocks into their place in the buffer.

        Floats, because FluidSynth dithers 16-bit samples with a state that outlives a piece.
        """
        left = 2 * start_block * BLOCK_FRAMES  # the buffer interleaves left and right
        frames = (end_block - start_block) * BLOCK_FRAMES
        buffer = pcm.ctypes.data
        write = _float_writer(self._library)
        if write(player.synth, frames, buffer, left, 2, buffer, left + 1, 2) != 0:
            raise ToolError("FluidSynth stopped while rendering; try again")


def _ignore(share: float) -> None:
    """Nobody listens to the progress."""


def _blocks(seconds: float) -> int:
    return math.ceil(seconds * SAMPLE_RATE_HZ / BLOCK_FRAMES)


def _channels(programs: Sequence[int]) -> dict[int, int]:
    """Give every program a MIDI channel of its own; the drums have channel 9."""
    free = (channel for channel in range(CHANNELS) if channel != DRUM_CHANNEL)
    return {p: DRUM_CHANNEL if p == DRUMS else next(free) for p in programs}


@functools.cache
def _load_library() -> ModuleType:
    """Import pyfluidsynth, which looks for libfluidsynth; its log goes to ours."""
    try:
        # Where CI is set, pyfluidsynth prints what it found; stdout belongs to our results and
        # stderr to our reasons.
        with contextlib.redirect_stdout(io.StringIO()):
            import fluidsynth
    except (ImportError, OSError) as error:
        raise ToolError(
            "FluidSynth is missing; install it with 'sudo apt-get install libfluidsynth3' "
            "(Fedora: dnf install fluidsynth-libs, macOS: brew install fluid-synth)"
        ) from error
    set_log = fluidsynth.cfunc(
        "fluid_set_log_function",
        ctypes.c_void_p,
        ("level", ctypes.c_int, 1),
        ("fun", ctypes.c_void_p, 1),
        ("data", ctypes.c_void_p, 1),
    )
    for level in range(len(_LOG_LEVELS)):
        set_log(level, ctypes.cast(_LOG_CALLBACK, ctypes.c_void_p), None)
    module: ModuleType = fluidsynth
    return module


def _to_our_log(level: int, message: bytes, _data: int | None) -> None:
    """Pass on what FluidSynth would print to stderr."""
    _LOG.log(_LOG_LEVELS[level], "FluidSynth: %s", message.decode("utf-8", "replace"))


# FluidSynth keeps the address for as long as the process lives, so the object must, too.
_LOG_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(_to_our_log)


@functools.cache
def _float_writer(library: ModuleType) -> Callable[..., int]:
    """Bind ``fluid_synth_write_float``, which pyfluidsynth leaves out."""
    writer: Callable[..., int] = library.cfunc(
        "fluid_synth_write_float",
        ctypes.c_int,
        ("synth", ctypes.c_void_p, 1),
        ("len", ctypes.c_int, 1),
        ("lout", ctypes.c_void_p, 1),
        ("loff", ctypes.c_int, 1),
        ("lincr", ctypes.c_int, 1),
        ("rout", ctypes.c_void_p, 1),
        ("roff", ctypes.c_int, 1),
        ("rincr", ctypes.c_int, 1),
    )
    return writer
