"""``compose``: a line of text becomes files to hear, see and edit."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

import torch

from engine.audio.delivery import Delivery
from engine.commands.progress import progress_bar
from engine.commands.sound_options import STAGES, add_sound_options, delivery_of
from engine.compose import Composer, Composition, compose
from engine.errors import BadInputError
from engine.option_types import MAX_SEED, Commands, whole
from engine.picture.palette import THEMES
from engine.request.parse import parse
from engine.request.resolve import resolve
from engine.write import CANDIDATES

MAX_VARIANTS = 16
MAX_CANDIDATES = 16
_STAGES = {"generate": "composing", **STAGES}


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "compose a piece from a line of text: MIDI, audio, picture and JSON"
    parser = commands.add_parser("compose", help=about, description=about)
    parser.add_argument("text", metavar="TEXT", help='as in "jazz calm 90bpm"; may be empty')
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files go")
    parser.add_argument(
        "--seed",
        type=whole(0, MAX_SEED),
        help="decides what the text leaves open; drawn and printed if not given",
    )
    parser.add_argument(
        "--variants",
        type=whole(1, MAX_VARIANTS),
        default=1,
        metavar="K",
        help="so many pieces, with seeds counting up",
    )
    parser.add_argument(
        "--candidates",
        type=whole(1, MAX_CANDIDATES),
        default=CANDIDATES,
        metavar="N",
        help=f"write each piece so many times and take the best; {CANDIDATES} if not given",
    )
    add_sound_options(parser, "none")
    parser.add_argument(
        "--picture", choices=tuple(THEMES), default="dark", help="its background; dark if not given"
    )
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model other than the served")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--json", action="store_true", help="print a JSON list, one object a piece")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Compose every variant and print the paths of its files, or with --json its figures."""
    request = parse(options.text)
    first = options.seed if options.seed is not None else request.seed
    seed = first if first is not None else secrets.randbelow(MAX_SEED + 1)
    # A step of a few streams is too small to share: with four candidates a second thread gains
    # nothing, and loses much beside other work.
    torch.set_num_threads(1)
    resolve(request, seed=seed)  # a request that cannot be met is refused before anything loads
    delivery = _delivery(options)
    pieces = []
    with progress_bar() as bar:
        bar.show("opening the model", 0.0)
        composer = Composer.open(
            os.environ,
            model=options.model,
            soundfont=options.soundfont,
            sound=delivery is not None,
            candidates=options.candidates,
            device=options.device,
        )
        for index in range(options.variants):
            piece = compose(
                options.text,
                composer,
                options.out,
                seed=(seed + index) % (MAX_SEED + 1),
                delivery=delivery,
                theme=THEMES[options.picture],
                on_progress=lambda stage, share: bar.show(_STAGES[stage], share),
            )
            pieces.append(piece)
            _say(piece)
    if options.json:
        print(json.dumps([piece.details for piece in pieces], ensure_ascii=False))
    else:
        for piece in pieces:
            print("\n".join(str(path) for path in piece.files.values()))


def _delivery(options: argparse.Namespace) -> Delivery | None:
    """Return which files of sound are wanted; None for ``--audio none``."""
    if options.audio != "none":
        return delivery_of(options)
    if options.stems or options.max_bytes is not None or options.soundfont is not None:
        raise BadInputError(
            "--stems, --max-bytes and --soundfont are about sound; leave out --audio none"
        )
    return None


def _say(piece: Composition) -> None:
    """Tell the listener on stderr what it is, what was not understood, and where the time went."""
    brief, timings = piece.brief, piece.details["timings_s"]
    print(
        f"{brief.title}: {brief.bars} bars of {brief.meter} at {brief.tempo_bpm:g} BPM for "
        f"{', '.join(name.replace('_', ' ') for name in brief.instruments)}; seed {brief.seed}",
        file=sys.stderr,
    )
    if piece.request.unknown:
        print(f"not understood: {', '.join(piece.request.unknown)}", file=sys.stderr)
    sound = piece.details["sound"] or {"remarks": []}
    for remark in (*piece.request.remarks, *sound["remarks"]):
        print(remark, file=sys.stderr)
    shares = ", ".join(
        f"{stage} {seconds:.1f} s ({seconds / timings['total']:.0%})"
        for stage, seconds in timings.items()
        if stage != "total"
    )
    print(f"{timings['total']:.1f} s: {shares}", file=sys.stderr)
