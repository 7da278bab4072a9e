"""A base and candidates over it, made of nothing: a registry reads cards and bytes, no networks."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.registry.entry import base_hash
from engine.registry.registry import Registry

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
A, B, C = "tuned-20261128-aaaa", "tuned-20261128-bbbb", "tuned-20261128-cccc"


def make_base(folder: Path, name: str = "small-4", parts: tuple[str, ...] = ("11", "22")) -> Path:
    """Leave a base's card in a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    card = {"name": name, "parts": [{"file": f"{p}.safetensors", "sha256": p} for p in parts]}
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def make_candidate(
    folder: Path,
    base: Path,
    model_id: str,
    *,
    passed: bool = True,
    contents: Mapping[str, bytes] | None = None,
    **card: Any,
) -> Path:
    """Leave a finished candidate in a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if contents is None:
        contents = {"adapter.safetensors": f"of {model_id}".encode(), "ranker.json": b"{}"}
    for file, data in contents.items():
        (folder / file).write_bytes(data)
    whole = {
        "format": 1,
        "id": model_id,
        "kind": "adapter",
        "base": {"name": "small-4", "sha256": base_hash(base)},
        "files": {file: hashlib.sha256(data).hexdigest() for file, data in contents.items()},
        "made_at": NOON.isoformat(),
        "ratings": {"ratings": 412, "pieces": 200, "raters": 9},
        "verdict": {"passed": passed, "reason": f"{model_id} was judged", "checks": []},
    }
    (folder / "card.json").write_text(json.dumps(whole | card))
    return folder


def make_registry(folder: Path, *model_ids: str, **card: Any) -> Registry:
    """Return a registry in a new folder with these candidates in their places."""
    base = make_base(folder / "base")
    registry = Registry(folder / "models", base)
    for model_id in model_ids:
        registry.add(make_candidate(registry.folder / ".making-one", base, model_id, **card))
    return registry


def promote(registry: Registry, *model_ids: str, server: str | None = None) -> None:
    """Promote one after the other."""
    for model_id in model_ids:
        registry.promote(model_id, server=server, by="test", at=NOON)


def rollback(registry: Registry, server: str | None = None) -> str:
    """Roll back once, and return what is served then."""
    return registry.rollback(server=server, by="test", at=NOON).id


def flip(path: Path) -> None:
    """Turn one bit around, later than whatever was done before: clocks of files may be coarse."""
    before = path.stat().st_mtime_ns
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before, before + 1))
