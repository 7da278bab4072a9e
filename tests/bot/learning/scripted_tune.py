"""Stands in for ``engine tune``: says the same lines, makes a candidate, tunes nothing.

The environment variable TUNE says what happens: PASS (usual), REFUSE, FAIL, BREAK, STARVE, DIE
(killed in the first attempt only), DIE_LATE (so, too, when the candidate is there), DIE_ALWAYS,
HANG (until SIGTERM, then saved as the real one), LATE (SIGTERM comes when all is done but to tell).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

CHECKS = [
    {
        "name": "adherence", "says": "adherence, 0 to 100", "wanted": "≥ 91.2", "served": "93.2",
        "candidate": "93.0", "passed": True,
    },
    {
        "name": "preference", "says": "pairs told right", "wanted": "> 0", "served": "50 %",
        "candidate": "64 %", "passed": True,
    },
]  # fmt: skip


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def stopped(_number: int, _frame: FrameType | None) -> None:
    print("cancelled; call again to go on", file=sys.stderr)
    sys.exit(130)


def main() -> int:
    parser = argparse.ArgumentParser()
    for option in ("ratings", "run", "models", "name", "seed", "threads", "trials", "server"):
        parser.add_argument(f"--{option}")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    mode = os.environ.get("TUNE", "PASS")
    run, models = Path(options.run), Path(options.models)
    if (models / options.name).exists():
        print(f"--name {options.name} is taken", file=sys.stderr)
        return 2
    run.mkdir(parents=True, exist_ok=True)
    begun = run.parent / "begun"
    attempt = len(begun.read_text().splitlines()) if begun.exists() else 0
    ratings = Path(options.ratings).read_bytes()
    with begun.open("a") as file:
        file.write(hashlib.sha256(ratings).hexdigest() + "\n")
    if mode == "HANG":
        signal.signal(signal.SIGTERM, stopped)
    if mode == "LATE":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    say(stage="check", share=0.0)
    say(stage="tune", share=0.4, epoch=1, group=3, loss=0.61, margin=0.3, accuracy=0.625, kl=0.01)
    if mode == "HANG":
        while True:
            signal.pause()
    if mode == "LATE":
        signal.sigwait([signal.SIGTERM])
    if mode == "DIE_ALWAYS" or (mode == "DIE" and attempt == 0):
        os.kill(os.getpid(), signal.SIGKILL)
    if mode == "FAIL":
        print("there are too few ratings to learn from; let people rate more", file=sys.stderr)
        return 2
    if mode == "STARVE":
        raise MemoryError
    if mode == "BREAK":
        raise ZeroDivisionError
    if options.trials is not None:
        blind = json.loads(Path(options.trials).read_text())
        mode = "PASS" if blind["wins"] > blind["losses"] else "REFUSE"
    make(models / options.name, options.name, ratings, passed=mode != "REFUSE")
    if mode == "DIE_LATE" and attempt == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    say(
        candidate=options.name,
        passed=mode != "REFUSE",
        reason="refused: it wrote less varied music" if mode == "REFUSE" else "passed: it is liked",
        folder=str(models / options.name),
    )
    return 0


def make(folder: Path, name: str, ratings: bytes, *, passed: bool) -> None:
    from engine.registry.entry import base_hash
    from engine.registry.served import SHIPPED

    folder.mkdir(parents=True, exist_ok=True)
    ranker = json.dumps({"words": ["calmer", "higher"]}).encode()
    (folder / "ranker.json").write_bytes(ranker)
    for file in ("report.png", "before.mp3", "after.mp3"):
        (folder / file).write_bytes(b"not really")
    base = json.loads((SHIPPED / "card.json").read_bytes())
    checks = [check | {"passed": passed or check["name"] != "preference"} for check in CHECKS]
    card = {
        "format": 1,
        "id": name,
        "kind": "ranker",
        "base": {"name": base["name"], "sha256": base_hash(SHIPPED)},
        "files": {"ranker.json": hashlib.sha256(ranker).hexdigest()},
        "made_at": "2026-11-28T18:00:00+00:00",
        "ratings": {
            "sha256": hashlib.sha256(ratings).hexdigest(),
            "pieces": 1, "ratings": 2, "raters": 2, "remarks": ["three listeners vote as one"],
        },
        "verdict": {"passed": passed, "reason": "as it was scripted", "checks": checks},
    }  # fmt: skip
    (folder / "card.json").write_text(json.dumps(card))


if __name__ == "__main__":
    sys.exit(main())
