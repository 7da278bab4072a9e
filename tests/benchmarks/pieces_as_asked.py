"""Composes many pieces from varied prompts and checks that each is as asked, audible, repeatable.

    .venv/bin/python -m tests.benchmarks.pieces_as_asked --pieces 200 --out out/pieces

Prints what failed, then one line a property, with the shares of time. Takes seconds a piece.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from engine.audio.production import STUDIO
from engine.audio.recording import record
from engine.audio.synth import Synth
from engine.compose import Composer, Composition, compose
from engine.request.lexicon.genres import GENRES
from engine.request.lexicon.instruments import INSTRUMENTS
from engine.request.lexicon.moods import MOODS
from engine.request.model import ComposeRequest
from engine.score.midi import read_midi_file
from engine.score.theory import METERS, PITCH_NAMES

_SILENT_BELOW = 1e-3
_LONGEST_S = 40.0


def prompt(rng: random.Random) -> str:
    """Return a prompt that says a random part of what can be said."""
    words = []
    if rng.random() < 0.8:
        words.append(rng.choice(list(GENRES)))
    if rng.random() < 0.6:
        words.append(rng.choice(list(MOODS)))
    if rng.random() < 0.5:
        words.append(f"{rng.randint(50, 200)}bpm")
    if rng.random() < 0.4:
        words.append(f"in {rng.choice(PITCH_NAMES)} {rng.choice(('major', 'minor'))}")
    if rng.random() < 0.4:
        words.append("{}/{}".format(*rng.choice(METERS)))
    if rng.random() < 0.5:
        names = rng.sample(
            [n for n in INSTRUMENTS if n not in ("sound_effects",)], rng.randint(1, 4)
        )
        listed = " and ".join(name.replace("_", " ") for name in names)
        words.append(f"{rng.choice(('for', 'with'))} {listed}")
    elif rng.random() < 0.3:
        words.append("no drums")
    words.append(f"{rng.choice((4, 6, 8, 12))} bars")
    return ", ".join(words)


def failures(piece: Composition, synth: Synth) -> list[str]:
    """Return what is not as asked in the MIDI file, or cannot be heard."""
    asked, brief = piece.request, piece.brief
    score = read_midi_file(piece.files["mid"])
    checks = {
        "tempo": len(score.tempos) == 1 and abs(score.tempos[0].bpm - brief.tempo_bpm) < 0.01,
        "tempo said": asked.tempo_bpm in (None, brief.tempo_bpm),
        "meter": [m.name for m in score.meters] == [brief.meter],
        "meter said": asked.meter in (None, brief.meter),
        "bars": score.bars == brief.bars,
        "bars said": asked.bars in (None, brief.bars),
        "instruments": score.programs == brief.programs,
        "instruments said": _plays(asked, score.programs),
        "ends in the last bar": score.end <= score.bars_end,
    }
    if score.seconds <= _LONGEST_S:
        checks["audible"] = (
            float(np.abs(record(score, synth, STUDIO, lambda share: None).pcm).max())
            > _SILENT_BELOW
        )
    return [name for name, right in checks.items() if not right]


def _plays(asked: ComposeRequest, programs: tuple[int, ...]) -> bool:
    refused = {p for name in asked.exclude for p in INSTRUMENTS[name]}
    closed = not asked.only or set(programs) == set(asked.programs)
    return set(asked.programs) <= set(programs) and not refused & set(programs) and closed


def main() -> int:
    """Compose, check, print; exit 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first piece")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    out = options.out or Path(tempfile.mkdtemp())
    composer = Composer.open(os.environ, model=options.model)
    assert composer.synth is not None
    failed: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    notes = seconds = 0.0
    begun = time.perf_counter()
    for number in range(options.first, options.first + options.pieces):
        text = prompt(random.Random(number))
        piece = compose(text, composer, out, seed=number, delivery=None)
        wrong = failures(piece, composer.synth)
        if number % 10 == 0:
            again = compose(text, composer, out / "again", seed=number, delivery=None)
            if again.files["mid"].read_bytes() != piece.files["mid"].read_bytes():
                wrong.append("repeatable")
        if wrong:
            print(f"{number}: {text!r} (seed {number}): {', '.join(wrong)}", flush=True)
        failed.update(wrong)
        spent.update(piece.details["timings_s"])
        notes += piece.details["report"]["notes"]
        seconds += piece.details["report"]["seconds"]
    elapsed = time.perf_counter() - begun
    print(
        f"{options.pieces} pieces, {notes:.0f} notes, {seconds:.0f} s of music in {elapsed:.0f} s"
    )
    print(f"generating took {spent['generate'] / max(spent['total'], 1e-9):.0%} of composing")
    print("failed: " + (", ".join(f"{n} {what}" for what, n in failed.items()) or "nothing"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
