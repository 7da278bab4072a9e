"""The files of one piece: they appear together when all are written, or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from engine.errors import OutputFolderError


class Output:
    """Collects the files of a piece beside their final place; leaving the block moves them there.

    If the block is left by an exception, Ctrl-C included, nothing of it stays. Raises
    OutputFolderError on entering if the folder cannot be written to.
    """

    def __init__(self, folder: Path, title: str) -> None:
        self.folder = folder
        self.name = slug(title)
        self.files: dict[str, Path] = {}
        """Kind (mid, mp3, png, json) to final path."""
        self._scratch = Path()

    def __enter__(self) -> Output:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._scratch = Path(tempfile.mkdtemp(dir=self.folder, prefix=".composing-"))
        except OSError as error:
            raise OutputFolderError(
                f"cannot write to {self.folder} ({error.strerror}); choose another with --out"
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                for path in self.files.values():
                    os.replace(self._scratch / path.name, path)
        except OSError as failure:
            raise OutputFolderError(
                f"cannot write to {self.folder} ({failure.strerror}); choose another with --out"
            ) from failure
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def path(self, kind: str) -> Path:
        """Return where to write the file of this kind for now, and count it as one of the piece."""
        self.files[kind] = self.folder / f"{self.name}.{kind}"
        return self._scratch / self.files[kind].name

    def add(self, kind: str, data: bytes) -> None:
        """Write a file of this kind; OutputFolderError if that fails."""
        try:
            self.path(kind).write_bytes(data)
        except OSError as error:
            raise OutputFolderError(
                f"cannot write to {self.folder} ({error.strerror}); choose another with --out"
            ) from error

    def add_json(self, value: dict[str, Any]) -> None:
        """Write the piece's JSON."""
        self.add("json", (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())

    def names(self) -> dict[str, str]:
        """Return kind to path of every file of the piece, the JSON's included."""
        kinds = [*self.files, "json"]
        return {kind: str(self.folder / f"{self.name}.{kind}") for kind in kinds}


def slug(title: str) -> str:
    """Return a title as a file name: lower case, ASCII letters and digits, hyphens between.

    Sharps are spelled, so that C# and C do not meet.
    """
    words = title.lower().replace("#", " sharp")
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "piece"
