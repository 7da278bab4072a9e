"""A job for the studio and what becomes of it: frozen values that bot and workers exchange.

They travel to a worker and back as JSON, and a job waits in the database as JSON: a restart may
come at any moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["compose", "revise", "variations", "render"]
Reason = Literal["bad_input", "missing_part", "deadline", "worker_died", "internal"]

VARIATIONS = 3
"""Pieces that one job of this kind makes; a quota counts each."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work for a worker."""

    id: int
    """The row of the job; whoever asks twice for one id gets it once."""
    kind: Kind
    payload: dict[str, Any]
    """What the engine needs, resolved attributes only; no chat text.

    compose: ``request`` (ComposeRequest as JSON without the words not understood), ``seed``,
    perhaps ``models`` (ids of two that write a piece each, to be compared blindly)
    revise: ``revision`` (Revision as JSON), ``brief``, ``midi`` (base64), ``title``, ``name`` (of
    the parent's files; made from the title if left out), ``seed``
    variations: ``brief``, ``count``, ``seed``
    render (plays a piece once more): ``brief``, ``midi`` (base64), ``title``, ``seed``, ``stems``,
    ``written_by`` (model for the tags of the sound; None keeps it back, left out is the served)
    all: ``model`` (id of the one that writes; None or left out is what the server is served),
    ``audio`` ("mp3", "ogg", "wav" or "none"), ``max_bytes`` (of each file; None or left out is no
    limit)
    """
    person_id: int
    server_id: int | None = None
    """None in direct messages and in the terminal."""
    request_id: str = ""
    """Written into every log line that belongs to this request, in bot and worker."""

    def to_json(self) -> dict[str, Any]:
        """Return the job as JSON values; ``from_json`` gives an equal one back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Job:
        """Return the job that ``to_json`` wrote; KeyError, TypeError or ValueError for others."""
        if data["kind"] not in get_args(Kind):
            raise ValueError(f"there is no kind of job {data['kind']!r:.40}")
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The job waits; ``place`` 1 is next."""

    place: int


@dataclass(frozen=True, slots=True)
class Running:
    """A worker is at it."""

    stage: str
    """"start", "generate", "render", "encode" or "stems"."""
    share: float
    """Of the stage, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Made:
    """One finished piece: its files lie in the job's folder until the studio is told to forget."""

    details: dict[str, Any]
    """What ``NAME.json`` holds."""
    files: dict[str, Path]
    """Kind (mid, mp3, png, stems.zip, ...) to path."""
    explanation: str = ""
    """Key, chords and form in plain words."""
    tokens: str = ""
    """As the model wrote them: base64 of uint16, little endian; "" where notes were edited."""

    def to_json(self) -> dict[str, Any]:
        """Return the piece as JSON values; ``from_json`` gives an equal one back."""
        return {
            "details": self.details,
            "files": {kind: str(path) for kind, path in self.files.items()},
            "explanation": self.explanation,
            "tokens": self.tokens,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Made:
        """Return the piece that ``to_json`` wrote; KeyError or TypeError for others."""
        files = {kind: Path(path) for kind, path in dict(data["files"]).items()}
        tokens = str(data.get("tokens", ""))
        return cls(dict(data["details"]), files, str(data["explanation"]), tokens)


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a job that worked."""

    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a job that did not; ``sentence`` is for the person who asked."""

    sentence: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The person stopped it; nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Parked:
    """The studio closes; the job goes on when it opens again."""


News = Waiting | Running | Done | Failed | Cancelled | Parked
End = Done | Failed | Cancelled | Parked
