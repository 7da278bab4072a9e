"""What the storage takes and gives: frozen values, whatever database holds them.

Times are aware and in UTC. Ids of people, servers, channels and messages are Discord's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.jobs import Kind as JobKind
from bot.ratings import RatingKind, RatingSource

Clock = Callable[[], datetime]
"""Tells the time, aware; ``lambda: datetime.now(UTC)`` outside of tests."""
MessageKind = Literal["piece", "progress", "stems"]
JobState = Literal["queued", "running", "composed", "posted", "failed", "cancelled"]
JobEnd = Literal["posted", "failed", "cancelled"]

TERMINAL = 0
"""Stands for the person, and for the channel, of whoever talks to the bot in a terminal."""
BOT = 0
"""Stands for the server in settings of the whole bot."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asked or rated; nothing is kept of them but the number."""

    id: int
    """Of the Discord user; TERMINAL for the terminal."""
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Server:
    """A Discord server that the bot is or was in."""

    id: int
    joined_at: datetime
    left_at: datetime | None
    """None while the bot is there."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that has written pieces."""

    id: int
    name: str
    first_served_at: datetime
    card: dict[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """A file that was made of a piece; the bytes of the MIDI alone are kept."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class NewPiece:
    """A piece to be kept."""

    person_id: int
    """Who asked for it."""
    channel_id: int
    title: str
    brief: dict[str, Any]
    seed: int
    midi: bytes
    server_id: int | None = None
    """None in direct messages and in the terminal."""
    parent_id: int | None = None
    """What it is a version of; a piece deleted in the meantime counts as none."""
    model_id: int | None = None
    files: Mapping[str, File] = field(default_factory=dict)
    """Kind (mid, mp3, png ...) to file."""
    changes: tuple[str, ...] = ()
    """What is different from the parent, as sentences."""
    explanation: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    """Figures, as ``NAME.json`` has them; numbers must be finite."""
    tokens: bytes | None = None
    """As the model wrote them: uint16, little endian, End included (compressed in the database
    alone). None where nothing was written: notes were edited."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that is kept."""

    id: int
    """Never given twice, even after a deletion."""
    person_id: int
    server_id: int | None
    channel_id: int
    parent_id: int | None
    root_id: int
    """The first version; its own id if it is that."""
    version: int
    """1 for a first, else one more than its parent had."""
    job_id: int | None
    place: int
    """Among the pieces of its job, from 0."""
    title: str
    brief: dict[str, Any]
    seed: int
    model_id: int | None
    midi: bytes
    files: dict[str, File]
    changes: tuple[str, ...]
    explanation: str
    details: dict[str, Any]
    tokens: bytes | None
    """As in NewPiece; None, too, for pieces from before tokens were kept."""
    made_at: datetime


@dataclass(frozen=True, slots=True)
class RatedPiece:
    """A piece and what others than the one who asked for it think of it."""

    piece: Piece
    score: float
    """See ``Pieces.top``."""
    votes: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the bot that carries a piece."""

    id: int
    channel_id: int
    server_id: int | None
    piece_id: int
    kind: MessageKind
    sent_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rating:
    """One vote, as it was given."""

    id: int
    piece_id: int
    person_id: int
    kind: RatingKind
    source: RatingSource
    message_id: int | None
    own: bool
    """The rater is who asked for the piece."""
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewJob:
    """Something to be done, as it waits."""

    kind: JobKind
    payload: dict[str, Any]
    """As ``bot.jobs.Job`` has it; emptied when the job ends."""
    person_id: int
    channel_id: int
    server_id: int | None = None
    reply_to_id: int | None = None
    """The message that will be answered."""
    parent_piece_id: int | None = None
    request_id: str = ""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class StoredJob:
    """Something to be done, being done or done."""

    id: int
    """Never given twice."""
    kind: JobKind
    payload: dict[str, Any]
    person_id: int
    server_id: int | None
    channel_id: int
    reply_to_id: int | None
    progress_message_id: int | None
    parent_piece_id: int | None
    """None, too, when the piece was deleted since."""
    request_id: str
    state: JobState
    attempts: int
    """How often it was started."""
    sentence: str | None
    """Why it failed, for who asked."""
    queued_at: datetime
    started_at: datetime | None
    """The latest start."""
    ended_at: datetime | None
    locale: str | None


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message of the bot stands."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction of somebody on a message of the bot."""

    channel_id: int
    message_id: int
    kind: RatingKind
    server_id: int | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went when a person, a server or a piece was deleted, and what Discord still shows."""

    counts: dict[str, int]
    """Table to number of rows."""
    messages: tuple[Posted, ...] = ()
    """Messages to delete, progress included."""
    reactions: tuple[Reaction, ...] = ()
    """The person's reactions on other people's pieces: to be taken away, or the next reading of
    reactions would bring the ratings back."""
    jobs: tuple[int, ...] = ()
    """Jobs that had not ended: to be cancelled."""
