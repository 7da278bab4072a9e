"""Where the pieces come from: folders and archives of MIDI files, with or without a manifest."""

from __future__ import annotations

import csv
import filecmp
import hashlib
import lzma
import random
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.corpus.genres import canonical_genre
from engine.errors import BadInputError

_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".zip")
_MIDI = {".mid", ".midi"}

# What the archive readers let through from the compression below them; zipfile says
# RuntimeError for a password and NotImplementedError (one of those) for a method it lacks.
_DAMAGED = (
    OSError, EOFError, RuntimeError,
    tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error,
)  # fmt: skip

VALIDATION_PERCENT, TEST_PERCENT = 2, 2
"""Shares of the songs that are held out."""

ARRANGED = "arranged"
"""The manifest's source of pieces that a program arranged: left out of human comparisons."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the corpus and what its manifest says of it."""

    file: Path
    name: str
    """Unique inside the corpus; the path inside its folder or archive."""
    song: str
    """Versions of one song share it and never part between the splits."""
    split: str
    genre: str | None
    tier: str
    source: str


def find_pieces(
    sources: Sequence[Path], unpack_to: Path, *, tiers: Iterable[str] | None = None
) -> list[Piece]:
    """Return the pieces of folders and archives, in an order that mixes them but never varies.

    Archives, also those found in a folder, are unpacked once below ``unpack_to``. Every CSV
    file in a folder, or beside an archive, that has the columns ``path`` and ``genre`` is read
    as a manifest.
    ``tiers``: keep only these licence tiers. Raises BadInputError if nothing is found.
    """
    wanted = set(tiers) if tiers is not None else None
    rows: dict[str, dict[str, str]] = {}
    files: dict[str, tuple[Path, str]] = {}
    for source in sources:
        if not source.exists():
            raise BadInputError(f"{source} does not exist; give a folder or archive of MIDI files")
        if source.is_file() and source.suffix.lower() in _MIDI:
            _add(source, source.name, files)
            continue
        roots = [source] if source.is_dir() else []
        beside = source if source.is_dir() else source.parent
        packed = [source]
        if source.is_dir():
            packed = [p for p in sorted(source.rglob("*")) if p.name.lower().endswith(_ARCHIVES)]
        roots.extend(_unpack(archive, unpack_to) for archive in packed)
        for table in sorted(beside.glob("*.csv")):
            rows.update(_manifest(table))
        for root in roots:
            for file in sorted(root.rglob("*")):
                if root is source and file.is_relative_to(unpack_to):
                    continue  # the shards may be kept inside the folder that they are built from
                if file.suffix.lower() in _MIDI:
                    inside = file.relative_to(root).as_posix()
                    _add(file, inside, files)
    if not files:
        raise BadInputError(f"no MIDI files in {', '.join(map(str, sources))}")
    pieces = [
        _piece(name, file, rows.get(inside, {}), inside)
        for name, (file, inside) in sorted(files.items())
    ]
    if wanted is not None:
        pieces = [piece for piece in pieces if piece.tier in wanted]
        if not pieces:
            raise BadInputError(f"no piece of tier {', '.join(sorted(wanted))}; see the manifest")
    random.Random(0).shuffle(pieces)
    return pieces


def _add(file: Path, inside: str, files: dict[str, tuple[Path, str]]) -> None:
    """Count a file under its path inside the source, numbered if another has it; not twice."""
    name, count = inside, 1
    while name in files:
        if filecmp.cmp(files[name][0], file, shallow=False):
            return
        count += 1
        name = f"{count}:{inside}"
    files[name] = (file, inside)


def _piece(name: str, file: Path, row: dict[str, str], inside: str) -> Piece:
    song = row.get("song") or inside
    genre = row.get("genre") or inside.partition("/")[0]
    return Piece(
        file=file,
        name=name,
        song=song,
        split=split_of(song),
        genre=canonical_genre(genre),
        tier=row.get("tier") or "unknown",
        source=row.get("source") or "unknown",
    )


def split_of(song: str) -> str:
    """Return train, validation or test: a function of the song alone, whatever else there is."""
    percent = int(hashlib.sha256(song.encode("utf-8", "surrogateescape")).hexdigest()[:8], 16) % 100
    if percent < VALIDATION_PERCENT:
        return "validation"
    return "test" if percent < VALIDATION_PERCENT + TEST_PERCENT else "train"


def _manifest(table: Path) -> dict[str, dict[str, str]]:
    # utf-8-sig: spreadsheets put a byte order mark in front, which would hide the first column.
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            if not {"path", "genre"} <= set(reader.fieldnames or ()):
                return {}
            return {row["path"]: row for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{table} cannot be read as a manifest: {error}") from error


def _unpack(archive: Path, to: Path) -> Path:
    """Unpack an archive once; a half-finished unpacking is begun anew."""
    folder = to / archive.name
    done = folder.with_name(folder.name + ".done")
    stamp = f"{archive.stat().st_size} {archive.stat().st_mtime_ns}"
    if done.exists() and done.read_text() == stamp:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        if archive.suffix.lower() == ".zip":
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(folder)
        else:
            with tarfile.open(archive) as packed_tar:
                packed_tar.extractall(folder, filter="data")
    except _DAMAGED as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BadInputError(f"{archive} cannot be unpacked: {reason}") from error
    done.write_text(stamp)
    return folder
