"""What a note costs in tokens, ours and MidiTok's REMI, on the same MIDI files.

    .venv/bin/python -m tests.benchmarks.tokens_a_note DIR [--pieces 60] [--seed 0]

Tokens a note: all tokens over all notes of the sample; a note of the file is counted once
however often it is doubled on our grid, for every row alike. Ours has the control prefix, the
plan (chords, densities, polyphonies) and End in it; MidiTok's has no such tokens. Both its rows
have programs, tempi and time signatures in one stream; the first is MidiTok as it comes (8 ticks
to the quarter), the second on our grid of 12.

Lost, moved, merged: notes that do not come back from the tokens, come back elsewhere, or come
back as one. Ours compares start, program, pitch, length and loudness. MidiTok has other lengths
and loudnesses by design, so it is given the notes as they lie on our grid and only start,
program and pitch are compared; on its own 8 ticks that would count the grid, hence the dash.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import symusic
from miditok import REMI, TokenizerConfig

from engine.errors import BadMidiError
from engine.score.midi import read_midi, write_midi
from engine.score.model import DRUMS, Note, Score
from engine.score.units import GRID
from engine.tokens.quantise import quantise
from engine.tokens.round_trip import compare, round_trip

_METERS = {8: [3, 5, 6, 7, 9, 12], 4: [1, 2, 3, 4, 5, 6], 2: [1, 2, 3, 4]}


@dataclass
class Row:
    """One line of the table."""

    name: str
    counts_damage: bool = True
    tokens: int = 0
    lost: int = 0
    moved: int = 0
    merged: int = 0

    def add(self, tokens: int, damage: tuple[int, int, int] = (0, 0, 0)) -> None:
        """Count one more piece."""
        self.tokens += tokens
        self.lost += damage[0]
        self.moved += damage[1]
        self.merged += damage[2]

    def text(self, notes: int) -> str:
        """The line as it is printed."""
        damage = (self.lost, self.moved, self.merged) if self.counts_damage else ("-", "-", "-")
        cells = "".join(f"{cell:>8}" for cell in damage)
        return f"{self.name:34}{self.tokens:>11}{self.tokens / notes:>9.3f}{cells}"


def remi(ticks: int | None) -> REMI:
    """MidiTok's REMI, all pitches and programs, with so many ticks to the quarter or its own."""
    grid = {} if ticks is None else {"beat_res": {(0, 12): ticks}}
    return REMI(
        TokenizerConfig(
            pitch_range=(0, 127),
            use_programs=True,
            use_tempos=True,
            use_time_signatures=True,
            time_signature_range=_METERS,
            **grid,
        )
    )


def places(score: symusic.core.ScoreTick) -> tuple[Note, ...]:
    """The notes of a decoded score on our grid, all of one length and loudness."""
    per_quarter = score.ticks_per_quarter
    return tuple(
        Note(n.time * GRID // per_quarter, DRUMS if t.is_drum else t.program, n.pitch, 1, 1)
        for t in score.tracks
        for n in t.notes
    )


def by_miditok(tokenizer: REMI, score: Score) -> tuple[int, int, int]:
    """What MidiTok loses, moves and merges of the places that notes have on the grid."""
    decoded = tokenizer.decode(tokenizer.encode(symusic.Score.from_midi(write_midi(score))))
    before = {note._replace(duration=1, velocity=1) for note in score.notes}
    return compare(tuple(sorted(before)), places(decoded))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="tokens a note, ours and MidiTok's")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    files = sorted(options.folder.rglob("*.mid"))
    if not files:
        sys.exit(f"no MIDI files in {options.folder}")
    sample = random.Random(options.seed).sample(files, min(options.pieces, len(files)))
    ours = Row("Cadenza, with prefix and plan")
    own_grid = Row("MidiTok REMI, 8 to the quarter", counts_damage=False)
    our_grid = Row(f"MidiTok REMI, {GRID} to the quarter")
    eight, twelve = remi(None), remi(GRID)
    notes = pieces = 0
    for file in sample:
        data = file.read_bytes()
        try:
            score = read_midi(data, name=file.name)
        except BadMidiError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        trip = round_trip(score)
        ours.add(trip.tokens, (trip.lost, trip.moved, trip.merged))
        theirs = symusic.Score.from_midi(data)
        own_grid.add(len(eight.encode(theirs).ids))
        our_grid.add(len(twelve.encode(theirs).ids), by_miditok(twelve, quantise(score)[0]))
        notes += trip.notes
        pieces += 1
    print(f"{pieces} pieces, {notes} notes")
    print(f"{'':34}{'tokens':>11}{'a note':>9}{'lost':>8}{'moved':>8}{'merged':>8}")
    for row in (ours, own_grid, our_grid):
        print(row.text(notes))


if __name__ == "__main__":
    main()
