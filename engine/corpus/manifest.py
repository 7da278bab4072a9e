"""What a folder of shards holds, and its shards. Needs no more than training does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.corpus.shard import Shard
from engine.errors import BadInputError
from engine.tokens import vocab

MANIFEST = "manifest.json"


def read_manifest(shards: Path) -> dict[str, Any]:
    """Return the manifest of a folder of shards; BadInputError where there is none."""
    try:
        manifest: dict[str, Any] = json.loads((shards / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise BadInputError(
            f"{shards} holds no corpus; build one with: python -m engine corpus build DIR"
        ) from error
    if manifest["vocabulary"] != vocab.fingerprint():
        raise BadInputError(f"{shards} was built with another vocabulary; build it again")
    return manifest


def load_shards(shards: Path) -> list[Shard]:
    """Return all shards of a built corpus."""
    manifest = read_manifest(shards)
    return [Shard.load(shards / shard["file"]) for shard in manifest["shards"]]
