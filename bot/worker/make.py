"""What each kind of job asks of the engine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

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
    """Return the pieces of a job, whose files lie in ``folder``; raises what the engine raises.

    The model is the one that the payload names, else the one that the job's server is served now.
    """
    payload = job.payload
    server = None if job.server_id is None else str(job.server_id)
    how: dict[str, Any] = {
        "seed": int(payload["seed"]),
        "delivery": _delivery(payload),
        "on_progress": on_progress,
    }
    if job.kind == "compose" and "models" in payload:
        rivals = [composer.serving(server, model) for model in payload["models"]]
        if len({rival.card.name for rival in rivals}) == len(rivals) > 1:
            return _compared(job, rivals, folder, how)
    composer = composer.serving(server, payload.get("model"))
    if job.kind == "compose":
        request = ComposeRequest.from_json(payload["request"])
        pieces = [compose(request, composer, folder, **how)]
    elif job.kind == "revise":
        revision = Revision.from_json(payload["revision"])
        pieces = [revise(_parent(payload), revision, composer, folder, **how)]
    elif job.kind == "render":
        # A version that changes nothing: the same notes, played and drawn once more.
        parent = _parent(payload)
        player = _as_written(composer, payload)
        pieces = [revise(parent, Revision(parent.brief), player, folder, **how)]
    else:
        brief = Brief.from_json(payload["brief"])
        pieces = variations(brief, composer, folder, count=int(payload["count"]), **how)
    return tuple(_made(piece) for piece in pieces)


def _compared(
    job: Job, rivals: Sequence[Composer], folder: Path, how: Mapping[str, Any]
) -> tuple[Made, ...]:
    """Return one piece of each, for one wish and seed; their files do not say whose they are.

    They have the same names, so each lies in a folder of its own.
    """
    request = ComposeRequest.from_json(job.payload["request"])
    pieces = []
    for number, rival in enumerate(rivals):
        part = {**how, "on_progress": _part_of(how["on_progress"], number, len(rivals))}
        unnamed = replace(rival, unnamed=True)
        pieces.append(compose(request, unnamed, folder / str(number + 1), **part))
    return tuple(_made(piece) for piece in pieces)


def _part_of(on_progress: OnProgress, done: int, count: int) -> OnProgress:
    """Tell the progress of one piece among several."""
    return lambda stage, share: on_progress(stage, (done + share) / count)


def _as_written(composer: Composer, payload: Mapping[str, Any]) -> Composer:
    """Return what plays a piece and names in its tags the model that wrote it, if that is known."""
    if "written_by" not in payload:
        return composer
    model = payload["written_by"]
    card = composer.card if model is None else replace(composer.card, name=str(model))
    return replace(composer, card=card, unnamed=model is None)


def _made(piece: Composition) -> Made:
    told = explain(analyse(read_midi_file(piece.files["mid"])))
    tokens = np.array(piece.tokens, dtype="<u2").tobytes()
    return Made(piece.details, piece.files, told, base64.b64encode(tokens).decode())


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
