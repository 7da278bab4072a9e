"""What each kind of job asks of the engine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.jobs import Job, Made
from engine.audio.delivery import Delivery
from engine.audio.encode import LADDERS
from engine.compose import compose, variations
from engine.composer import Composer, OnProgress
from engine.errors import BadInputError
from engine.explain.analysis import analyse
from engine.explain.words import explain
from engine.output import slug
from engine.publish import Composition
from engine.request.model import Brief, ComposeRequest
from engine.request.revision import Revision
from engine.revise import Piece, revise
from engine.score.midi import read_midi, read_midi_file


def make(job: Job, composer: Composer, folder: Path, on_progress: OnProgress) -> tuple[Made, ...]:
    """Return the pieces of a job, whose files lie in ``folder``; raises what the engine raises."""
    payload = job.payload
    how: dict[str, Any] = {
        "seed": int(payload["seed"]),
        "delivery": _delivery(payload),
        "on_progress": on_progress,
    }
    if job.kind == "compose":
        request = ComposeRequest.from_json(payload["request"])
        pieces = [compose(request, composer, folder, **how)]
    elif job.kind == "revise":
        revision = Revision.from_json(payload["revision"])
        pieces = [revise(_parent(payload), revision, composer, folder, **how)]
    elif job.kind == "render":
        # A version that changes nothing: the same notes, played and drawn once more.
        parent = _parent(payload)
        pieces = [revise(parent, Revision(parent.brief), composer, folder, **how)]
    else:
        brief = Brief.from_json(payload["brief"])
        pieces = variations(brief, composer, folder, count=int(payload["count"]), **how)
    return tuple(_made(piece) for piece in pieces)


def _made(piece: Composition) -> Made:
    told = explain(analyse(read_midi_file(piece.files["mid"])))
    return Made(piece.details, piece.files, told)


def _delivery(payload: Mapping[str, Any]) -> Delivery | None:
    """Return which files of sound are wanted; None for no sound."""
    audio = payload.get("audio", "mp3")
    if audio == "none":
        return None
    if audio not in LADDERS:
        raise BadInputError(f"audio must be one of {', '.join(LADDERS)}, you asked for {audio!r}")
    return Delivery(audio, bool(payload.get("stems", False)), payload.get("max_bytes"))


def _parent(payload: Mapping[str, Any]) -> Piece:
    title = str(payload["title"])
    name = str(payload.get("name") or slug(title))
    return Piece(Brief.from_json(payload["brief"]), _midi(payload), title, name)


def _midi(payload: Mapping[str, Any]) -> bytes:
    """Return the MIDI file of a payload; BadInputError for one that cannot be read."""
    try:
        data = base64.b64decode(payload["midi"], validate=True)
    except (TypeError, binascii.Error) as error:
        raise BadInputError("the notes of this piece are damaged; choose another one") from error
    read_midi(data, name="the piece")
    return data
