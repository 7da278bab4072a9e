"""``loss``: how well the served model predicts MIDI files."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from engine.commands.arguments import Commands
from engine.commands.progress import progress_bar
from engine.errors import BadInputError
from engine.evaluation.loss import file_loss
from engine.model.checkpoint import load_model
from engine.registry.served import served_model
from engine.training.held_out import Loss, sum_losses


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "nats a note and a token of MIDI files under the served model"
    parser = commands.add_parser("loss", help=about, description=about)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model other than the served")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the loss of each file and of all; files that cannot be used are named and left out.

    Raises BadInputError if none can be used.
    """
    model, card = load_model(served_model(os.environ, options.model))
    context = int(card.about.get("training", {}).get("context", model.config.context))
    rows: list[dict[str, Any]] = []
    losses: list[Loss] = []
    reasons: list[str] = []
    with progress_bar() as bar:
        for index, file in enumerate(options.files):
            bar.show(file.name, index / len(options.files))
            try:
                loss = file_loss(model, file, context=context)
            except BadInputError as error:
                reasons.append(str(error) if str(file) in str(error) else f"{file}: {error}")
                continue
            losses.append(loss)
            rows.append({"file": str(file), **_figures(loss)})
    if not losses:
        raise BadInputError(reasons[0])
    for reason in reasons:
        print(f"left out {reason}", file=sys.stderr)
    total = sum_losses(losses)
    if options.json:
        summary = {"model": card.name, **_figures(total), "left_out": reasons, "files": rows}
        print(json.dumps(summary))
        return
    for row in rows:
        print(
            f"{row['nats_a_note']:7.4f} a note  {row['nats_a_token']:7.4f} a token  {row['file']}"
        )
    print(
        f"{total.nats_a_note:7.4f} a note  {total.nats_a_token:7.4f} a token  all {len(rows)} files"
    )


def _figures(loss: Loss) -> dict[str, Any]:
    return {
        "nats_a_note": round(loss.nats_a_note, 5),
        "nats_a_token": round(loss.nats_a_token, 5),
        "notes": loss.notes,
        "tokens": loss.tokens,
    }
