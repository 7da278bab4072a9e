"""``models``: which models there are, which is served to whom, and how that is changed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.option_types import Commands
from engine.registry.entry import WEIGHTS_OF, Entry
from engine.registry.errors import NotPassedError
from engine.registry.registry import Loads, Registry
from engine.registry.state import Trial

BY = "command line"
"""Who promotes, as the history tells it."""


def add_to(commands: Commands) -> None:
    """Add the commands and their options."""
    about = "list the models, promote one, or roll back to what was served before"
    parser = commands.add_parser("models", help=about, description=about)
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|promote|rollback")
    listed = actions.add_parser("list", help="every model, its verdict, and who is served it")
    listed.set_defaults(run=run_list)
    promote = actions.add_parser("promote", help="serve a model from now on")
    promote.add_argument("id", metavar="ID")
    promote.add_argument(
        "--force", action="store_true", help="without a passed verdict; the history keeps that"
    )
    promote.set_defaults(run=run_promote)
    rollback = actions.add_parser("rollback", help="serve again what was served before")
    rollback.set_defaults(run=run_rollback)
    for action in (promote, rollback):
        action.add_argument(
            "--server", type=_server, metavar="ID", help="for this Discord server alone"
        )
    for action in (listed, promote, rollback):
        action.add_argument(
            "--models", type=Path, metavar="DIR", help="instead of CADENZA_MODELS or data/models"
        )
        action.add_argument("--json", action="store_true", help="print JSON")


def run_list(options: argparse.Namespace) -> None:
    """Print one line a model; what cannot be served that should be is said on stderr."""
    registry = _open(options)
    rows = _rows(registry.entries(), registry)
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        _print_table(rows)
    _warn(registry)


def run_promote(options: argparse.Namespace) -> None:
    """Print what is served now; NotPassedError names --force."""
    registry = _open(options)
    try:
        entry = registry.promote(
            options.id,
            server=options.server,
            by=BY,
            at=datetime.now(UTC),
            forced=options.force,
            loads=network_loads(registry.base),
        )
    except NotPassedError as error:
        raise NotPassedError(f"{error}; --force promotes it all the same") from error
    _print_served(entry, registry, options)


def run_rollback(options: argparse.Namespace) -> None:
    """Print what is served again."""
    registry = _open(options)
    entry = registry.rollback(server=options.server, by=BY, at=datetime.now(UTC))
    _print_served(entry, registry, options)


def network_loads(base: Path) -> Loads:
    """Return what loads a model over ``base`` and forgets it; ModelError if it cannot be loaded."""

    def loads(entry: Entry) -> None:
        # Torch takes a second to load, and most of what the registry is asked needs none.
        from engine.model.adapter import load_adapter
        from engine.model.checkpoint import load_model
        from engine.ratings.ranker import load_ranker

        network, _ = load_model(base)
        if entry.folder is None:
            return
        if WEIGHTS_OF["adapter"] in entry.card["files"]:
            load_adapter(entry.folder / WEIGHTS_OF["adapter"], network)
        if WEIGHTS_OF["ranker"] in entry.card["files"]:
            load_ranker(entry.folder / WEIGHTS_OF["ranker"])

    return loads


def _open(options: argparse.Namespace) -> Registry:
    return Registry.open(os.environ, folder=options.models)


def _server(text: str) -> str:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"must be a server's number, not {text!r}")
    return text


def _rows(entries: Sequence[Entry], registry: Registry) -> list[dict[str, Any]]:
    """Return what can be said of each model, as JSON values."""
    served, trial = registry.served_to(), registry.trial
    return [_row(entry, registry.base, served, trial) for entry in entries]


def _row(
    entry: Entry, base: Path, served: Mapping[str | None, Entry], trial: Trial | None
) -> dict[str, Any]:
    served_to = [scope for scope, model in served.items() if model.id == entry.id]
    ratings = entry.card.get("ratings", {})
    return {
        "id": entry.id,
        "kind": entry.kind,
        "made_at": entry.made_at,
        "ratings": ratings.get("ratings") if isinstance(ratings, dict) else None,
        "passed": entry.passed,
        "reason": entry.reason,
        "unfit": entry.unfit,
        "everyone": None in served_to,
        "servers": [scope for scope in served_to if scope is not None],
        "trial": trial.share if trial is not None and trial.model == entry.id else None,
        "folder": str(entry.folder or base),
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    """Print the rows in columns, the verdict last, since its reason has any length."""
    lines = [(_marks(row), row["id"], row["kind"], _made(row), _verdict(row)) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        print("  ".join([*cells, line[-1]]).rstrip())


def _marks(row: dict[str, Any]) -> str:
    """Return who is served the model, as in ``everyone, 1234``."""
    trial = [] if row["trial"] is None else [f"trial {row['trial']:.0%}"]
    return ", ".join((["everyone"] if row["everyone"] else []) + row["servers"] + trial) or "-"


def _made(row: dict[str, Any]) -> str:
    if row["made_at"] is None:
        return "-"
    at = datetime.fromisoformat(row["made_at"]).astimezone(UTC)
    ratings = "" if row["ratings"] is None else f", {row['ratings']} ratings"
    return f"{at:%Y-%m-%d %H:%M} UTC{ratings}"


def _verdict(row: dict[str, Any]) -> str:
    if row["unfit"] is not None:
        return f"cannot be served: {row['unfit']}"
    if row["passed"] is None:
        return ""
    return f"{'passed' if row['passed'] else 'not passed'}: {row['reason']}"


def _print_served(entry: Entry, registry: Registry, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(_rows([entry], registry)[0], ensure_ascii=False))
    else:
        whom = "everyone" if options.server is None else f"server {options.server}"
        print(f"{whom} is served {entry.id}")
    _warn(registry)


def _warn(registry: Registry) -> None:
    for sentence in registry.damaged():
        print(sentence, file=sys.stderr)
