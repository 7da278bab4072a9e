"""``tune``: ratings become a candidate, and the gate says whether it is better."""

from __future__ import annotations

import argparse
import json
import math
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from engine.commands.progress import progress_bar
from engine.composer import Composer
from engine.errors import BadInputError, CancelledError, SoundfontError
from engine.evaluation.trial import PIECES
from engine.learn import Learned, LearnSettings, Step, learn
from engine.option_types import MAX_SEED, Commands, whole
from engine.ratings.records import FEW, read_ratings
from engine.registry.entry import is_name
from engine.registry.registry import VARIABLE, Registry
from engine.training.run import SHARDS
from engine.training.tune import TuneSettings

RUN = Path("runs/tune")
_STAGES = {
    "check": "weighing the listeners",
    "reference": "reading the rated pieces",
    "tune": "learning, and asking listeners who are held out",
    "rank": "learning what is liked",
    "write": "writing the trial",
    "judge": "judging",
    "play": "playing before and after",
}


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "learn from listeners' ratings: a candidate, and a verdict on it"
    parser = commands.add_parser("tune", help=about, description=about)
    parser.add_argument("--ratings", type=Path, required=True, metavar="FILE", help="a .jsonl file")
    parser.add_argument(
        "--run", dest="run_folder", type=Path, default=RUN, metavar="DIR", help="kept to resume"
    )
    parser.add_argument("--models", type=Path, metavar="DIR", help="where the candidate goes")
    parser.add_argument("--name", metavar="ID", help="of the candidate; made up if not given")
    parser.add_argument("--server", metavar="ID", help="it has to beat what this server is served")
    parser.add_argument(
        "--trials", type=Path, metavar="FILE", help='JSON: {"wins": 3, "losses": 1}'
    )
    parser.add_argument(
        "--corpus", type=Path, default=SHARDS, metavar="DIR", help="held-out pieces"
    )
    parser.add_argument("--pieces", type=whole(8, 1000), default=PIECES, help="of the trial")
    parser.add_argument(
        "--few", type=whole(0, 10**6), default=FEW, help="ratings below which only a ranker learns"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a field of TuneSettings"
    )
    parser.add_argument("--no-sound", action="store_true", help="no before.mp3 and after.mp3")
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0)
    parser.add_argument("--threads", type=whole(1, 256), help="of the CPU")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--json", action="store_true", help="a JSON object a line, also progress")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Learn, judge, and print the verdict; the candidate is then in the registry.

    Ctrl-C and SIGTERM raise CancelledError: what was reached is kept, and the same command goes on
    from there.
    """
    try:
        learned = _learned(options)
    except KeyboardInterrupt as stopped:
        raise CancelledError(
            f"stopped; what was reached is kept in {options.run_folder}, "
            "and the same command goes on where it stopped"
        ) from stopped
    _tell(learned, as_json=options.json)


def _learned(options: argparse.Namespace) -> Learned:
    """Return the end of the run that the options ask for; its steps are shown on the way."""
    folder: Path = options.run_folder
    ratings = read_ratings(options.ratings)
    if options.threads:
        torch.set_num_threads(options.threads)
    environ = dict(os.environ)
    if options.models is not None:
        environ[VARIABLE] = str(options.models)
    settings = LearnSettings(_settings(options.set), options.few, options.pieces)
    blind = _blind(options.trials)
    if options.device == "cuda" and not torch.cuda.is_available():
        raise BadInputError("there is no CUDA device on this machine; tune with --device cpu")
    registry = Registry.open(environ)
    now = datetime.now(UTC)
    name = options.name or f"tuned-{now:%Y%m%d}-{secrets.token_hex(2)}"
    if not is_name(name) or name in {entry.id for entry in registry.entries()}:
        raise BadInputError(f"--name {name!r} is taken, or no name; use letters, digits, - and _")
    composer = _composer(environ, options)
    with progress_bar() as bar:

        def show(step: Step) -> None:
            if options.json:
                print(json.dumps(_said(step)), flush=True)
            else:
                bar.show(_STAGES[step.stage], step.share)

        return learn(
            ratings,
            composer,
            registry,
            folder,
            name=name,
            seed=options.seed,
            at=now,
            corpus=options.corpus,
            blind=blind,
            server=options.server,
            settings=settings,
            on_step=show,
        )


def _tell(learned: Learned, *, as_json: bool) -> None:
    """Print the verdict, and where the candidate is."""
    entry, verdict = learned.candidate, learned.verdict
    if as_json:
        end = {"candidate": entry.id, "passed": verdict.passed, "reason": verdict.reason}
        print(json.dumps({**end, "folder": str(entry.folder)}), flush=True)
        return
    for check in verdict.checks:
        mark = "ok" if check.passed else "NO"
        print(
            f"{mark}  {check.says:44} wanted {check.wanted:>18}  "
            f"served {check.served:>14}  candidate {check.candidate:>14}"
        )
    print(f"\n{entry.id}: {verdict.reason}")
    if verdict.passed:
        print(f"serve it: python -m engine models promote {entry.id}", file=sys.stderr)


def _composer(environ: Mapping[str, str], options: argparse.Namespace) -> Composer:
    """Open the base; without a soundfont there is a verdict all the same, and nothing to hear."""
    sound = not options.no_sound
    try:
        return Composer.open(environ, sound=sound, device=options.device)
    except SoundfontError as error:
        print(f"{error}; going on without sound", file=sys.stderr)
        return Composer.open(environ, sound=False, device=options.device)


def _settings(said: list[str]) -> TuneSettings:
    known = asdict(TuneSettings())
    changes: dict[str, Any] = {}
    for words in said:
        name, _, value = words.partition("=")
        if name not in known:
            raise BadInputError(f"--set knows {', '.join(sorted(known))}; got {name!r}")
        try:
            changes[name] = type(known[name])(float(value))
        except (ValueError, OverflowError) as error:
            raise BadInputError(f"--set {name} needs a number, got {value!r}") from error
    return replace(TuneSettings(), **changes)


def _blind(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_text())
        wins, losses = int(found["wins"]), int(found["losses"])
        if min(wins, losses) < 0:
            raise ValueError("choices are counted from 0")
        return wins, losses
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise BadInputError(
            f'{path} cannot be used; it must hold JSON as {{"wins": 3, "losses": 1}}'
        ) from error


def _said(step: Step) -> dict[str, Any]:
    """Return a step as a line of JSON; figures that are not known are left out."""
    said: dict[str, Any] = {"stage": step.stage, "share": round(step.share, 4)}
    if step.epoch is not None:
        look = step.epoch.held_out
        figures = {
            "epoch": step.epoch.number,
            "group": math.nan if step.group is None else step.group,
            "loss": look.loss,
            "margin": look.margin,
            "accuracy": look.accuracy,
            "kl": step.epoch.kl,
        }
        said |= {name: round(v, 5) for name, v in figures.items() if math.isfinite(v)}
    return said
