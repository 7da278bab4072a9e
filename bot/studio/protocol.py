"""What bot and worker say to each other: one JSON object a line.

To the worker: ``{"job": JOB, "folder": PATH}`` and ``{"cancel": ID}``; the end of its input is the
end of the worker, whatever it does. From the worker, once: ``{"ready": {"model": NAME}}`` or
``{"missing": SENTENCE}``. Then for each job any number of ``{"job": ID, "stage": …, "share": …}``
and one of ``{"job": ID, "done": [PIECE, …]}``, ``{"job": ID, "failed": {"sentence": …,
"reason": …}}`` and ``{"job": ID, "cancelled": true}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from bot.jobs import Cancelled, Done, Failed, Made, Reason, Running

MAX_LINE_BYTES = 4 * 2**20
"""What a line may take: the details of four pieces have some 20 KB, a long MIDI file some 300."""

Word = Running | Done | Failed | Cancelled
"""What a worker says of a job."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Return a message as the line that says it."""
    return json.dumps(message, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Return the message of a line; ValueError for anything else."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message must be a JSON object")
    return message


def word_to_json(job_id: int, word: Word) -> dict[str, Any]:
    """Return what a worker says of a job as a message."""
    match word:
        case Running(stage, share):
            return {"job": job_id, "stage": stage, "share": round(share, 4)}
        case Done(made):
            return {"job": job_id, "done": [piece.to_json() for piece in made]}
        case Failed(sentence, reason):
            return {"job": job_id, "failed": {"sentence": sentence, "reason": reason}}
        case Cancelled():
            return {"job": job_id, "cancelled": True}


def word_from_json(message: Mapping[str, Any]) -> tuple[int, Word]:
    """Return the job and what is said of it; KeyError, TypeError or ValueError for nonsense."""
    job_id = message["job"]
    if not isinstance(job_id, int):
        raise TypeError("a job has a number")
    if "stage" in message:
        return job_id, Running(str(message["stage"]), float(message["share"]))
    if "done" in message:
        return job_id, Done(tuple(Made.from_json(piece) for piece in message["done"]))
    if "failed" in message:
        sentence, reason = message["failed"]["sentence"], message["failed"]["reason"]
        if reason not in get_args(Reason):
            raise ValueError(f"there is no reason {reason!r:.40}")
        return job_id, Failed(str(sentence), reason)
    if message["cancelled"] is not True:
        raise ValueError("cancelled is true or not said")
    return job_id, Cancelled()
