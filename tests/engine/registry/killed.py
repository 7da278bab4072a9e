"""A process killed at each step of what it does, one step later every time until it comes through.

``python -m tests.engine.registry.killed FOLDER promote|rollback|add|repair`` makes registries in
FOLDER and prints as one JSON object how often somebody died, and, in their order, what a fresh
registry says of each state of the disk that was left.

A step is a line of ``engine/registry`` or ``shutil`` about to run, so that somebody dies once
between any two of them. What a file's buffer holds at that moment is lost, as in life.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import engine.registry
from engine.registry.pointer import NAME
from engine.registry.registry import Registry
from tests.engine.registry.candidates import NOON, A, B, make_candidate, make_registry

WATCHED = (str(Path(engine.registry.__file__).parent), shutil.__file__)
KILLED = 9
MAKING = ".making-tuned"

Act = Callable[[Registry], object]


def dies_at(step: int, act: Act, registry: Registry) -> bool:
    """Do it in a child that dies before this step; return whether it died before it was done."""
    child = os.fork()
    if child == 0:
        left = step

        def trace(frame: FrameType, event: str, _: object) -> Any:
            nonlocal left
            if not frame.f_code.co_filename.startswith(WATCHED):
                return None
            if event == "line":
                left -= 1
                if left == 0:
                    os._exit(KILLED)
            return trace

        sys.settrace(trace)
        act(registry)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, KILLED):
        raise RuntimeError(f"the child failed at step {step}")
    return status == KILLED


def promote(registry: Registry) -> str:
    """Serve B to everyone."""
    return registry.promote(B, by="test", at=NOON).id


def rollback(registry: Registry) -> str:
    """Serve again what was before A."""
    return registry.rollback(by="test", at=NOON).id


def add(registry: Registry) -> str:
    """Give B, which is made if it is not yet, its place."""
    making = registry.folder / MAKING
    if not making.exists():
        make_candidate(making, registry.base, B)
    return registry.add(making).id


def repair(registry: Registry) -> str:
    """The same where a torn B is in its place."""
    return add(registry)


def tear(folder: Path) -> None:
    """Leave half of a file."""
    data = (folder / "card.json").read_bytes()
    (folder / "card.json").write_bytes(data[: len(data) // 2])


def on_disk(folder: Path) -> dict[str, bytes | None]:
    """Return every file of a folder with what is in it, and every folder in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def said_of(place: Path, act: Act) -> dict[str, Any]:
    """Return what fresh registries say: at once, after the same was tried again, after A."""
    fresh = Registry(place / "models", place / "base")
    served, entries = fresh.served().id, fresh.entries()
    row = {
        "served": served,
        "entries": [entry.id for entry in entries],
        "whole": [entry.id for entry in entries if entry.unfit is None],
        "damaged": fresh.damaged(),
        "registry": json.loads((fresh.folder / NAME).read_bytes())["everyone"],
    }
    if act is not rollback or served == A:
        act(Registry(place / "models", place / "base"))
    again = Registry(place / "models", place / "base")
    row |= {"then": again.served().id, "steps": len(again.history())}
    row["at_last"] = again.promote(A, by="test", at=NOON).id
    return row


def main(folder: Path, what: str) -> None:
    """Print what is served after each death, and after the same was tried once more."""
    # Only a power cut knows the difference, and all are equally slow.
    os.fsync = lambda _: None
    act: Act = {"promote": promote, "rollback": rollback, "add": add, "repair": repair}[what]
    start = make_registry(folder / "start", A, *(() if act is add else (B,)))
    start.promote(A, by="test", at=NOON)
    if act in (add, repair):
        make_candidate(start.folder / MAKING, start.base, B)
    if act is repair:
        tear(start.folder / B)
    before, place = on_disk(folder / "start"), folder / "place"
    found: list[dict[str, Any]] = []
    seen: list[dict[str, bytes | None]] = []
    step, died, left = 0, True, None
    while died:
        if left != before:
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(folder / "start", place)
        step += 1
        died = dies_at(step, act, Registry(place / "models", place / "base"))
        left = on_disk(place)
        if left not in seen:
            seen.append(left)
            found.append(said_of(place, act))
            left = None
    print(json.dumps({"deaths": step - 1, "states": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
