"""``revise``: a wish about a finished piece becomes its next version."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from pathlib import Path

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
from engine.errors import BadInputError
from engine.option_types import MAX_SEED, Commands
from engine.picture.palette import THEMES
from engine.request.revise import understand
from engine.request.revision import Back
from engine.revise import Piece, brief_of, files_of, parent_of, revise


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "make the next version of a piece: slower, with strings, in A minor, undo"
    parser = commands.add_parser("revise", help=about, description=about)
    parser.add_argument("file", type=Path, metavar="NAME.json", help="what compose wrote")
    parser.add_argument("text", metavar="TEXT", help='as in "slower, no drums" or "undo"')
    add_piece_options(parser, "of new notes, where the wish needs any; drawn if not given")
    parser.add_argument("--json", action="store_true", help="print a JSON list of one object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make the next version and print the paths of its files, or with --json its figures."""
    revision = understand(options.text, brief_of(options.file))
    delivery = delivery_or_none(options)
    if revision.back is not None:
        _print_earlier(options.file, revision.back, as_json=options.json)
        for line in (*revision.changes, *revision.remarks):
            print(line, file=sys.stderr)
        return
    parent = Piece.read(options.file)
    seed = options.seed if options.seed is not None else secrets.randbelow(MAX_SEED + 1)
    torch.set_num_threads(1)  # as in compose
    with progress_bar() as bar:
        bar.show("opening the model", 0.0)
        composer = open_composer(options, sound=delivery is not None)
        piece = revise(
            parent,
            revision,
            composer,
            options.out,
            seed=seed,
            prompt=options.text,
            delivery=delivery,
            theme=THEMES[options.picture],
            on_progress=lambda stage, share: bar.show(STAGES_OF_A_PIECE[stage], share),
        )
        tell(piece, revision.unknown)
    print_paths([piece], as_json=options.json)


def _print_earlier(file: Path, back: Back, *, as_json: bool) -> None:
    """Print the files of the version before, or of the first one; nothing is written."""
    earlier = parent_of(file)
    seen = {file.resolve()}
    while back == "first" and earlier is not None and earlier.resolve() not in seen:
        seen.add(earlier.resolve())
        before = parent_of(earlier)
        if before is None:
            break
        earlier = before
    if earlier is None:
        raise BadInputError(f"{file.stem} is the first version; there is none before it")
    if as_json:
        print(json.dumps([json.loads(earlier.read_bytes())], ensure_ascii=False))
    else:
        print("\n".join(str(path) for path in files_of(earlier)))
