"""``loss``: how well the served model predicts MIDI files, or the held-out pieces."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from engine.commands.progress import progress_bar
from engine.corpus.manifest import load_shards
from engine.errors import BadInputError
from engine.evaluation.loss import file_loss
from engine.evaluation.ngram import NGram, ngram_loss, training_streams
from engine.model.checkpoint import Card, load_model, trained_context
from engine.model.transformer import Transformer
from engine.option_types import Commands
from engine.registry.served import served_model
from engine.training.excerpts import Corpus
from engine.training.held_out import (
    HELD_OUT_PIECES,
    Loss,
    held_out_loss,
    held_out_streams,
    sum_losses,
)
from engine.training.run import SHARDS

BASELINE_TOKENS = 20_000_000
"""The n-grams count so many tokens of the training split."""


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "nats a note and a token of MIDI files under the served model"
    parser = commands.add_parser("loss", help=about, description=about)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="instead of files: the corpus's validation split, beside unigram and 5-gram",
    )
    parser.add_argument("--corpus", type=Path, default=SHARDS, metavar="DIR")
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model other than the served")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the loss of what was named; raises BadInputError where nothing was."""
    if bool(options.files) == options.held_out:
        raise BadInputError("give MIDI files or --held-out, one of the two")
    model, card = load_model(served_model(os.environ, options.model))
    if options.held_out:
        _run_held_out(options, model, card)
    else:
        _run_files(options, model, card)


def _run_held_out(options: argparse.Namespace, model: Transformer, card: Card) -> None:
    """Print one table: the model, and what counting alone achieves on the same excerpts."""
    with progress_bar() as bar:
        bar.show("reading the corpus", 0.0)
        shards = load_shards(options.corpus)
        streams = held_out_streams(
            Corpus(shards, "validation"), HELD_OUT_PIECES, trained_context(card)
        )
        bar.show("the model", 0.1)
        losses = {card.name: held_out_loss(model, streams)}
        counted = training_streams(Corpus(shards, "train"), BASELINE_TOKENS)
        for order, name in ((5, "5-gram"), (1, "unigram")):
            bar.show(name, 0.5)
            losses[name] = ngram_loss(NGram(order, counted), streams)
    if options.json:
        print(json.dumps({name: _figures(loss) for name, loss in losses.items()}))
        return
    for name, loss in losses.items():
        print(f"{loss.nats_a_note:7.4f} a note  {loss.nats_a_token:7.4f} a token  {name}")


def _run_files(options: argparse.Namespace, model: Transformer, card: Card) -> None:
    """Print the loss of each file and of all; files that cannot be used are named and left out.

    Raises BadInputError if none can be used.
    """
    context = trained_context(card)
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
