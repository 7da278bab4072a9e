"""What ``compose`` and ``revise`` share: options about a piece, opening, and telling of it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.audio.delivery import Delivery
from engine.commands.sound_options import STAGES, add_sound_options, delivery_of
from engine.compose import Composer, Composition
from engine.errors import BadInputError
from engine.option_types import MAX_SEED, whole
from engine.picture.palette import THEMES
from engine.registry.entry import is_name
from engine.write import CANDIDATES

MAX_CANDIDATES = 16
STAGES_OF_A_PIECE = {"generate": "composing", **STAGES}
"""What the progress bar says."""


def add_piece_options(parser: argparse.ArgumentParser, seed: str) -> None:
    """Add the options; ``seed`` says what the seed decides."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files go")
    parser.add_argument("--seed", type=whole(0, MAX_SEED), help=seed)
    parser.add_argument(
        "--candidates",
        type=whole(1, MAX_CANDIDATES),
        default=CANDIDATES,
        metavar="N",
        help=f"finish each piece so many times and take the best; {CANDIDATES} if not given",
    )
    add_sound_options(parser, "none")
    parser.add_argument(
        "--picture", choices=tuple(THEMES), default="dark", help="its background; dark if not given"
    )
    parser.add_argument(
        "--model",
        metavar="ID|DIR",
        help="its id, or a base's folder; the served one if not given",
    )
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))


def open_composer(options: argparse.Namespace, *, sound: bool) -> Composer:
    """Return the composer that the options ask for; raises MissingPartError.

    RegistryError is raised for a model that is neither a folder nor one of the registry's.
    """
    folder = _folder(options.model)
    composer = Composer.open(
        os.environ,
        model=folder,
        soundfont=options.soundfont,
        sound=sound,
        candidates=options.candidates,
        device=options.device,
    )
    if options.model is None or folder is not None:
        return composer.serving()
    return composer.named(options.model)


def _folder(model: str | None) -> Path | None:
    """Return the folder that ``--model`` means; None for an id, which is no path."""
    if model is None or (is_name(model) and not Path(model).is_dir()):
        return None
    return Path(model)


def delivery_or_none(options: argparse.Namespace) -> Delivery | None:
    """Return which files of sound are wanted; None for ``--audio none``."""
    if options.audio != "none":
        return delivery_of(options)
    if options.stems or options.max_bytes is not None or options.soundfont is not None:
        raise BadInputError(
            "--stems, --max-bytes and --soundfont are about sound; leave out --audio none"
        )
    return None


def tell(piece: Composition, unknown: Sequence[str]) -> None:
    """Tell the listener on stderr what it is, what was not understood, and where the time went."""
    brief, timings = piece.brief, piece.details["timings_s"]
    print(
        f"{piece.details['title']}: {brief.bars} bars of {brief.meter} at {brief.tempo_bpm:g} BPM "
        f"for {', '.join(name.replace('_', ' ') for name in brief.instruments)}; seed {brief.seed}",
        file=sys.stderr,
    )
    if piece.details["changes"]:
        print(f"changed: {', '.join(piece.details['changes'])}", file=sys.stderr)
    if unknown:
        print(f"not understood: {', '.join(unknown)}", file=sys.stderr)
    sound = piece.details["sound"] or {"remarks": []}
    for remark in (*piece.details["remarks"], *sound["remarks"]):
        print(remark, file=sys.stderr)
    shares = ", ".join(
        f"{stage} {seconds:.1f} s ({seconds / (timings['total'] or 1):.0%})"
        for stage, seconds in timings.items()
        if stage != "total"
    )
    print(f"{timings['total']:.1f} s: {shares}", file=sys.stderr)


def print_paths(pieces: Sequence[Composition], *, as_json: bool) -> None:
    """Print the paths of the files, or a JSON list of what each ``NAME.json`` holds."""
    if as_json:
        print(json.dumps([piece.details for piece in pieces], ensure_ascii=False))
        return
    for piece in pieces:
        print("\n".join(str(path) for path in piece.files.values()))
