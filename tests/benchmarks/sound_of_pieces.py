"""What a folder of composed pieces sounds like in figures, and whether a worker grows.

    .venv/bin/python -m engine compose TEXT --out FOLDER --audio none      (as often as you like)
    .venv/bin/python -m tests.benchmarks.sound_of_pieces FOLDER [--renders 200]

Everything is measured on what a player decodes. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from engine.audio.codec import read_audio
from engine.audio.encode import encode
from engine.audio.loudness import measure_loudness
from engine.audio.master import mastering_curve
from engine.audio.mix import mix
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm
from engine.audio.production import Production, production_of
from engine.audio.recording import record, stems
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth
from engine.output import read_details
from engine.score.midi import read_midi_file
from engine.score.model import Score

SILENT = 10 ** (-60 / 20)
LIMITS = (10 * 2**20, 2**20)


def ignore(share: float) -> None:
    """Nobody listens."""


def silence_s(pcm: Pcm) -> tuple[float, float]:
    """Return how long it is softer than -60 dBFS at the start and at the end."""
    heard = np.flatnonzero(np.abs(pcm).max(axis=1) > SILENT)
    return heard[0] / SAMPLE_RATE_HZ, (len(pcm) - 1 - heard[-1]) / SAMPLE_RATE_HZ


def row(file: Path, score: Score, production: Production, genre: str, synth: Synth) -> str:
    begun = time.perf_counter()
    mixed = mix(score, synth, production, ignore)
    played = time.perf_counter()
    mastering_curve(mixed.pcm, mixed.loudest)
    mastered = time.perf_counter()
    recording = record(score, synth, production, ignore)
    encoding = time.perf_counter()
    files = [encode(recording.pcm, "mp3", {}, limit) for limit in LIMITS]
    encoded = time.perf_counter()
    best = encode(recording.pcm, "mp3")
    seconds_each = (encoded - encoding) / 2
    steps = (played - begun, mastered - played, seconds_each)
    parts = [pcm for _, pcm in stems(recording, score, synth, production, ignore)]
    difference = sum(parts) - recording.pcm
    apart_db = 10 * np.log10((difference**2).mean() / (recording.pcm**2).mean() + 1e-30)
    before, after = silence_s(recording.pcm)
    shares = " / ".join(f"{step / sum(steps):.0%}" for step in steps)
    heard, rate = read_audio(best.data)
    loudness = measure_loudness(heard, rate)
    return (
        f"| {genre} {len(score.programs)} | {loudness.lufs:.1f} | {loudness.true_peak_db:.1f} | "
        f"{score.seconds_at(score.bars_end):.1f} | {recording.seconds:.1f} | {before:.2f} | "
        f"{after:.2f} | {len(best.data) / 2**20:.2f} | "
        f"{' | '.join(f'{len(f.data) / 2**20:.2f} ({f.quality.bitrate_kbps})' for f in files)} | "
        f"{recording.seconds / sum(steps):.0f} | {shares} | {apart_db:.0f} |"
    )


def resident_mib() -> float:
    """Return what the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--renders", type=int, default=0)
    options = parser.parse_args()
    pieces = []
    for file in sorted(options.folder.glob("*.mid")):
        brief = read_details(file).get("brief", {})
        genre = brief.get("genre", "")
        production = production_of(
            genre, arousal=brief.get("arousal", 0), seed=brief.get("seed", 0)
        )
        pieces.append((file, read_midi_file(file), production, genre))
    with Synth(find_soundfont({})) as synth:
        print(
            "| genre, instruments | LUFS | true peak dB | score s | sound s | silence before s | "
            "after s | mp3 MiB | in 10 MiB (kbit/s) | in 1 MiB (kbit/s) | times real time | "
            "play / master / encode | stems - mix dB |"
        )
        print("|" + " --- |" * 13)
        for piece in pieces:
            print(row(*piece, synth), flush=True)
        for number in range(options.renders):
            file, score, production, _ = pieces[number % len(pieces)]
            encode(record(score, synth, production, ignore).pcm, "mp3")
            if number % 20 == 19:
                print(f"{number + 1} renders: {resident_mib():.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
