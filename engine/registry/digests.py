"""sha256 of files, computed again only when a file has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path


class Digests:
    """Remembers the sha256 of files by their inode, size and times."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], str]] = {}

    def of(self, path: Path) -> str:
        """Return a file's sha256; OSError where it cannot be read."""
        found = path.stat()
        state = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        known = self._known.get(path)
        if known is not None and known[0] == state:
            return known[1]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self._known[path] = state, digest
        return digest
