"""Which soundfont plays: the Debian package's FluidR3_GM, or the user's own .sf2 or .sf3.

A name or path comes from the caller, else from CADENZA_SOUNDFONT, else the first entry of
``soundfonts/catalogue.toml`` is taken.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import SoundfontError

SOUNDFONTS = Path(__file__).parents[2] / "soundfonts"
"""The repository's folder for soundfonts: the catalogue, and files a user lays beside it."""

VARIABLE = "CADENZA_SOUNDFONT"
"""The environment variable that names another soundfont, or the path of one."""

SYSTEM_FOLDERS = (
    Path("/usr/share/sounds/sf2"),  # Debian, Ubuntu
    Path("/usr/share/sounds/sf3"),
    Path("/usr/share/soundfonts"),  # Fedora, Arch
    Path("/usr/local/share/soundfonts"),
    Path("/opt/homebrew/share/soundfonts"),
)
"""Where packages of the systems we name in our messages put soundfonts."""

SUFFIXES = (".sf2", ".sf3")
"""Of soundfonts; the second is compressed, smaller on disk and slower to open."""

RIFF_HEADER_BYTES = 12
"""``RIFF``, the size of what follows (little-endian), and ``sfbk``."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One soundfont that Cadenza knows by name, as ``catalogue.toml`` describes it."""

    name: str
    file: str
    licence: str
    sha256: str
    origin: str
    debian_package: str


def read_catalogue(folder: Path = SOUNDFONTS) -> tuple[CatalogueEntry, ...]:
    """Return the entries of ``catalogue.toml`` in their order; the first is the default.

    Raises SoundfontError when the catalogue is missing or malformed.
    """
    path = folder / "catalogue.toml"
    try:
        entries = tomllib.loads(path.read_text("utf-8"))["soundfont"]
        return tuple(CatalogueEntry(**entry) for entry in entries)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise SoundfontError(
            f"the soundfont catalogue {path} cannot be read; restore it from the repository"
        ) from error


def find_soundfont(
    environ: Mapping[str, str],
    choice: str | None = None,
    *,
    own_folder: Path = SOUNDFONTS,
    system_folders: tuple[Path, ...] = SYSTEM_FOLDERS,
) -> Path:
    """Return the path of a soundfont that exists and is whole.

    ``choice`` is a path, or a name with or without ``.sf2`` or ``.sf3``; it wins over
    CADENZA_SOUNDFONT of ``environ``, which wins over the catalogue's default. A file in
    ``own_folder`` wins over one of the same name in a system folder.

    Raises SoundfontError, with what to install or to choose, when it is missing or damaged.
    """
    wanted = choice or environ.get(VARIABLE) or None
    catalogue = read_catalogue(own_folder)
    name = wanted or catalogue[0].name
    for path in _places(name, (own_folder, *system_folders)):
        if _is_file(path):
            check_soundfont(path)
            return path
    for entry in catalogue:
        if entry.name == name:
            raise SoundfontError(
                f"the soundfont {entry.file} is missing; install it with "
                f"'sudo apt-get install {entry.debian_package}', or set {VARIABLE} to a "
                ".sf2 file of your own"
            )
    there = sorted(installed_soundfonts(own_folder, system_folders))
    raise SoundfontError(
        f"there is no soundfont {name!r}; "
        + (f"choose {' or '.join(there)}, or lay it" if there else "lay it")
        + f" as .sf2 or .sf3 into {own_folder}"
    )


def _places(name: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    """Yield where a soundfont of this name may lie; a path is one that looks like a path."""
    if "/" in name or os.sep in name:
        with contextlib.suppress(RuntimeError):  # the home of somebody who does not exist
            yield Path(name).expanduser()
        return
    yield from (folder / (name + suffix) for folder in folders for suffix in ("", *SUFFIXES))
    yield Path(name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than names can be
        return False


def installed_soundfonts(
    own_folder: Path = SOUNDFONTS, system_folders: tuple[Path, ...] = SYSTEM_FOLDERS
) -> dict[str, Path]:
    """Return name and path of every soundfont that can be chosen; the user's own come first.

    Links to another one of them are left out.
    """
    paths = [
        path
        for folder in (own_folder, *system_folders)
        for path in sorted(folder.glob("*"), key=lambda path: (path.is_symlink(), path))
        if path.suffix.lower() in SUFFIXES and _is_file(path)
    ]
    found: dict[str, Path] = {}
    for path in paths:
        if path.resolve() not in {other.resolve() for other in found.values()}:
            found.setdefault(path.stem, path)
    return found


def check_soundfont(path: Path) -> None:
    """Raise SoundfontError unless the file is a soundfont of the length its header states.

    Finds what goes wrong in practice: a web page saved as .sf2, and a download cut short.
    """
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(RIFF_HEADER_BYTES)
    except OSError as error:
        raise SoundfontError(
            f"the soundfont {path} cannot be read ({error.strerror}); put it back, or choose "
            "another one"
        ) from error
    if header[:4] != b"RIFF" or header[8:12] != b"sfbk":
        raise SoundfontError(f"{path} is not a soundfont; replace it with a .sf2 or .sf3 file")
    stated_bytes = int.from_bytes(header[4:8], "little") + 8
    if size_bytes < stated_bytes:
        raise SoundfontError(
            f"the soundfont {path} is damaged: {size_bytes:,} of {stated_bytes:,} bytes are "
            "there; install it again"
        )
    if not {b"sdta", b"pdta"} <= set(_parts_of(path)):
        raise SoundfontError(
            f"the soundfont {path} is damaged: parts of it are missing; install it again"
        )


def _parts_of(path: Path) -> Iterator[bytes]:
    """Yield the names of the lists that a soundfont consists of, those that are whole."""
    end = path.stat().st_size
    with path.open("rb") as file:
        at = RIFF_HEADER_BYTES
        while at + 12 <= end:
            file.seek(at)
            header = file.read(12)
            at += 8 + int.from_bytes(header[4:8], "little")
            at += at % 2
            if at <= end:
                yield header[8:12]


def verify_soundfont(path: Path, entry: CatalogueEntry) -> None:
    """Raise SoundfontError unless the file is the catalogue's, byte for byte.

    Reads the whole file, so it is for set-up and tests; a run does ``check_soundfont``.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SoundfontError(f"the soundfont {path} cannot be read ({error.strerror})") from error
    if found != entry.sha256:
        raise SoundfontError(
            f"{path} is not the {entry.name} of the catalogue (its SHA-256 differs); "
            f"install it again with 'sudo apt-get install --reinstall {entry.debian_package}'"
        )
