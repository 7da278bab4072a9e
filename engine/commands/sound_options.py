"""The options about sound that ``compose`` and ``render`` share."""

from __future__ import annotations

import argparse

from engine.audio.delivery import Delivery
from engine.errors import BadInputError
from engine.option_types import byte_count

STAGES = {"render": "playing", "encode": "encoding", "stems": "playing the stems"}
"""What the progress bar says."""


def add_sound_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that ``delivery_of`` reads, and the choice of a soundfont."""
    parser.add_argument("--audio", choices=("mp3", "ogg", "wav", "none"), default="mp3")
    parser.add_argument(
        "--stems", action="store_true", help="write NAME.stems.zip as well, one file an instrument"
    )
    parser.add_argument(
        "--max-bytes",
        type=byte_count,
        metavar="SIZE",
        help="the most that a file of sound may take, as in 10MiB; costs quality where needed",
    )
    parser.add_argument("--soundfont", metavar="NAME", help="a name of soundfonts/ or a path")


def delivery_of(options: argparse.Namespace) -> Delivery | None:
    """Return which files of sound are wanted; None for ``--audio none``."""
    if options.audio == "none":
        if options.stems or options.max_bytes is not None or options.soundfont is not None:
            raise BadInputError(
                "--stems, --max-bytes and --soundfont are about sound; leave out --audio none"
            )
        return None
    return Delivery(options.audio, options.stems, options.max_bytes)
