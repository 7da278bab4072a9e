"""People, pieces, jobs and a clock, as the tests of the storage want them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

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


async def posted(storage: Storage, message_id: int, piece: Piece, **other: Any) -> Message:
    """The piece in a message of its channel."""
    values: dict[str, Any] = {
        "channel_id": piece.channel_id,
        "server_id": piece.server_id,
        "piece_id": piece.id,
        "kind": "piece",
    }
    return await storage.messages.add(message_id, **(values | other))
