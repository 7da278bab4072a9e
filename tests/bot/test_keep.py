from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from bot.jobs import Made
from bot.keep import to_keep
from bot.storage.records import StoredJob
from engine.request import parse, resolve
from tests.bot.quick_worker import MIDI

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JOB = StoredJob(
    7, "compose", {}, 1, None, 2, None, None, None, "r", "running", 1, None, NOW, NOW, None, None
)
TOKENS = bytes([1, 0, 255, 2])


def made(folder: Path, **other: str) -> Made:
    (folder / "x.mid").write_bytes(MIDI)
    brief = resolve(parse("jazz"), seed=3)
    details = {"title": "x", "brief": brief.to_json(), "seed": 3, "model": "quick"}
    return Made(details, {"mid": folder / "x.mid"}, **other)


async def test_tokens_are_kept_as_the_worker_sent_them(tmp_path: Path) -> None:
    piece = made(tmp_path, tokens=base64.b64encode(TOKENS).decode())
    assert Made.from_json(json.loads(json.dumps(piece.to_json()))) == piece
    kept = await to_keep(JOB, piece, 1, 5)
    assert (kept.tokens, kept.midi, kept.model_id) == (TOKENS, MIDI, 5)


async def test_edited_notes_have_no_tokens(tmp_path: Path) -> None:
    assert (await to_keep(JOB, made(tmp_path), 1, 5)).tokens is None


def test_a_worker_of_an_earlier_version_sends_no_tokens(tmp_path: Path) -> None:
    said = made(tmp_path).to_json()
    del said["tokens"]
    assert Made.from_json(said) == made(tmp_path)
