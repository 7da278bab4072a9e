"""``explain``: key, chords, form, instruments and pace of a MIDI file in plain words."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from engine.explain.analysis import analyse
from engine.explain.words import explain
from engine.option_types import Commands
from engine.score.midi import read_midi_file


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "explain a MIDI file: key, chords, form, instruments and pace in plain words"
    parser = commands.add_parser("explain", help=about, description=about)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print what can be said of the file; raises BadMidiError if it cannot be read."""
    analysis = analyse(read_midi_file(options.file))
    if options.json:
        print(json.dumps({"file": str(options.file), **analysis.to_json()}, ensure_ascii=False))
        return
    print(explain(analysis))
