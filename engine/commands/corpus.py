"""``corpus build`` and ``corpus stats``: MIDI files become the shards that models learn from."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from engine.commands.progress import progress_bar
from engine.corpus.build import build_corpus
from engine.corpus.manifest import read_manifest
from engine.option_types import Commands, tiers, whole
from engine.training.run import SHARDS


def add_to(commands: Commands) -> None:
    """Add the two commands and their options."""
    about = "build the training corpus from MIDI files, or say what is in it"
    parser = commands.add_parser("corpus", help=about, description=about)
    actions = parser.add_subparsers(dest="action", required=True, metavar="build|stats")
    build = actions.add_parser("build", help="MIDI folders or archives to shards; resumes")
    build.add_argument("sources", nargs="+", type=Path, metavar="DIR")
    build.add_argument("--tiers", type=tiers, help="only these licence tiers, as in A,A-")
    build.add_argument("--workers", type=whole(1, 256), help="processes; one a core if not given")
    build.set_defaults(run=run_build)
    stats = actions.add_parser("stats", help="what the shards hold")
    stats.set_defaults(run=run_stats)
    for action in (build, stats):
        action.add_argument("--out", type=Path, default=SHARDS, metavar="DIR", help="the shards")
        action.add_argument("--json", action="store_true", help="print the manifest")


def run_build(options: argparse.Namespace) -> None:
    """Build what is missing and print what the corpus now holds."""
    with progress_bar() as bar:
        manifest = build_corpus(
            options.sources,
            options.out,
            tiers=options.tiers,
            workers=options.workers,
            on_progress=lambda done, total: bar.show(f"{done} of {total} pieces", done / total),
        )
    for reason, count in manifest["left_out_reasons"].items():
        print(f"left out {count}: {reason}", file=sys.stderr)
    _print(manifest, options.json)


def run_stats(options: argparse.Namespace) -> None:
    """Print what the corpus holds."""
    _print(read_manifest(options.out), options.json)


def _print(manifest: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(manifest))
        return
    counts = manifest["counts"]
    print(f"corpus {manifest['hash']}, tiers {manifest['tiers']}, {len(manifest['shards'])} shards")
    print(
        f"{counts['all pieces']} of {manifest['pieces_found']} pieces, "
        f"{counts['all notes']} notes, {counts['all tokens']} tokens with the plan"
    )
    for kind in ("split", "genre", "tier"):
        print(f"\n{kind:12} {'pieces':>8} {'notes':>12} {'bars':>10}")
        start, end = f"{kind} ", " notes"
        found = [key for key in counts if key.startswith(start) and key.endswith(end)]
        for key in sorted(found, key=lambda key: -counts[key]):
            name = key[len(start) : -len(end)]
            pieces, bars = counts[f"{kind} {name} pieces"], counts[f"{kind} {name} bars"]
            print(f"{name:12} {pieces:8} {counts[key]:12} {bars:10}")
    print("\nmended: " + ", ".join(f"{count} {what}" for what, count in manifest["mended"].items()))
