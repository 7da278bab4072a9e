"""A Score as a Sheet: parts, staves, bars, voices and symbols, ready to be written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.score.harmony import NO_CHORD, with_chords
from engine.score.measures import KEY_TRUST, measure
from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from engine.score.theory import Key
from engine.score.units import GRID
from engine.sheet.beams import beamed
from engine.sheet.hands import two_hands
from engine.sheet.instruments import (
    BASS,
    SINGLE_LINE,
    TREBLE,
    Clef,
    clef_for,
    on_two_staves,
    score_order,
)
from engine.sheet.meter import counting, writable
from engine.sheet.percussion import drum
from engine.sheet.snap import snap
from engine.sheet.spelling import note_fifths
from engine.sheet.symbols import Ruled, Symbol, VoiceWriter
from engine.sheet.voices import Struck, two_voices
from engine.tokens.quantise import quantise

BarVoices = tuple[tuple[Symbol, ...], ...]
"""The voices that have something to play in one bar of a staff: none, one or two."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Five lines through the whole piece."""

    clef: Clef
    bars: tuple[BarVoices, ...]
    spelling: dict[tuple[int, int], int]
    """Onset and pitch to a place on the line of fifths; empty for drums."""


@dataclass(frozen=True, slots=True)
class Part:
    """All that one instrument plays, on one staff or two."""

    program: int
    staves: tuple[Staff, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A piece on paper; ticks are of the grid."""

    title: str
    key: Key | None
    """None without a clear key: no key signature."""
    bars: tuple[Ruled, ...]
    pickup: bool
    """Whether the first bar is an upbeat that counts for nothing."""
    tempos: tuple[Tempo, ...]
    chords: tuple[Chord, ...]
    parts: tuple[Part, ...]
    moved: int
    """Onsets that are written up to two ticks beside where they are played."""

    @property
    def staves(self) -> int:
        """How many staves a system has."""
        return sum(len(part.staves) for part in self.parts)


def lay_out(score: Score, *, title: str, key: Key | None = None) -> Sheet:
    """Return the score on paper, every note of it; equal notes of a part are one.

    Onsets stay where sixteenths or triplets reach them; durations are those that read well.
    ``key``: the one heard in it if None. The chords are the score's, else those that are heard.
    """
    grid = _on_grid(score)
    bars = tuple(
        Ruled(bar.number, bar.start, bar.end, bar.meter[1:], counting(*bar.meter[1:]))
        for bar in grid.iter_bars()
    )
    pitched = any(note.program != DRUMS for note in grid.notes)
    if key is None and pitched:
        heard, fit = measure(grid).key
        key = heard if fit >= KEY_TRUST else None
    chords = grid.chords or (with_chords(grid).chords if pitched else ())
    parts = []
    moved = 0
    for program in score_order(grid.programs or (0,)):
        notes = [note for note in grid.notes if note.program == program]
        part, count = _part(program, notes, bars, key, chords)
        parts.append(part)
        moved += count
    return Sheet(title, key, bars, _has_pickup(grid), grid.tempos, chords, tuple(parts), moved)


def _on_grid(score: Score) -> Score:
    """Return the score in grid ticks under its own meters, or under the eight if it must be.

    Every bar of it can be written.
    """
    if writable(score):
        grid = _rounded(score)
        # Rounding may bring in a meter that no bar of the score has: a change a little behind a
        # bar line moves back onto it, an onset moves into a bar that was not counted.
        if writable(grid):
            return grid
    return quantise(score)[0]


def _rounded(score: Score) -> Score:
    """Return the score in grid ticks, meters and notes as they are; its bars cover every onset."""
    scale = GRID / score.resolution

    def tick(at: int) -> int:
        return int(at * scale + 0.5)

    notes = sorted(
        {
            note._replace(start=tick(note.start), duration=max(1, tick(note.duration)))
            for note in score.notes
        }
    )
    tempos = {tick(tempo.tick): tempo.bpm for tempo in score.tempos}
    meters = {tick(meter.tick): meter[1:] for meter in score.meters}
    chords = {tick(chord.tick): chord[1:] for chord in score.chords}
    grid = Score(
        GRID,
        max(1, score.bars),
        tuple(notes),
        tuple(Tempo(at, bpm) for at, bpm in sorted(tempos.items())),
        tuple(Meter(at, *meter) for at, meter in sorted(meters.items())),
        tuple(Chord(at, *chord) for at, chord in sorted(chords.items())),
    )
    # Rounding may carry the last onset over the last bar line, or the score counts too few bars.
    last = max((note.start for note in notes), default=0)
    while grid.bars_end <= last:
        grid = replace(grid, bars=grid.bars + 1)
    return grid


def _has_pickup(grid: Score) -> bool:
    """Whether the piece begins with one short bar, as editors write an upbeat."""
    first_two = list(grid.iter_bars())[:2]
    if len(first_two) < 2 or not any(note.start < first_two[0].end for note in grid.notes):
        return False
    (_, upbeat, unit), (_, whole, other) = (bar.meter for bar in first_two)
    return upbeat < whole and unit == other


def _part(
    program: int,
    notes: Sequence[Note],
    bars: Sequence[Ruled],
    key: Key | None,
    chords: Sequence[Chord],
) -> tuple[Part, int]:
    """Return one instrument's part, and how many onsets are written beside their place."""
    hands: list[tuple[Clef, list[Note]]]
    if on_two_staves(program, [note.pitch for note in notes]):
        right, left = two_hands(notes)
        hands = [(TREBLE, right), (BASS, left)]
        if not (right and left):
            one = right or left
            hands = [(clef_for(program, [note.pitch for note in one]), one)]
    else:
        hands = [(clef_for(program, [note.pitch for note in notes]), list(notes))]
    staves = []
    moved = 0
    for clef, played in hands:
        written, count = _written(played, bars)
        staves.append(_staff(program, clef, written, bars, key, chords))
        moved += count
    return Part(program, tuple(staves)), moved


def _written(notes: Sequence[Note], bars: Sequence[Ruled]) -> tuple[list[Note], int]:
    """Return the notes with onsets that can be written, each pitch once at a time."""
    spans = [(bar.start, bar.end, bar.meter[1]) for bar in bars]
    places = snap((note.start for note in notes), spans)
    longest: dict[tuple[int, int], Note] = {}
    for note in notes:
        end = note.start + note.duration
        place = places[note.start]
        length = max(1, end - place)
        at = (place, note.pitch)
        if at not in longest or longest[at].duration < length:
            longest[at] = note._replace(start=place, duration=length)
    by_pitch: dict[int, list[Note]] = defaultdict(list)
    for note in sorted(longest.values()):
        by_pitch[note.pitch].append(note)
    single = []
    for row in by_pitch.values():
        for note, after in pairwise(row):
            single.append(note._replace(duration=min(note.duration, after.start - note.start)))
        single.append(row[-1])
    return sorted(single), sum(start != place for start, place in places.items())


def _staff(
    program: int,
    clef: Clef,
    notes: Sequence[Note],
    bars: Sequence[Ruled],
    key: Key | None,
    chords: Sequence[Chord],
) -> Staff:
    drums = program == DRUMS
    if drums:
        rows = _limbs(notes)
    else:
        starts = [bar.start for bar in bars]
        rows = two_voices(notes, starts, single=program in SINGLE_LINE)
    voices = [VoiceWriter(row, bars).write(ringing=not drums) if row else [] for row in rows]
    ruled: list[BarVoices] = []
    for bar in bars:
        full = [voice[bar.number] for voice in voices if voice and voice[bar.number]]
        ruled.append(tuple(tuple(beamed(symbols, bar)) for symbols in full))
    return Staff(clef, tuple(ruled), {} if drums else _spelled(rows, key, chords))


def _limbs(notes: Sequence[Note]) -> list[list[Struck]]:
    """Return what the hands and what the feet of a drummer strike."""
    rows: list[list[Struck]] = []
    for feet in (False, True):
        hits: dict[int, list[int]] = defaultdict(list)
        for note in notes:
            if drum(note.pitch).feet == feet:
                hits[note.start].append(note.pitch)
        rows.append([Struck(at, at + 1, tuple(sorted(keys))) for at, keys in sorted(hits.items())])
    return rows


def _spelled(
    rows: Sequence[Sequence[Struck]], key: Key | None, chords: Sequence[Chord]
) -> dict[tuple[int, int], int]:
    """Return the spelling of every note under the key and the chord of its moment."""
    home = key or Key(0, "major")
    spelling: dict[tuple[int, int], int] = {}
    for row in rows:
        at = -1
        for index, struck in enumerate(row):
            while at + 1 < len(chords) and chords[at + 1].tick <= struck.start:
                at += 1
            chord = chords[at][1:] if at >= 0 and chords[at].quality != NO_CHORD else None
            following = row[index + 1].pitches if index + 1 < len(row) else ()
            for pitch in struck.pitches:
                near = next((other for other in following if abs(other - pitch) == 1), None)
                spelling[struck.start, pitch] = note_fifths(home, pitch, chord, near)
    return spelling
