"""``compose``: a line of text becomes files to hear, see and edit."""

from __future__ import annotations

import argparse
import secrets

import torch

from engine.commands.piece_options import (
    STAGES_OF_A_PIECE,
    add_piece_options,
    delivery_or_none,
    open_composer,
    print_paths,
    tell,
)
from engine.commands.progress import progress_bar
from engine.compose import compose
from engine.option_types import MAX_SEED, Commands, whole
from engine.picture.palette import THEMES
from engine.request.parse import parse
from engine.request.resolve import resolve

MAX_VARIANTS = 16


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "compose a piece from a line of text: MIDI, audio, picture and JSON"
    parser = commands.add_parser("compose", help=about, description=about)
    parser.add_argument("text", metavar="TEXT", help='as in "jazz calm 90bpm"; may be empty')
    add_piece_options(parser, "decides what the text leaves open; drawn and printed if not given")
    parser.add_argument(
        "--variants",
        type=whole(1, MAX_VARIANTS),
        default=1,
        metavar="K",
        help="so many pieces, with seeds counting up",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list, one object a piece")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Compose every variant and print the paths of its files, or with --json its figures."""
    request = parse(options.text)
    first = options.seed if options.seed is not None else request.seed
    seed = first if first is not None else secrets.randbelow(MAX_SEED + 1)
    # A step of a few streams is too small to share: with four or sixteen of them a second thread
    # gains nothing, and loses much beside other work.
    torch.set_num_threads(1)
    resolve(request, seed=seed)  # a request that cannot be met is refused before anything loads
    delivery = delivery_or_none(options)
    pieces = []
    with progress_bar() as bar:
        bar.show("opening the model", 0.0)
        composer = open_composer(options, sound=delivery is not None)
        for index in range(options.variants):
            piece = compose(
                options.text,
                composer,
                options.out,
                seed=(seed + index) % (MAX_SEED + 1),
                delivery=delivery,
                theme=THEMES[options.picture],
                on_progress=lambda stage, share: bar.show(STAGES_OF_A_PIECE[stage], share),
            )
            pieces.append(piece)
            tell(piece, request.unknown)
    print_paths(pieces, as_json=options.json)
