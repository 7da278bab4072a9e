"""Golden files: what a small piece looks like as tokens and as MIDI events, one bar a line.

    .venv/bin/python -m tests.golden.write

writes them anew; read the diff as music before you commit it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import mido

from engine.polish import polish
from engine.score.harmony import with_chords
from engine.score.measures import measure
from engine.score.midi import write_midi
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.tokens import vocab
from engine.tokens.control import bar_plan, hear, prefix
from engine.tokens.encode import encode
from engine.tokens.quantise import quantise
from tests.engine.score.pieces import PIANO, STRINGS, chord, melody, piece, two_bars

FOLDER = Path(__file__).parent


def tokens_of(score: Score, *, genre: str | None = None) -> str:
    """The whole stream: the prefix, the bars with their plan, End."""
    grid = with_chords(quantise(score)[0]) if not score.chords else quantise(score)[0]
    measures = measure(grid)
    bars = encode(grid, plan=bar_plan(measures))
    lines = [prefix(hear(grid, genre=genre, measures=measures)), *bars, [vocab.END]]
    return "".join(" ".join(vocab.NAMES[token] for token in line) + "\n" for line in lines)


def notes_of(score: Score) -> str:
    """The notes of each bar: tick in the bar, program, pitch, duration, velocity."""
    lines = []
    for bar in score.iter_bars():
        inside = [note for note in score.notes if bar.start <= note.start < bar.end]
        words = [
            f"{n.start - bar.start}:{'drums' if n.program == DRUMS else n.program}"
            f":{n.pitch}:{n.duration}:{n.velocity}"
            for n in inside
        ]
        lines.append(" ".join([f"{bar.number + 1}.", *words]))
    return "\n".join(lines) + "\n"


def events_of(data: bytes) -> str:
    """The events of a MIDI file, one a line, times in ticks since the event before."""
    midi = mido.MidiFile(file=io.BytesIO(data))
    lines = [f"format {midi.type}, {midi.ticks_per_beat} ticks to the quarter"]
    for number, track in enumerate(midi.tracks):
        lines.append(f"track {number}")
        lines += [f"{event.time:5} {_words(event)}" for event in track]
    return "\n".join(lines) + "\n"


def _words(event: mido.Message) -> str:
    values = {k: v for k, v in event.dict().items() if k not in ("type", "time")}
    return " ".join([event.type, *(f"{key}={value}" for key, value in sorted(values.items()))])


def meters_and_triplets() -> Score:
    """A bar of triplets in 4/4, then 7/8, then silence in 3/4 with a tempo change in it."""
    return Score(
        resolution=12,
        bars=3,
        notes=tuple(
            sorted(
                [
                    *melody([72, 71, 69] * 4, ticks=4),
                    *chord(0, (48, 55, 64), 48, STRINGS),
                    *(Note(48 + 6 * i, PIANO, 60 + i, 5, 40 + 8 * i) for i in range(7)),
                ]
            )
        ),
        tempos=(Tempo(0, 76.0), Tempo(90 + 18, 60.0)),
        meters=(Meter(0, 4, 4), Meter(48, 7, 8), Meter(90, 3, 4)),
    )


def restless() -> Score:
    """Out of range, overlapping, cut off: what polish has to mend."""
    return piece(
        [
            *melody([24, 26, 28, 29], program=73),
            Note(0, PIANO, 60, 48, 84),
            Note(24, PIANO, 60, 12, 100),
            Note(48, PIANO, 64, 12, 84),
            Note(60, PIANO, 67, 12, 84),
            Note(48, 73, 79, 200, 84),
            Note(60, DRUMS, 49, 3, 84),
        ],
        bars=2,
    )


GOLDEN: dict[str, Callable[[], str]] = {
    "two_bars_tokens.txt": lambda: tokens_of(two_bars(), genre="jazz"),
    "two_bars_events.txt": lambda: events_of(write_midi(two_bars(), title="two bars")),
    "meters_and_triplets_tokens.txt": lambda: tokens_of(meters_and_triplets()),
    "polished_notes.txt": lambda: notes_of(polish(restless(), seed=1)),
}


def main() -> None:
    """Write every golden file."""
    for name, text in GOLDEN.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
