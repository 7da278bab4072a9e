"""The files of one piece: they appear together when all are written, or not at all."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any

from engine.errors import OutputFolderError, RequestError
from engine.request.model import Brief


class Output:
    """Collects files called ``name.KIND`` beside their final place; leaving the block moves them.

    If the block is left by an exception, Ctrl-C included, nothing of it stays; the JSON is
    moved last, so where it lies the piece is whole. ``replaces``: whether files of this name
    and other kinds are what is left of an earlier piece, to be removed. Raises
    OutputFolderError if the folder cannot be written to.
    """

    def __init__(self, folder: Path, name: str, *, replaces: bool = False) -> None:
        self.folder = folder
        self.name = name
        self._replaces = replaces
        self.files: dict[str, Path] = {}
        """Kind (mid, mp3, png, json) to final path."""
        self._scratch = Path()

    def __enter__(self) -> Output:
        # Named before it is made: a signal that comes with the folder leaves none behind.
        self._scratch = self.folder / f".composing-{secrets.token_hex(8)}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._scratch.mkdir(mode=0o700)
        except OSError as error:
            raise OutputFolderError(
                f"cannot write to {self.folder} ({error.strerror}); choose another with --out"
            ) from error
        except BaseException:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._move()
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _move(self) -> None:
        """Move every file to its place, the JSON last, or take back those that were moved."""
        moved: list[Path] = []
        try:
            for path in sorted(self.files.values(), key=lambda path: path.suffix == ".json"):
                os.replace(self._scratch / path.name, path)
                moved.append(path)
            stale = set(self.folder.glob(f"{glob.escape(self.name)}.*")) - set(self.files.values())
            for path in stale if self._replaces else ():
                path.unlink()
        except BaseException as failure:
            for path in moved:
                path.unlink(missing_ok=True)
            if isinstance(failure, OSError):
                raise OutputFolderError(
                    f"cannot write to {self.folder} ({failure.strerror}); choose another with --out"
                ) from failure
            raise

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


def piece_name(title: str, brief: dict[str, Any]) -> str:
    """Return the name of a piece's files.

    It ends in a few digits of the brief, so that other wishes with the same title lie beside it,
    and the same wish replaces it.
    """
    digest = hashlib.sha256(json.dumps(brief, sort_keys=True).encode()).hexdigest()
    return f"{slug(title)}-{digest[:4]}"


def read_details(file: Path) -> dict[str, Any]:
    """Return ``title`` and ``brief`` of what ``compose`` wrote beside a MIDI file in ``NAME.json``.

    Empty if there is no such file, or one that somebody else wrote: a brief that is returned has
    the fields of a Brief, of their types.
    """
    try:
        details = json.loads(file.with_suffix(".json").read_bytes())
        title, brief = details["title"], details["brief"]
        return {"title": str(title), "brief": Brief.from_json(brief).to_json()}
    except (OSError, ValueError, KeyError, TypeError, RecursionError, RequestError):
        return {}


def slug(title: str) -> str:
    """Return a title as a file name: lower case, ASCII letters and digits, hyphens between.

    Sharps are spelled, so that C# and C do not meet.
    """
    words = title.lower().replace("#", " sharp")
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "piece"
