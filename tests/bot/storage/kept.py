"""People, pieces, jobs and a clock, as the tests of the storage want them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.storage.learning_records import NewRun, NewTrial, Trial
from bot.storage.records import File, Message, NewJob, NewPiece, Piece
from bot.storage.storage import Storage

ANNA, BEN, CLARA = 1_100_000_000_000_000_001, 1_100_000_000_000_000_002, 1_100_000_000_000_000_003
SERVER, OTHER_SERVER = 900_000_000_000_000_001, 900_000_000_000_000_002
CHANNEL = 800_000_000_000_000_001
MIDI = b"MThd\x00\x00\x00\x06\x00\xff\x00"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A second passes with every look."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def new_piece(person_id: int = ANNA, **other: Any) -> NewPiece:
    """A piece with something in every column."""
    values: dict[str, Any] = {
        "person_id": person_id,
        "channel_id": CHANNEL,
        "server_id": SERVER,
        "title": "Märchen für 姫",
        "brief": {"genre": "jazz", "tempo_bpm": 90.5, "instruments": ["piano"]},
        "seed": 2**32 - 1,
        "midi": MIDI,
        "files": {"mp3": File("maerchen.mp3", 123_456, "ab" * 32)},
        "changes": ("It is slower.",),
        "explanation": "D minor, AABA.",
        "details": {"parent": None, "loudness_lufs": -14.02},
        "tokens": b"\x00\x01\x02\x00",
    }
    return NewPiece(**(values | other))


def new_job(person_id: int = ANNA, **other: Any) -> NewJob:
    """A job with something in every column."""
    values: dict[str, Any] = {
        "kind": "compose",
        "payload": {"request": {"genre": "jazz"}, "seed": 7},
        "person_id": person_id,
        "channel_id": CHANNEL,
        "server_id": SERVER,
        "reply_to_id": 700,
        "request_id": "c0ffee",
        "locale": "de",
    }
    return NewJob(**(values | other))


def new_run(**other: Any) -> NewRun:
    """A fine-tune with something in every column."""
    values: dict[str, Any] = {
        "config": {"beta": 0.1},
        "seed": 2**32 - 1,
        "server_id": SERVER,
        "since": START,
        "started_by": ANNA,
        "automatic": True,
        "channel_id": CHANNEL,
    }
    return NewRun(**(values | other))


async def tried(
    storage: Storage,
    person_id: int = ANNA,
    models: tuple[str, str] = ("small-4", "tuned-1"),
    **other: Any,
) -> Trial:
    """A trial of two pieces that the person asked for; ``models`` in the order of the pieces."""
    job = await storage.jobs.add(new_job(person_id, **other))
    await storage.jobs.start(job.id)
    news = [new_piece(person_id, **other), new_piece(person_id, **other)]
    one, two = await storage.jobs.composed(job.id, news)
    await storage.jobs.finish(job.id, "posted")
    return await storage.trials.add(NewTrial(job.id, one.id, two.id, *models))


async def posted(storage: Storage, message_id: int, piece: Piece, **other: Any) -> Message:
    """The piece in a message of its channel."""
    values: dict[str, Any] = {
        "channel_id": piece.channel_id,
        "server_id": piece.server_id,
        "piece_id": piece.id,
        "kind": "piece",
    }
    return await storage.messages.add(message_id, **(values | other))
