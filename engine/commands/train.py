"""``train``: a model learns the corpus, by the clock."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

import torch

from engine.commands.arguments import Commands, positive, whole
from engine.commands.corpus import SHARDS
from engine.commands.progress import progress_bar
from engine.corpus.build import load_shards, read_manifest
from engine.errors import BadInputError
from engine.model.checkpoint import save_model
from engine.model.config import PRESETS
from engine.training.examples import ExampleSettings
from engine.training.pretrain import Progress, TrainSettings, train
from engine.training.team import join_team, threads_for

RUNS = Path("runs")


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "train a model on the corpus; prints its held-out loss"
    parser = commands.add_parser("train", help=about, description=about)
    parser.add_argument("--preset", choices=tuple(PRESETS), default="small")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--minutes", type=positive, metavar="M", help="by the clock; 60 if not given"
    )
    length.add_argument("--steps", type=whole(1, 10**9), help="so many steps, whatever the clock")
    parser.add_argument("--resume", action="store_true", help="go on with the run of this name")
    parser.add_argument("--name", default="model", help="of the run and of its model")
    parser.add_argument("--corpus", type=Path, default=SHARDS, metavar="DIR")
    parser.add_argument("--context", type=whole(256, 2048), default=1024, help="tokens an example")
    parser.add_argument("--micro-batch", type=whole(1, 1024), default=8)
    parser.add_argument("--accumulate", type=whole(1, 1024), default=2)
    parser.add_argument("--seed", type=whole(0, 2**32 - 1), default=0)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=whole(1, 256), help="of the CPU, each process")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train, export the weights and print the held-out loss and where the model is."""
    if options.device == "cuda" and not torch.cuda.is_available():
        raise BadInputError("there is no CUDA device on this machine; train with --device cpu")
    team = join_team(os.environ, options.device)
    torch.set_num_threads(options.threads or threads_for(team))
    minutes = options.minutes or (None if options.steps else 60.0)
    # A supervisor's SIGTERM, and Ctrl-C also where the shell had it ignored, save before leaving.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, signal.default_int_handler)
    settings = TrainSettings(
        preset=options.preset,
        minutes=minutes,
        steps=options.steps,
        seed=options.seed,
        micro_batch=options.micro_batch,
        accumulate=options.accumulate,
        device=options.device,
        examples=ExampleSettings(context=options.context),
    )
    folder = RUNS / options.name
    manifest = read_manifest(options.corpus)
    with progress_bar() as bar:
        bar.show("reading the corpus", 0.0)
        shards = load_shards(options.corpus)

        def watch(progress: Progress) -> None:
            bar.show(
                f"step {progress.step}, {progress.tokens / 1e6:.1f}M tokens, "
                f"{progress.nats_a_note:.3f} nats a note",
                progress.share,
            )
            if progress.step % 50 == 0 or progress.held_out:
                _log(progress)

        finished = train(shards, folder, settings, resume=options.resume, team=team, watch=watch)
        if not team.leads:
            return
    loss = finished.held_out
    about = {
        "held_out": {
            "nats_a_note": round(loss.nats_a_note, 4),
            "nats_a_token": round(loss.nats_a_token, 4),
            "notes": loss.notes,
        },
        "training": {
            "preset": options.preset,
            "steps": finished.progress.step,
            "tokens": finished.progress.tokens,
            "hours": round(finished.progress.elapsed_s / 3600, 3),
            "context": options.context,
            "seed": options.seed,
        },
        "corpus": {"hash": manifest["hash"], "tiers": manifest["tiers"]},
    }
    save_model(finished.model, folder / "model", name=options.name, about=about)
    if options.json:
        print(json.dumps({"model": str(folder / "model"), **about}))
    else:
        print(
            f"held-out loss {loss.nats_a_note:.4f} nats a note, {loss.nats_a_token:.4f} a token; "
            f"the model is in {folder / 'model'}"
        )


def _log(progress: Progress) -> None:
    held_out = progress.held_out
    words = f", held-out {held_out.nats_a_note:.4f} nats a note" if held_out else ""
    print(
        f"{progress.elapsed_s / 60:.1f} min, step {progress.step}, {progress.tokens} tokens, "
        f"{progress.nats_a_token:.4f} nats a token, {progress.nats_a_note:.4f} a note{words}",
        file=sys.stderr,
        flush=True,
    )
