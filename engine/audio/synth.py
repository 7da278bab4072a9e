"""One instrument made audible: FluidSynth in process, into one buffer.

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
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NamedTuple

import numpy as np

from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm, ratio
from engine.audio.performance import Performance
from engine.audio.production import Space
from engine.audio.soundfont import check_soundfont
from engine.errors import SoundfontError, ToolError
from engine.score.model import DRUMS

BLOCK_FRAMES = 64
"""FluidSynth computes in blocks of 64 frames (1.5 ms); events fall on their edges."""

_REPORT_BLOCKS = 345
"""Progress is told, and can be stopped, every half second of sound."""

TAIL_S = 4.0
"""The most that is rendered after the last note."""

TAIL_DB = -60.0
"""The tail ends where it falls this far below the loudest sample of the instrument."""

_CHANNEL, _DRUM_CHANNEL = 0, 9
_KEEPER_CHANNELS = 144
"""A channel for each of the 128 programs and the drums; FluidSynth wants a multiple of 16."""

DRUM_BANK = 128
"""Where a soundfont has its drum kits."""
_PROGRAMS = 128

_VOLUME, _EXPRESSION, _SUSTAIN, _REVERB, _CHORUS = 7, 11, 64, 91, 93
"""MIDI controllers."""

_LOG = logging.getLogger(__name__)
_LOG_LEVELS = 5
"""Of FluidSynth, from panic to debug. What matters of it is an error of ours; the rest would
stand between our sentences, so all of it is for those who debug."""


class Place(NamedTuple):
    """How an instrument is plugged in; MIDI controller values."""

    kit: int
    """Program of the drum channel, where the instrument is the drums."""
    reverb: int
    """0-127: how much of it goes to the room."""
    chorus: int
    """0-127."""


class Preset(NamedTuple):
    """A sound of the soundfont."""

    bank: int
    program: int


class Synth:
    """FluidSynth with a soundfont open. One caller at a time; ``close`` when done.

    The samples of every instrument played stay in memory, so a second piece does not read
    the disk again. An instrument itself is played by a fresh FluidSynth that shares them:
    after ``system_reset`` the oscillators of the old one stand elsewhere, and the same notes
    would not give the same samples. A fresh one takes 15 ms.
    """

    def __init__(self, soundfont: Path) -> None:
        """Open a soundfont; raises SoundfontError, or ToolError without FluidSynth."""
        check_soundfont(soundfont)
        self._soundfont = soundfont
        self._library = _load_library()
        with _silent_stderr():
            self._keeper, self._keeper_font = self._open(_KEEPER_CHANNELS)

    @property
    def soundfont(self) -> str:
        """The soundfont's name."""
        return self._soundfont.stem

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
        """Free the samples. Closing twice is allowed; playing after it is not."""
        if self._keeper is not None:
            self._keeper.delete()
            self._keeper = None

    def preset(self, program: int, kit: int = 0) -> Preset | None:
        """Return what plays a General MIDI program, or DRUMS with a kit, in this soundfont.

        A soundfont need not have all 128: then the first of the same family of eight plays, else
        its first sound; for a kit that it lacks its first kit. None when it has no kit at all, or
        nothing but kits.
        """
        presets = _presets_like(program, kit)
        return next((preset for preset in presets if self.preset_name(preset) is not None), None)

    def play(
        self,
        program: int,
        performance: Performance,
        place: Place,
        space: Space,
        on_progress: Callable[[float], None],
    ) -> Pcm:
        """Return the samples (frames, 2) of one instrument, its reverberation faded out.

        The same arguments always give the same samples; they may exceed full scale, which
        mixing settles. ``on_progress`` hears the share done, 0 ... 1, and may raise
        CancelledError to stop. The array is empty where there is nothing to strike, or nothing
        in the soundfont that could play it.

        Raises SoundfontError when the soundfont has gone.
        """
        if self._keeper is None:
            raise ValueError("this Synth is closed")
        preset = self.preset(program, place.kit)
        if preset is None or not performance.strikes:
            return np.zeros((0, 2), np.float32)
        keep = program if program < _DRUM_CHANNEL else program + 1
        keep = _DRUM_CHANNEL if program == DRUMS else keep
        self._keeper.program_select(keep, self._keeper_font, *preset)  # keeps its samples
        player, font = self._open(16)
        try:
            channel = _DRUM_CHANNEL if program == DRUMS else _CHANNEL
            player.program_select(channel, font, *preset)
            for controller, value in (
                (_VOLUME, 127),
                (_EXPRESSION, 127),
                (_REVERB, place.reverb),
                (_CHORUS, place.chorus),
            ):
                player.cc(channel, controller, value)
            player.set_reverb(space.room_size, space.damping, space.width, level=1.0)
            # FluidSynth's own chorus level, 2, sounds like a bathroom.
            player.set_chorus(nr=3, level=1.2, speed=0.35, depth=6.0, type=0)
            return self._play(player, channel, performance, on_progress)
        finally:
            player.delete()

    def _open(self, channels: int) -> tuple[Any, int]:
        """Return a FluidSynth and the number that the soundfont has in it."""
        player = self._library.Synth(
            gain=0.5,
            samplerate=SAMPLE_RATE_HZ,
            channels=channels,
            **{
                "synth.polyphony": 512,  # the default 256 drops notes of dense pieces
                "synth.dynamic-sample-loading": 1,  # only what is played: 97 MB, not 215
                "synth.lock-memory": 0,  # a server's limit on locked memory is small
            },
        )
        font = player.sfload(str(self._soundfont))
        if font < 0:
            player.delete()
            check_soundfont(self._soundfont)  # which knows why, if it is missing or cut short
            raise SoundfontError(
                f"FluidSynth cannot load the soundfont {self._soundfont}; install it again"
            )
        return player, font

    def preset_name(self, preset: Preset) -> str | None:
        """Return what the soundfont calls a sound, None where it has none."""
        name = self._keeper.sfpreset_name(self._keeper_font, *preset)
        return None if name is None else str(name)

    def _play(
        self,
        player: Any,
        channel: int,
        performance: Performance,
        on_progress: Callable[[float], None],
    ) -> Pcm:
        # Ups come first within a block, so that a key struck again is not silenced.
        events: list[tuple[Any, ...]] = []  # block, order in it, what to call, its values
        for strike in performance.strikes:
            on = _blocks(strike.on_s)
            off = max(_blocks(strike.off_s), on + 1)
            events.append((on, 1, player.noteon, strike.pitch, strike.velocity))
            events.append((off, 0, player.noteoff, strike.pitch))
        for down_s, up_s in performance.pedal:
            events.append((_blocks(down_s), 1, player.cc, _SUSTAIN, 127))
            events.append((_blocks(up_s), 0, player.cc, _SUSTAIN, 0))
        events.sort(key=lambda event: (event[0], event[1], *event[3:]))

        end_block = events[-1][0]
        tail_blocks = _blocks(TAIL_S)
        pcm: Pcm = np.zeros(((end_block + tail_blocks) * BLOCK_FRAMES, 2), np.float32)
        on_progress(0.0)
        block = 0
        for at, _, act, *values in events:
            while block < at:
                until = min(at, block + _REPORT_BLOCKS)
                self._write(player, pcm, block, until)
                if until // _REPORT_BLOCKS > block // _REPORT_BLOCKS:
                    on_progress(until / (end_block + tail_blocks))
                block = until
            act(channel, *values)
        frames = self._write_tail(player, pcm, end_block)
        on_progress(1.0)
        return pcm[:frames]

    def _write_tail(self, player: Any, pcm: Pcm, end_block: int) -> int:
        """Write the reverberation until it has died or TAIL_S is over; return all frames."""
        music = end_block * BLOCK_FRAMES
        floor = float(np.abs(pcm[:music]).max()) * ratio(TAIL_DB)
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


def _blocks(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ / BLOCK_FRAMES)


def _presets_like(program: int, kit: int) -> Iterator[Preset]:
    """Yield the presets that may play a program, the best first."""
    if program == DRUMS:
        yield Preset(DRUM_BANK, kit)
        yield from (Preset(DRUM_BANK, other) for other in range(_PROGRAMS))
        return
    yield Preset(0, program)
    family = program // 8 * 8
    yield from (Preset(0, other) for other in range(family, family + 8))
    yield from (Preset(bank, other) for bank in range(DRUM_BANK) for other in range(_PROGRAMS))


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
    for level in range(_LOG_LEVELS):
        set_log(level, ctypes.cast(_LOG_CALLBACK, ctypes.c_void_p), None)
    module: ModuleType = fluidsynth
    return module


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keep a C library from writing to stderr for a moment; what it has to say is an error of ours.

    FluidSynth tries a damaged soundfont with a second library, which complains by itself.
    """
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def _to_our_log(level: int, message: bytes, _data: int | None) -> None:
    """Pass on what FluidSynth would print to stderr."""
    _LOG.debug("FluidSynth, level %d: %s", level, message.decode("utf-8", "replace"))


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
