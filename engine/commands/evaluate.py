"""``evaluate``: what a model's pieces are worth, beside human ones and the targets."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.commands.progress import progress_bar
from engine.corpus.manifest import read_manifest
from engine.corpus.shard import Shard
from engine.errors import OutputFolderError
from engine.evaluation.judges import open_judges
from engine.evaluation.page import page
from engine.evaluation.suite import PIECES, evaluate
from engine.evaluation.summary import Report
from engine.evaluation.targets import as_text
from engine.evaluation.workers import Workers
from engine.model.checkpoint import read_card
from engine.option_types import MAX_SEED, Commands, whole
from engine.registry.served import served_model
from engine.training.run import SHARDS

OUT = Path("runs/evaluation")


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "write hundreds of pieces and measure them: targets, page, JSON"
    parser = commands.add_parser("evaluate", help=about, description=about)
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model other than the served")
    parser.add_argument(
        "--pieces",
        type=whole(1, 10_000),
        default=PIECES,
        metavar="N",
        help=f"of each set; {PIECES} if not given",
    )
    parser.add_argument("--corpus", type=Path, default=SHARDS, metavar="DIR")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR")
    parser.add_argument(
        "--candidates",
        type=whole(1, 16),
        default=1,
        metavar="K",
        help="written for each piece, the best taken; 1 if not given, compose takes more",
    )
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0)
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the table of targets; ``evaluation.json`` and ``evaluation.html`` then lie in out."""
    with progress_bar() as bar:
        bar.show("opening the model", 0.0)
        card = read_card(served_model(os.environ, options.model))
        count = 1 if options.device == "cuda" else os.cpu_count() or 1
        judges = open_judges()
        with Workers(
            options.model, options.candidates, device=options.device, count=count
        ) as workers:
            report = evaluate(
                workers,
                _shards(options.corpus),
                model=card.name,
                pieces=options.pieces,
                seed=options.seed,
                judges=judges,
                on_progress=bar.show,
            )
    files = save(report, options.out)
    if options.json:
        print(json.dumps(report.to_json()))
    else:
        print(as_text(report.targets))
    print("\n".join(map(str, files)), file=sys.stderr)


def save(report: Report, out: Path) -> list[Path]:
    """Leave the report as page and JSON in a folder, each whole or not at all.

    Raises OutputFolderError where they cannot be written.
    """
    contents = {
        "evaluation.html": page(report),
        "evaluation.json": json.dumps(report.to_json(), indent=1) + "\n",
    }
    files = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            part = out / f".{name}.part"
            part.write_text(text, encoding="utf-8")
            os.replace(part, out / name)
            files.append(out / name)
    except OSError as error:
        raise OutputFolderError(f"{out} cannot be written to; choose another --out") from error
    return files


def _shards(corpus: Path) -> Iterator[Shard]:
    """Yield the shards one by one: together they take a gigabyte."""
    manifest = read_manifest(corpus)
    return (Shard.load(corpus / shard["file"]) for shard in manifest["shards"])
