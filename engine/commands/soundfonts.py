"""``soundfonts``: which soundfonts can be chosen, and whether they are whole."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from engine.audio.soundfont import (
    CatalogueEntry,
    check_soundfont,
    installed_soundfonts,
    read_catalogue,
    verify_soundfont,
)
from engine.errors import SoundfontError
from engine.option_types import Commands


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "list the soundfonts that can be chosen with --soundfont, and check them"
    parser = commands.add_parser("soundfonts", help=about, description=about)
    parser.add_argument("--json", action="store_true", help="print a JSON list")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print one line a soundfont: the catalogue's first, then what else lies there."""
    installed = installed_soundfonts()
    catalogue = {entry.name: entry for entry in read_catalogue()}
    names = [*catalogue, *(name for name in installed if name not in catalogue)]
    rows = [_row(name, catalogue.get(name), installed) for name in names]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print(f"{row['name']}: {row['state']}" + (f" ({row['licence']})" if row["licence"] else ""))


def _row(name: str, entry: CatalogueEntry | None, installed: dict[str, Path]) -> dict[str, Any]:
    path = installed.get(name)
    return {
        "name": name,
        "path": str(path) if path else None,
        "licence": entry.licence if entry else None,
        "origin": entry.origin if entry else None,
        "state": _state(path, entry),
    }


def _state(path: Path | None, entry: CatalogueEntry | None) -> str:
    """Return ``whole``, or what is wrong in one sentence."""
    if path is None:
        package = entry.debian_package if entry else ""
        return f"missing; install it with 'sudo apt-get install {package}'"
    try:
        check_soundfont(path)
        if entry is not None:
            verify_soundfont(path, entry)
    except SoundfontError as error:
        return str(error)
    return "whole" if entry else "readable, and not in the catalogue"
