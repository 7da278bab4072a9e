"""What a run keeps on disk, so that it goes on where it was stopped."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from engine.errors import OutputFolderError

PLAN = "plan.json"


class RunFolder:
    """A folder that belongs to one plan: what was kept for another one is thrown away.

    Everything in it is written whole or not at all.
    """

    def __init__(self, folder: Path, plan: Mapping[str, Any]) -> None:
        """Open the folder for ``plan``: all that the run is a function of; OutputFolderError."""
        self.folder = folder / "work"
        text = json.dumps(plan, indent=1, sort_keys=True)
        try:
            if self.folder.exists() and not (self.folder / PLAN).is_file():
                raise OutputFolderError(
                    f"{self.folder} holds something else than a run; choose another --run"
                )
            if _read(self.folder / PLAN) != text:
                shutil.rmtree(self.folder, ignore_errors=True)
                self.folder.mkdir(parents=True)
                self._write(PLAN, text.encode())
        except OSError as error:
            raise OutputFolderError(
                f"{folder} cannot be written to ({error.strerror}); choose another --run"
            ) from error

    def path(self, name: str) -> Path:
        """Return where a file of the run lies, or will."""
        return self.folder / name

    def has(self, name: str) -> bool:
        """Whether this was kept."""
        return (self.folder / name).is_file()

    def json(self, name: str) -> Any:
        """Return what was kept under this name; None if nothing was, or it is damaged."""
        text = _read(self.folder / name)
        try:
            return None if text is None else json.loads(text)
        except ValueError:
            return None

    def keep(self, name: str, value: Any) -> None:
        """Keep a JSON value; OutputFolderError where there is no room."""
        with self.room():
            self._write(name, json.dumps(value).encode())

    @contextmanager
    def room(self) -> Iterator[None]:
        """Tell of a disk that is full or cannot be written to as OutputFolderError."""
        try:
            yield
        except (OSError, SafetensorError) as error:
            raise OutputFolderError(
                f"{self.folder} cannot be written to ({error}); make room, and the same command "
                "goes on"
            ) from error

    def _write(self, name: str, data: bytes) -> None:
        part = self.folder / f".{name}.part"
        part.write_bytes(data)
        os.replace(part, self.folder / name)


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
