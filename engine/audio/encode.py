"""Samples into a file that people can play: mp3, ogg or wav, by pydub and ffmpeg."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Literal

import numpy as np

from engine.audio.synth import SAMPLE_RATE_HZ, Pcm
from engine.errors import OutputFolderError, ToolError

AudioFormat = Literal["mp3", "ogg", "wav"]

BITRATE_KBPS = 192
"""Transparent for most listeners, and a minute takes 1.4 MB of a 10 MB upload limit."""

_CODECS: dict[AudioFormat, str] = {"mp3": "libmp3lame", "ogg": "libvorbis"}

_BITEXACT = ["-fflags", "+bitexact", "-flags:a", "+bitexact"]
"""No random serial number and no program version: the same samples give the same file."""

_SCRATCH_LOCK = Lock()


def encode(
    pcm: Pcm,
    audio_format: AudioFormat,
    path: Path,
    tags: Mapping[str, str] | None = None,
    bitrate_kbps: int = BITRATE_KBPS,
) -> None:
    """Write samples (frames, 2) to a file that appears whole or not at all.

    Whatever interrupts, even Ctrl-C, nothing half-written stays behind. ``tags`` are
    ffmpeg's (title, artist, ...); wav carries none and needs no ffmpeg.

    Raises ToolError when ffmpeg is missing or fails, OutputFolderError when the folder
    cannot be written to.
    """
    if audio_format != "wav" and shutil.which("ffmpeg") is None:
        raise ToolError(
            "ffmpeg is missing; install it with 'sudo apt-get install ffmpeg' "
            "(Fedora: dnf install ffmpeg-free, macOS: brew install ffmpeg), or ask for wav"
        )
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".encode-") as scratch:
            unfinished = Path(scratch) / path.name
            _export(pcm, audio_format, unfinished, dict(tags or {}), bitrate_kbps)
            os.replace(unfinished, path)
    except OSError as error:
        raise OutputFolderError(
            f"{path} cannot be written ({error.strerror}); choose another folder with --out"
        ) from error


def _export(
    pcm: Pcm, audio_format: AudioFormat, path: Path, tags: dict[str, str], bitrate_kbps: int
) -> None:
    with warnings.catch_warnings():
        # Imported here because it warns of a missing ffmpeg, which wav does not need and for
        # the others has been said.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment, exceptions

    samples = np.rint(np.clip(pcm, -1.0, 1.0) * 32767).astype("<i2")  # (frames, 2)
    segment = AudioSegment(
        data=samples.tobytes(), sample_width=2, frame_rate=SAMPLE_RATE_HZ, channels=2
    )
    if audio_format == "wav":
        with path.open("wb+") as file:
            segment.export(file, format="wav")
        return
    try:
        with path.open("wb+") as file, _pydub_scratch(path.parent):
            segment.export(
                file,
                format=audio_format,
                codec=_CODECS[audio_format],
                bitrate=f"{bitrate_kbps}k",
                parameters=_BITEXACT,
                tags=tags,
            )
    except exceptions.CouldntEncodeError as error:
        reason = str(error).strip().rpartition("\n")[2]
        raise ToolError(
            f"ffmpeg could not write {audio_format} ({reason}); "
            "install a complete ffmpeg, or ask for wav"
        ) from error


@contextmanager
def _pydub_scratch(folder: Path) -> Iterator[None]:
    """Let pydub's own temporary files lie in ``folder``, and close them.

    pydub leaves them behind when ffmpeg fails or Ctrl-C comes; here they go with the folder.
    """
    from pydub import audio_segment

    with _SCRATCH_LOCK, ExitStack() as opened:
        original = audio_segment.NamedTemporaryFile
        audio_segment.NamedTemporaryFile = lambda *args, **options: opened.enter_context(
            original(*args, dir=folder, **options)
        )
        try:
            yield
        finally:
            audio_segment.NamedTemporaryFile = original
