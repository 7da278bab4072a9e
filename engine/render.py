"""The way of a MIDI file to sound, on one page: read, prepare, play, mix, master, encode."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.audio.delivery import Delivered, Delivery, deliver
from engine.audio.encode import LADDERS
from engine.audio.production import Production
from engine.audio.synth import Synth
from engine.errors import BadInputError
from engine.output import Output
from engine.score.harmony import with_chords
from engine.score.midi import read_midi_file
from engine.score.model import Score
from engine.score.units import GRID
from engine.tokens.quantise import quantise

_ON_THE_GRID = 0.95
"""With so many of its notes on the grid a file was written, not played."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """The files that a MIDI file became."""

    files: dict[str, Path]
    delivered: Delivered
    timings_s: dict[str, float]


def render(
    file: Path,
    synth: Synth,
    out: Path,
    *,
    production: Production,
    delivery: Delivery,
    tags: dict[str, str],
    on_progress: Callable[[str, float], None],
    clock: Callable[[], float] = time.perf_counter,
) -> Rendering:
    """Return the MIDI file played; the files of sound then lie in ``out`` under its name.

    A file that somebody played keeps its own timing; in one that lies on the grid players stray.
    Its controllers (pedal, volume, bends) are not read. Raises BadMidiError for a file that cannot
    be read, BadInputError for one that cannot be played, OutputFolderError where nothing can be
    written.
    """
    begun = clock()
    score = read_midi_file(file)
    grid = quantise(score)[0]
    production = replace(production, humanised=_on_grid(score))
    if file.suffix in {f".{kind}" for kind in LADDERS} and out.resolve() == file.parent.resolve():
        raise BadInputError(f"{file} would be overwritten; choose another folder with --out")
    with Output(out, file.stem) as output:
        delivered = deliver(
            _with_chords_of(score, with_chords(grid)),
            synth,
            production,
            delivery=delivery,
            tags=tags,
            on_progress=on_progress,
            clock=clock,
        )
        for kind, data in delivered.files().items():
            output.add(kind, data)
    timings_s = {
        "render": delivered.rendered_at_s - begun,
        "encode": delivered.encoded_at_s - delivered.rendered_at_s,
        "total": clock() - begun,
    }
    return Rendering(output.files, delivered, timings_s)


def _on_grid(score: Score) -> bool:
    on = sum(note.start * GRID % score.resolution == 0 for note in score.notes)
    return on >= _ON_THE_GRID * len(score.notes)


def _with_chords_of(score: Score, grid: Score) -> Score:
    """Return the score with the chords that are heard on the grid, for the pianist's pedal."""
    ticks = score.resolution / GRID
    return replace(score, chords=tuple(c._replace(tick=round(c.tick * ticks)) for c in grid.chords))
