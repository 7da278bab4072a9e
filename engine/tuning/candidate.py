"""A candidate as a folder: what it wears, what became of it, the report to look and listen to."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.errors import OutputFolderError
from engine.model.adapter import WEIGHTS, Adapter
from engine.ratings.ranker import FILE, Ranker
from engine.registry.entry import CARD, FORMAT, Entry, base_hash, read_base
from engine.registry.registry import Registry


def build_candidate(
    registry: Registry,
    model_id: str,
    *,
    adapter: Adapter | None,
    ranker: Ranker,
    made_at: datetime,
    about: Mapping[str, Any],
    files: Mapping[str, bytes],
) -> Entry:
    """Leave a finished candidate in the registry, all of it or nothing; return it.

    ``about``: what the card says beside its identity; ``files``: the report's. Raises
    OutputFolderError where the registry's folder cannot be written to.
    """
    making = registry.folder / f".making-{model_id}"
    try:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        (making / FILE).write_text(json.dumps(ranker.to_json(), indent=1) + "\n")
        if adapter is not None:
            adapter.save(making / WEIGHTS)
        for name, data in files.items():
            (making / name).write_bytes(data)
        base = read_base(registry.base)
        card = {
            "format": FORMAT,
            "id": model_id,
            "kind": "ranker" if adapter is None else "adapter",
            "base": {"name": base.id, "sha256": base_hash(registry.base)},
            "files": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(making.iterdir())
            },
            "made_at": made_at.isoformat(),
            **about,
        }
        (making / CARD).write_text(json.dumps(card, indent=1, allow_nan=False) + "\n")
    except OSError as error:
        raise OutputFolderError(
            f"{registry.folder} cannot be written to ({error.strerror}); make room or name another "
            "folder by --models"
        ) from error
    return registry.add(making)
