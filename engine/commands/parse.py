"""``parse``: what was understood of a line of text."""

from __future__ import annotations

import argparse
import json

from engine.option_types import Commands
from engine.request.parse import parse


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "say what is understood of a line of text, without composing"
    parser = commands.add_parser("parse", help=about, description=about)
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the request, a line for each thing that was said."""
    understood = parse(options.text).to_json()
    if options.json:
        print(json.dumps(understood, ensure_ascii=False))
        return
    for name, value in understood.items():
        if value or (value == 0 and value is not False):
            words = ", ".join(map(str, value)) if isinstance(value, list) else value
            print(f"{name}: {words}")
