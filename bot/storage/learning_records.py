"""What is kept of learning, as frozen values: fine-tunes, blind trials, votes to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from bot.storage.records import Rating

RunState = Literal["queued", "running", "passed", "refused", "failed", "cancelled"]
RunEnd = Literal["passed", "refused", "failed", "cancelled"]
Side = Literal["a", "b"]


class Counted(NamedTuple):
    """How much there is to learn from."""

    ratings: int
    """Votes that count: one of each person and piece."""
    pieces: int
    raters: int


@dataclass(frozen=True, slots=True)
class JudgedPiece:
    """A piece and the votes on it that count, as a fine-tune learns from them."""

    id: int
    model: str | None
    """The name of the model that wrote it."""
    brief: dict[str, Any]
    tokens: bytes | None
    """As in NewPiece."""
    midi: bytes | None
    """None where tokens are there."""
    votes: tuple[Rating, ...]
    """At least one, own ones too, in the order of the raters' numbers."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A fine-tune that was asked for."""

    config: dict[str, Any]
    """``again``: which model is made again, of which ratings, to be judged; else empty."""
    seed: int
    server_id: int | None = None
    """Whose taste it learns; None for everyone's."""
    since: datetime | None = None
    """It learns from ratings given then or later; None for all."""
    started_by: int | None = None
    automatic: bool = False
    channel_id: int | None = None
    """Where it is reported."""


@dataclass(frozen=True, slots=True)
class Run:
    """A fine-tune, and what became of it."""

    id: int
    server_id: int | None
    state: RunState
    since: datetime | None
    ratings_sha256: str | None
    """Of the file that it learns from; None, as the three counts, until that is written."""
    ratings: int | None
    pieces: int | None
    raters: int | None
    config: dict[str, Any]
    seed: int
    candidate: str | None
    verdict: dict[str, Any] | None
    """As the candidate's card has it."""
    sentence: str | None
    """Why it failed or was refused."""
    started_by: int | None
    """None, too, once they had their data deleted."""
    automatic: bool
    channel_id: int | None
    message_id: int | None
    """The message that shows how far it is."""
    asked_at: datetime
    started_at: datetime | None
    """The latest start."""
    ended_at: datetime | None
    attempts: int
    """How often it was started."""


@dataclass(frozen=True, slots=True)
class NewTrial:
    """Two pieces of one job, to be compared blindly; a and b in the order in which they stand."""

    job_id: int
    piece_a: int
    piece_b: int
    model_a: str
    model_b: str

    def __post_init__(self) -> None:
        if self.piece_a == self.piece_b or self.model_a == self.model_b:
            raise ValueError("a trial compares two pieces by two models")


@dataclass(frozen=True, slots=True)
class Trial:
    """A blind trial that is kept."""

    id: int
    job_id: int
    person_id: int
    """Who asked for the pieces."""
    piece_a: int
    piece_b: int
    model_a: str
    model_b: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """Which piece of a trial somebody likes better."""

    trial_id: int
    person_id: int
    choice: Side
    at: datetime
    """When they chose, or changed their mind."""


class Tally(NamedTuple):
    """Choices between two models."""

    wins: int
    losses: int


class DayTally(NamedTuple):
    """Choices between two models on one day, in UTC."""

    day: date
    wins: int
    losses: int
