"""One training run from its options to exported weights, for the command line and bare machines.

``python -m engine.training`` runs it where there is no more than torch, numpy and safetensors;
``python -m engine train`` is the same with a progress bar.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

import torch

from engine.corpus.manifest import load_shards, read_manifest
from engine.errors import BadInputError, CancelledError
from engine.model.checkpoint import save_model
from engine.model.config import PRESETS
from engine.model.transformer import Transformer
from engine.option_types import MAX_SEED, positive, whole
from engine.training import lstm
from engine.training.examples import ExampleSettings
from engine.training.optimizer import OptimizerSettings
from engine.training.pretrain import Progress, Run, TrainSettings, train
from engine.training.team import join_team, threads_for

SHARDS = Path("data/shards")
"""Where shards are kept unless said otherwise."""

RUNS = Path("runs")
_LOG_EVERY_STEPS = 50
_NOT_SET = ("context", "vocabulary")
"""Fields of the settings that have an option of their own, or no choice."""
_STOPS = (signal.SIGTERM, signal.SIGINT)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run."""
    parser.add_argument("--preset", choices=(*PRESETS, lstm.PRESET), default="small")
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
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any field of ExampleSettings, OptimizerSettings or ModelConfig; may be repeated",
    )
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument(
        "--compile",
        action="store_true",
        help="have torch compile the step first: a minute, then a fifth faster; needs g++",
    )
    parser.add_argument("--threads", type=whole(1, 256), help="of the CPU, each process")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _quietly(progress: Progress) -> None:
    """Show nothing."""


def _stop(_signal: int, _frame: object) -> NoReturn:
    """End the run once; a second signal must not disturb the saving."""
    for stop in _STOPS:
        signal.signal(stop, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(options: argparse.Namespace, show: Callable[[Progress], None] = _quietly) -> None:
    """Train, export the weights, and print the held-out loss last.

    ``show`` hears of every step. SIGTERM and Ctrl-C save the run and raise CancelledError.
    Raises BadInputError for options that do not fit the machine, the preset or the corpus.
    """
    if options.device == "cuda" and not torch.cuda.is_available():
        raise BadInputError("there is no CUDA device on this machine; train with --device cpu")
    if options.preset != lstm.PRESET and options.context > (
        longest := PRESETS[options.preset].context
    ):
        raise BadInputError(f"preset {options.preset} reads at most {longest} tokens at once")
    sizes, examples, optimizer = settings_said(options.set)
    # A supervisor's SIGTERM, and Ctrl-C also where the shell had it ignored, save before leaving.
    for stop in _STOPS:
        signal.signal(stop, _stop)
    settings = TrainSettings(
        preset=options.preset,
        sizes=sizes,
        minutes=options.minutes or (None if options.steps else 60.0),
        steps=options.steps,
        seed=options.seed,
        micro_batch=options.micro_batch,
        accumulate=options.accumulate,
        device=options.device,
        compiled=options.compile,
        examples=ExampleSettings(**{"context": options.context, **examples}),
        optimizer=OptimizerSettings(**optimizer),
    )
    manifest = read_manifest(options.corpus)
    team = join_team(os.environ, options.device)
    torch.set_num_threads(options.threads or threads_for(team))

    def watch(progress: Progress) -> None:
        show(progress)
        if progress.step % _LOG_EVERY_STEPS == 0 or progress.held_out:
            _log(progress)

    folder = RUNS / options.name
    try:
        finished = train(
            load_shards(options.corpus),
            folder,
            settings,
            resume=options.resume,
            team=team,
            watch=watch,
        )
    except KeyboardInterrupt as stopped:
        raise CancelledError(
            f"stopped; the run is saved in {folder}, go on with it by --resume"
        ) from stopped
    if team.leads:
        _export(options, finished, manifest, folder / "model")


def settings_said(said: list[str]) -> tuple[dict[str, int], dict[str, Any], dict[str, Any]]:
    """Return what --set says of sizes, examples and optimizers; BadInputError for other names."""
    known = (PRESETS["small"], ExampleSettings(), OptimizerSettings())
    numbers = [
        {
            field.name: getattr(defaults, field.name)
            for field in fields(defaults)
            if isinstance(getattr(defaults, field.name), int | float) and field.name not in _NOT_SET
        }
        for defaults in known
    ]
    found: list[dict[str, Any]] = [{}, {}, {}]
    for words in said:
        name, _, value = words.partition("=")
        place = next((i for i, names in enumerate(numbers) if name in names), None)
        if place is None:
            names = sorted(name for group in numbers for name in group)
            raise BadInputError(f"--set knows {', '.join(names)}; got {name!r}")
        try:
            found[place][name] = type(numbers[place][name])(float(value))
        except ValueError as error:
            raise BadInputError(f"--set {name} needs a number, got {value!r}") from error
    return found[0], found[1], found[2]


def _export(
    options: argparse.Namespace, finished: Run, manifest: dict[str, Any], folder: Path
) -> None:
    loss, progress = finished.held_out, finished.progress
    about = {
        "held_out": {
            "nats_a_note": round(loss.nats_a_note, 4),
            "nats_a_token": round(loss.nats_a_token, 4),
            "notes": loss.notes,
        },
        "training": {
            "preset": options.preset,
            "steps": progress.step,
            "tokens": progress.tokens,
            "hours": round(progress.elapsed_s / 3600, 3),
            "context": options.context,
            "seed": options.seed,
            "set": options.set,
        },
        "corpus": {
            "hash": manifest["hash"],
            "tiers": manifest["tiers"],
            "notes_by_tier": {
                tier: manifest["counts"][f"tier {tier} notes"]
                for tier in sorted(_tiers(manifest["counts"]))
            },
        },
    }
    if isinstance(finished.model, Transformer):
        save_model(finished.model, folder, name=options.name, about=about)
    if options.json:
        print(json.dumps({"model": str(folder), **about}))
    else:
        print(f"the model is in {folder}")
        print(f"held-out loss {loss.nats_a_note:.4f} nats a note, {loss.nats_a_token:.4f} a token")


def _tiers(counts: dict[str, int]) -> set[str]:
    return {key.split()[1] for key in counts if key.startswith("tier ")}


def _log(progress: Progress) -> None:
    held_out = progress.held_out
    words = f", held-out {held_out.nats_a_note:.4f} nats a note" if held_out else ""
    print(
        f"{progress.elapsed_s / 60:.1f} min, step {progress.step}, {progress.tokens} tokens, "
        f"{progress.nats_a_token:.4f} nats a token, {progress.nats_a_note:.4f} a note{words}",
        file=sys.stderr,
        flush=True,
    )
