"""Files that outlast a crash: on the disk before anything points to them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Leave the bytes in a file, on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def move(source: Path, target: Path) -> None:
    """Give a file or folder, already on the disk, its place in one step that is on the disk too."""
    os.replace(source, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Have everything in a folder reach the disk."""
    for path in (*folder.rglob("*"), folder):
        sync(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Be alone inside the block, among all processes of the machine; wait until that is so.

    The kernel opens the lock of a process that dies.
    """
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
