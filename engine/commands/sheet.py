"""``sheet``: a MIDI file becomes sheet music to read, print and edit."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.commands.progress import progress_bar
from engine.errors import OutputFolderError
from engine.option_types import Commands
from engine.score.midi import read_midi_file
from engine.score.theory import Key, key_named
from engine.sheet.engrave import Engraving
from engine.sheet.layout import Sheet, lay_out
from engine.sheet.musicxml import write_musicxml
from engine.sheet.spelling import key_name

FORMATS = ("musicxml", "pdf", "png")


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "write a MIDI file as sheet music: MusicXML, PDF and PNG"
    parser = commands.add_parser("sheet", help=about, description=about)
    parser.add_argument("file", type=Path, metavar="FILE", help="a MIDI file")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files go")
    parser.add_argument(
        "--format",
        type=_formats,
        default=FORMATS,
        metavar="LIST",
        help="some of musicxml,pdf,png with commas between; all if not given",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def _formats(text: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(name.strip() for name in text.lower().split(",")))
    for name in wanted:
        if name not in FORMATS:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(FORMATS)}")
    return wanted


def run(options: argparse.Namespace) -> None:
    """Write the sheet music and print the paths, or with --json what is on the pages.

    All files appear together or none does. Raises BadMidiError, OutputFolderError, ToolError.
    """
    score = read_midi_file(options.file)
    title, key = _described(options.file)
    with progress_bar() as bar:
        bar.show("writing", 0.0)
        sheet = lay_out(score, title=title, key=key)
        musicxml = write_musicxml(sheet)
        files: dict[str, bytes] = {}
        name = options.file.stem
        if "musicxml" in options.format:
            files[f"{name}.musicxml"] = musicxml
        drawn = [kind for kind in FORMATS[1:] if kind in options.format]
        engraving = Engraving(musicxml, sheet.staves, sheet.title) if drawn else None
        if engraving is not None and "pdf" in drawn:
            files[f"{name}.pdf"] = engraving.pdf(
                lambda done, pages: bar.show("engraving", done / pages)
            )
        if engraving is not None and "png" in drawn:
            pngs = engraving.pngs(lambda done, pages: bar.show("drawing", done / pages))
            files |= {f"{name}-{page}.png": data for page, data in enumerate(pngs, 1)}
    paths = _save(files, options.out)
    _say(sheet)
    if options.json:
        print(json.dumps(_about(sheet, paths, engraving), ensure_ascii=False))
    else:
        print("\n".join(str(path) for path in paths))


def _described(midi: Path) -> tuple[str, Key | None]:
    """Return title and key of the piece's own JSON beside it, else the file's name and None."""
    try:
        details = json.loads(midi.with_suffix(".json").read_bytes())
        key = key_named(details["brief"]["key"])
        # Keys are stored under one name each; the page has the one that its signature spells.
        return str(details["title"]).replace(key.name, key_name(key)), key
    except (OSError, ValueError, KeyError, TypeError):
        # No JSON, or one that is not of ours: the music itself says enough.
        return " ".join(midi.stem.replace("_", " ").replace("-", " ").split()), None


def _save(files: dict[str, bytes], folder: Path) -> list[Path]:
    """Write all files, or none."""
    with _scratch(folder) as scratch:
        for name, data in files.items():
            (scratch / name).write_bytes(data)
        for name in files:
            os.replace(scratch / name, folder / name)
    return [folder / name for name in files]


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Lend a folder beside the final place; OutputFolderError where that cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".engraving-") as scratch:
            yield Path(scratch)
    except OSError as error:
        raise OutputFolderError(
            f"cannot write to {folder} ({error.strerror}); choose another with --out"
        ) from error


def _say(sheet: Sheet) -> None:
    """Tell the reader on stderr what is not as played."""
    if sheet.moved:
        print(
            f"{sheet.moved} onsets are written up to a sixth of a quarter beside where they are "
            "played, so that they can be read",
            file=sys.stderr,
        )


def _about(sheet: Sheet, paths: list[Path], engraving: Engraving | None) -> dict[str, object]:
    return {
        "title": sheet.title,
        "key": key_name(sheet.key) if sheet.key else None,
        "bars": len(sheet.bars),
        "parts": len(sheet.parts),
        "staves": sheet.staves,
        "pages": engraving.pages if engraving else None,
        "moved": sheet.moved,
        "files": [str(path) for path in paths],
    }
