"""A worker that understands wishes as the engine does and answers with the same few notes at once.

What a test wants to happen is steered by the seed: FAILS, DIES, WAITS (until cancelled, unless
HURRY is set in the environment).
"""

import base64
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.request import Brief, ComposeRequest, resolve
from engine.request.revision import Revision

FAILS, DIES, WAITS = 13, 14, 15
GONE = "tuned-gone"
"""A model on trial that no worker can load."""
TOKENS = base64.b64encode(bytes([1, 0, 2, 1])).decode()
HURRY = "QUICK_WORKER_HURRIES"
# One bar of one note: the smallest file that anybody calls MIDI.
MIDI = bytes.fromhex("4d546864000000060000000101e04d54726b0000000c00903c408360803c4000ff2f00")
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(64)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def say(message: Any) -> None:
    print(json.dumps(message), flush=True)


def briefs(job: dict[str, Any]) -> list[tuple[Brief, dict[str, Any]]]:
    payload, kind = job["payload"], job["kind"]
    if kind == "compose":
        request = ComposeRequest.from_json(payload["request"])
        return [(resolve(request, seed=payload["seed"]), {})]
    if kind == "revise":
        revision = Revision.from_json(payload["revision"])
        brief = replace(revision.brief, seed=payload["seed"])
        return [(brief, {"changes": list(revision.changes), "exact": not revision.fresh})]
    brief = Brief.from_json({**payload["brief"], "seed": payload.get("seed", 1)})
    return [(brief, {})] * payload.get("count", 1)


def compared(job: dict[str, Any], folder: Path) -> list[Any]:
    """One piece of each of two models, unless one of them is GONE."""
    payload = job["payload"]
    if GONE in payload["models"]:
        payload["models"] = ["quick"]
    pieces = []
    for number, model in enumerate(payload["models"]):
        (brief, _), own = briefs(job)[0], folder / str(number)
        own.mkdir(parents=True, exist_ok=True)
        pieces.append(made(own, 0, brief, {"model": model}, "compose"))
    return pieces


def made(folder: Path, number: int, brief: Brief, more: dict[str, Any], kind: str) -> Any:
    contents = {"mid": MIDI, "mp3": MP3, "png": PNG}
    if kind == "render":
        contents |= {"stems.zip": b"PK\x05\x06" + bytes(18)}
    files = {name: folder / f"piece-{number}.{name}" for name in contents}
    for name, path in files.items():
        path.write_bytes(contents[name])
    details = {
        "title": brief.title,
        "brief": brief.to_json(),
        "seed": brief.seed + number,
        "model": "quick",
        "sound": {"seconds": 2.0, "remarks": []},
        "report": {"key": brief.key},
        **more,
    }
    paths = {name: str(path) for name, path in files.items()}
    tokens = "" if kind == "render" or details.get("exact") else TOKENS
    told = f"It is in {brief.key}."
    return {"details": details, "files": paths, "explanation": told, "tokens": tokens}


def work(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    seed = job["payload"].get("seed")
    say({"job": job["id"], "stage": "generate", "share": 0.5})
    if seed == FAILS:
        return {"failed": {"sentence": "this cannot be composed", "reason": "bad_input"}}
    if seed == DIES:
        os._exit(3)
    if seed == WAITS and HURRY not in os.environ:
        assert json.loads(sys.stdin.readline()) == {"cancel": job["id"]}
        return {"cancelled": True}
    folder.mkdir(parents=True, exist_ok=True)
    if "models" in job["payload"]:
        return {"done": compared(job, folder)}
    pieces = enumerate(briefs(job))
    return {"done": [made(folder, n, brief, more, job["kind"]) for n, (brief, more) in pieces]}


def main() -> None:
    say({"ready": {"model": "quick"}})
    for line in sys.stdin:
        message = json.loads(line)
        if "job" in message:
            job = message["job"]
            say({"job": job["id"]} | work(job, Path(message["folder"])))


if __name__ == "__main__":
    main()
