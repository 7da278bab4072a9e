"""``sheet``: a MIDI file becomes sheet music to read, print and edit."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine.commands.progress import Bar, progress_bar
from engine.option_types import Commands
from engine.output import Output, read_details
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
    drawn = {"pdf", "png"} & set(options.format)
    with progress_bar() as bar, Output(options.out, options.file.stem) as output:
        bar.show("writing", 0.0)
        sheet = lay_out(score, title=title, key=key)
        musicxml = write_musicxml(sheet)
        if "musicxml" in options.format:
            output.add("musicxml", musicxml)
        engraving = Engraving(musicxml, sheet.staves, sheet.title) if drawn else None
        if engraving is not None:
            _draw(engraving, drawn, output, bar)
    _say(sheet)
    if options.json:
        print(json.dumps(_about(sheet, output, engraving), ensure_ascii=False))
    else:
        print("\n".join(str(path) for path in output.files.values()))


def _draw(engraving: Engraving, kinds: set[str], output: Output, bar: Bar) -> None:
    """Add the pages as one PDF, or as PNGs numbered from 1."""
    if "pdf" in kinds:
        pdf = engraving.pdf(lambda done, pages: bar.show("engraving", done / pages))
        output.add("pdf", pdf)
    if "png" in kinds:
        pngs = engraving.pngs(lambda done, pages: bar.show("drawing", done / pages))
        for page, data in enumerate(pngs, 1):
            output.add(f"{page}.png", data)


def _described(midi: Path) -> tuple[str, Key | None]:
    """Return title and key of the piece's own JSON beside it, else the file's name and None."""
    details = read_details(midi)
    try:
        key = key_named(details["brief"]["key"])
        # Keys are stored under one name each; the page has the one that its signature spells.
        return str(details["title"]).replace(key.name, key_name(key)), key
    except (ValueError, KeyError, TypeError):
        # No JSON, or one that is not of ours: the music itself says enough.
        return " ".join(midi.stem.replace("_", " ").replace("-", " ").split()), None


def _say(sheet: Sheet) -> None:
    """Tell the reader on stderr what is not as played."""
    if sheet.moved:
        onsets = "1 onset is" if sheet.moved == 1 else f"{sheet.moved} onsets are"
        print(
            f"{onsets} written up to a sixth of a quarter beside where played, to be readable",
            file=sys.stderr,
        )


def _about(sheet: Sheet, output: Output, engraving: Engraving | None) -> dict[str, object]:
    return {
        "title": sheet.title,
        "key": key_name(sheet.key) if sheet.key else None,
        "bars": len(sheet.bars),
        "parts": len(sheet.parts),
        "staves": sheet.staves,
        "pages": engraving.pages if engraving else None,
        "moved": sheet.moved,
        "files": {kind: str(path) for kind, path in output.files.items()},
    }
