"""A finished piece as it is kept: brief, MIDI, tokens, figures, and of other files the hashes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from bot.jobs import Made
from bot.storage.records import File, NewPiece, StoredJob

KEPT_DETAILS = ("model", "sound", "report", "exact")
"""What of ``NAME.json`` is kept beside title, brief, seed and changes."""


async def to_keep(job: StoredJob, made: Made, number: int, model_id: int) -> NewPiece:
    """Return what is kept of a piece; its files are read and hashed outside of the event loop.

    ``number``: among the pieces of the job, from 1; variations are told apart by it.
    """
    files, midi = await asyncio.to_thread(_read, made.files)
    details = made.details
    variation = {"variation": number} if job.kind == "variations" else {}
    return NewPiece(
        person_id=job.person_id,
        channel_id=job.channel_id,
        server_id=job.server_id,
        parent_id=job.parent_piece_id,
        title=details["title"],
        brief=details["brief"],
        seed=details["seed"],
        midi=midi,
        model_id=model_id,
        files=files,
        changes=tuple(details.get("changes") or ()),
        explanation=made.explanation,
        details={**{name: details.get(name) for name in KEPT_DETAILS}, **variation},
        tokens=base64.b64decode(made.tokens) or None,
    )


def _read(paths: Mapping[str, Path]) -> tuple[dict[str, File], bytes]:
    """Return every file but the JSON by name, size and hash, and the bytes of the MIDI."""
    contents = {kind: path.read_bytes() for kind, path in paths.items() if kind != "json"}
    files = {
        kind: File(paths[kind].name, len(data), hashlib.sha256(data).hexdigest())
        for kind, data in contents.items()
    }
    return files, contents["mid"]
