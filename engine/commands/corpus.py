"""``corpus``: MIDI files become the shards that models learn from, and the index of their runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.commands.progress import Bar, progress_bar
from engine.corpus.build import build_corpus
from engine.corpus.manifest import read_manifest
from engine.corpus.shard import Shard
from engine.errors import OutputFolderError
from engine.evaluation.classifiers import FITTED, fit_from_shards
from engine.evaluation.originality import Longest, human_baseline, training_index
from engine.option_types import Commands, tiers, whole
from engine.originality.index import SHIPPED
from engine.training.run import SHARDS


def add_to(commands: Commands) -> None:
    """Add the commands and their options."""
    about = "build the training corpus from MIDI files, or say what is in it"
    parser = commands.add_parser("corpus", help=about, description=about)
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="build|stats|index|judges"
    )
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
    index = actions.add_parser("index", help="the training pieces' n-grams, to know copies by")
    index.add_argument("--corpus", type=Path, default=SHARDS, metavar="DIR", help="the shards")
    index.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE", help="an .npz file")
    index.add_argument("--json", action="store_true", help="print one JSON object")
    index.set_defaults(run=run_index)
    judges = actions.add_parser("judges", help="what hears genre and mood, fitted to human pieces")
    judges.add_argument("--corpus", type=Path, default=SHARDS, metavar="DIR", help="the shards")
    judges.add_argument("--labels", type=Path, required=True, metavar="CSV", help="with moods")
    judges.add_argument("--midi", type=Path, required=True, metavar="DIR", help="its files")
    judges.add_argument("--out", type=Path, default=FITTED, metavar="DIR")
    judges.set_defaults(run=run_judges)


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


def run_index(options: argparse.Namespace) -> None:
    """Build the index of the training pieces and print it beside what human pieces share."""
    manifest = read_manifest(options.corpus)
    with progress_bar() as bar:
        index = training_index(_shown(options.corpus, manifest, bar, "index"), manifest["hash"])
        human = human_baseline(_shown(options.corpus, manifest, bar, "human pieces"), index)
    index = replace(index, usual_notes=human.usual_notes)
    try:
        index.save(options.out)
        size = options.out.stat().st_size
    except OSError as error:
        raise OutputFolderError(f"{options.out} cannot be written; name another --out") from error
    if options.json:
        facts = {
            "file": str(options.out),
            "corpus": index.corpus,
            "keys": index.keys,
            "bytes": size,
            "false_positive_rate": index.false_positive_rate,
            "human": human.as_json(),
        }
        print(json.dumps(facts))
        return
    print(f"{options.out}: corpus {index.corpus}, {index.keys} n-grams, {size} bytes")
    print(f"takes {index.false_positive_rate:.2%} of strange n-grams for known")
    print(f"{human.pieces} held-out pieces, {human.related_share:.1%} versions of training pieces")
    print(f"\n{'longest known run':20} {'count':>7}" + _row(human.excerpts.quantiles))
    rows: dict[str, Longest] = {
        "excerpts": human.excerpts,
        "excerpts, unrelated": human.unrelated_excerpts,
        "whole": human.whole,
        "whole, unrelated": human.unrelated_whole,
    }
    for name, longest in rows.items():
        print(f"{name:20} {longest.count:7}" + _row(map(int, longest.quantiles.values())))
    print(f"\nusual between unrelated human pieces: up to {human.usual_notes} notes")


def run_judges(options: argparse.Namespace) -> None:
    """Fit the judges of the evaluation anew and print how often they are right about people."""
    with progress_bar() as bar:
        ceilings = fit_from_shards(
            options.corpus,
            options.out,
            lambda done, total: bar.show(f"{done} of {total} excerpts", done / total),
            labels=options.labels,
            midi=options.midi,
        )
    print(json.dumps(ceilings, indent=1))


def _row(cells: Iterable[object]) -> str:
    return "".join(f"{cell:>6}" for cell in cells)


def _shown(folder: Path, manifest: dict[str, Any], bar: Bar, words: str) -> Iterator[Shard]:
    """Yield the shards of a corpus one by one, with the bar."""
    files = [shard["file"] for shard in manifest["shards"]]
    for done, file in enumerate(files):
        bar.show(words, done / len(files))
        yield Shard.load(folder / file)


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
