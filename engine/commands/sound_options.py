"""The options about sound that ``compose`` and ``render`` share."""

from __future__ import annotations

import argparse

from engine.audio.delivery import Delivery
from engine.audio.encode import LADDERS
from engine.option_types import byte_count

STAGES = {"render": "playing", "encode": "encoding", "stems": "playing the stems"}
"""What the progress bar says."""


def add_sound_options(parser: argparse.ArgumentParser, *without: str) -> None:
    """Add what says which files of sound are wanted, and the soundfont.

    ``without``: a word for no sound at all, where that can be chosen.
    """
    parser.add_argument(
        "--audio", choices=(*LADDERS, *without), default="mp3", help="mp3 if not given; ogg is Opus"
    )
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


def delivery_of(options: argparse.Namespace) -> Delivery:
    """Return which files of sound are wanted."""
    return Delivery(options.audio, options.stems, options.max_bytes)
