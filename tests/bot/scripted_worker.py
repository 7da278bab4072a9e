"""A worker without an engine: it does what the job's payload says, dying and hanging included.

``do``: ok, fail, wait (until cancelled), hang (deaf), gate (until somebody opens the FIFO
``gate``), die, die_once, garbage, nonsense, stranger, endless, progress (``shares``). How it starts
stands in SCRIPT_START: ok, missing, missing_once, die, silent, garbage.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any


def say(message: Any) -> None:
    print(json.dumps(message), flush=True)


def once(marker: Path) -> bool:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def deaf() -> None:
    """Never come back, nor end with the input."""
    os.read(os.pipe()[0], 1)


def begin() -> None:
    how = os.environ.get("SCRIPT_START", "ok")
    if how == "missing" or (how == "missing_once" and once(Path(os.environ["SCRIPT_MARKER"]))):
        say({"missing": "the soundfont is missing; install it"})
        sys.exit(1)
    if how == "die":
        os._exit(3)
    if how == "silent":
        deaf()
    if how == "garbage":
        print("Hello!", flush=True)
        deaf()
    say({"ready": {"model": "script"}})


def work(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    given, number = job["payload"], job["id"]
    if "diary" in given:
        with Path(given["diary"]).open("a") as diary:
            diary.write(f"{number}\n")
    do = given.get("do", "ok")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "piece.mid"
    file.write_bytes(b"MThd")
    if do == "die" or (do == "die_once" and once(Path(given["marker"]))):
        os._exit(3)
    if do in ("hang", "wait"):
        say({"job": number, "stage": "generate", "share": 0.5})
        if do == "hang":
            deaf()
        asked = json.loads(sys.stdin.readline())
        assert asked == {"cancel": number}
        return {"cancelled": True}
    if do == "gate":
        Path(given["gate"]).read_bytes()
    if do == "garbage":
        print("Traceback: all is lost", flush=True)
        deaf()
    if do == "nonsense":
        return {"finished": "yes"}
    if do == "stranger":
        return {"job": number + 1, "cancelled": True}
    if do == "endless":
        print("x" * (5 * 2**20), flush=True)
    if do == "fail":
        return {"failed": {"sentence": "no, not so", "reason": "bad_input"}}
    for share in given.get("shares", []):
        say({"job": number, "stage": "generate", "share": share})
    details = {"title": "A piece", "environ": dict(os.environ), "cwd": str(Path.cwd())}
    return {"done": [{"details": details, "files": {"mid": str(file)}, "explanation": "short"}]}


def main() -> None:
    begin()
    for line in sys.stdin:
        message = json.loads(line)
        if "job" in message:
            job = message["job"]
            say({"job": job["id"]} | work(job, Path(message["folder"])))


if __name__ == "__main__":
    main()
