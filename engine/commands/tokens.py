"""``tokens``: what MIDI files cost in tokens, and that they survive the way there and back."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from engine.errors import BadMidiError
from engine.option_types import Commands
from engine.score.midi import read_midi_file
from engine.tokens.round_trip import round_trip


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "count the tokens of MIDI files and what the round trip loses"
    parser = commands.add_parser("tokens", help=about, description=about)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print a JSON list, one object a file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print one row a file; files that cannot be read are named and left out.

    Raises BadMidiError if none can be read.
    """
    rows = []
    failures: list[BadMidiError] = []
    for file in options.files:
        try:
            rows.append(_row(file))
        except BadMidiError as error:
            failures.append(error)
    if not rows:
        raise failures[0]
    for failure in failures:
        print(f"left out: {failure}", file=sys.stderr)
    if options.json:
        print(json.dumps(rows))
        return
    print("notes  tokens  a note  lost moved merged  file")
    for row in rows:
        print(
            f"{row['notes']:5} {row['tokens']:7} {row['tokens_per_note']:7.3f} "
            f"{row['lost']:5} {row['moved']:5} {row['merged']:6}  {row['file']}"
        )


def _row(file: Path) -> dict[str, Any]:
    trip = round_trip(read_midi_file(file))
    return {
        "file": str(file),
        "notes": trip.notes,
        "tokens": trip.tokens,
        "tokens_per_note": round(trip.tokens_per_note, 4),
        "lost": trip.lost,
        "moved": trip.moved,
        "merged": trip.merged,
        "rounding": {
            "onset_max_quarters": round(trip.rounding.onset_max_quarters, 4),
            "onset_mean_quarters": round(trip.rounding.onset_mean_quarters, 4),
            "duration_mean_quarters": round(trip.rounding.duration_mean_quarters, 4),
            "duplicates": trip.rounding.duplicates,
        },
    }
