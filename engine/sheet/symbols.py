"""Notes and rests as they are drawn: values, ties, triplets and beams of one voice."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.score.units import GRID
from engine.sheet.meter import (
    SIXTEENTH,
    VALUES,
    Counting,
    note_spans,
    rest_spans,
    triplet_counting,
)
from engine.sheet.triplets import triplets
from engine.sheet.voices import Struck


class Symbol(NamedTuple):
    """One note, chord or rest on paper; ticks are of the grid."""

    start: int
    """From the start of the piece."""
    ticks: int
    """As it sounds: a quarter of a triplet is 8."""
    value: str
    """MusicXML's name, ``quarter``; empty for the rest of a whole bar."""
    dots: int
    pitches: tuple[int, ...]
    """Ascending; empty for a rest."""
    struck: int = 0
    """When its chord was struck, which is before ``start`` in the tied part of a note."""
    tied_back: bool = False
    tied_on: bool = False
    triplet: int = 0
    """Ticks of the triplet that it belongs to, 0 outside."""
    opens: bool = False
    closes: bool = False
    """Whether it is the first, the last of its triplet."""
    beams: tuple[str, ...] = ()
    """What each beam does at it, the longest first, in MusicXML's words."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A bar with its counting."""

    number: int
    start: int
    end: int
    meter: tuple[int, int]
    counted: Counting


class _Piece(NamedTuple):
    """A span that is one note value."""

    start: int
    end: int
    written: int
    """Ticks of the value as written; 3/2 of the span inside a triplet."""
    triplet: int


# What notation costs, by eye: writing a sixteenth for a quarter played short makes a reader
# count two rests; three glyphs and the truth read worse than two and a note that is 9 ticks
# too long, an eighth with an eighth rest better than both.
_GLYPH, _LONGER_TICK, _SHORTER_TICK = 1.5, 0.3, 1.0
_FURTHEST = 2 * GRID
"""A note is lengthened by a half at most, before the next one of its voice."""


class VoiceWriter:
    """Writes one voice into the bars of a piece."""

    def __init__(self, row: Sequence[Struck], bars: Sequence[Ruled]) -> None:
        self._row = row
        self._bars = bars
        self._starts = [bar.start for bar in bars]
        spans = [(bar.start, bar.end, bar.meter[1]) for bar in bars]
        self._triplets = triplets([struck.start for struck in row], spans)
        self._triplet_starts = sorted(self._triplets)

    def write(self, *, ringing: bool = True) -> list[list[Symbol]]:
        """Return the symbols of each bar, none for a bar in which the voice is silent.

        The symbols of a bar fill it. Not ``ringing``: each lasts to the next or to its beat's
        end, as drums are written.
        """
        ends = self._ends(ringing)
        bars: list[list[Symbol]] = [[] for _ in self._bars]
        sounding: list[set[int]] = [set() for _ in self._bars]
        for struck, end in zip(self._row, ends, strict=True):
            for bar in self._over(struck.start, end):
                sounding[bar.number].add(struck.start)
        index = 0
        for bar in self._bars:
            if not sounding[bar.number]:
                continue
            at = bar.start
            while index < len(self._row) and ends[index] <= bar.start:
                index += 1
            here = index
            while here < len(self._row) and self._row[here].start < bar.end:
                struck, end = self._row[here], ends[here]
                begin = max(struck.start, bar.start)
                bars[bar.number] += self._rests(at, begin)
                at = min(end, bar.end)
                bars[bar.number] += self._notes(struck, begin, at, end)
                here += 1
            bars[bar.number] += self._rests(at, bar.end)
            bars[bar.number] = self._bracketed(bars[bar.number])
        return bars

    def _ends(self, ringing: bool) -> list[int]:
        """Return where each chord ends on paper."""
        nexts = [struck.start for struck in self._row[1:]] + [self._bars[-1].end]
        return [
            self._end(struck, following) if ringing else self._hit_end(struck, following)
            for struck, following in zip(self._row, nexts, strict=False)
        ]

    def _hit_end(self, struck: Struck, following: int) -> int:
        """Return the next hit or the end of the beat, whichever comes first."""
        bar = self._bar(struck.start)
        beat = bar.counted.group or max(GRID, 4 * GRID // bar.meter[1])
        after = struck.start - (struck.start - bar.start) % beat + beat
        return min(following, after, bar.end)

    def _end(self, struck: Struck, following: int) -> int:
        """Return the end that reads best: few glyphs, near to what is played."""
        played = struck.end
        if played >= following:
            return following
        furthest = min(following, played + _FURTHEST)
        options = [
            place
            for place in self._places(struck.start + 1, furthest)
            if place >= played - _FURTHEST // 4
        ]
        options = [place for place in options if place != following]
        if following - played <= _FURTHEST or not options:
            options.append(following)
        return min(options, key=lambda end: self._price(struck.start, end, following, played))

    def _price(self, start: int, end: int, following: int, played: int) -> float:
        glyphs = len(list(self._pieces(start, end, rest=False)))
        last = self._bar(end - 1)
        glyphs += len(list(self._pieces(end, min(following, last.end), rest=True)))
        return (
            _GLYPH * glyphs
            + _LONGER_TICK * max(0, end - played)
            + _SHORTER_TICK * max(0, played - end)
        )

    def _places(self, begin: int, end: int) -> Iterator[int]:
        """Yield the ticks from ``begin`` to ``end`` at which a note can end on paper."""
        for tick in range(begin, end + 1):
            cell = self._triplet_at(tick)
            if cell is None:
                step, origin = SIXTEENTH, self._bar(tick).start
            else:
                step, origin = self._triplets[cell] // 3, cell
            if (tick - origin) % step == 0:
                yield tick

    def _bar(self, tick: int) -> Ruled:
        return self._bars[bisect_right(self._starts, tick) - 1]

    def _over(self, start: int, end: int) -> Sequence[Ruled]:
        """Return the bars that a span touches."""
        first = bisect_right(self._starts, start) - 1
        return self._bars[first : bisect_right(self._starts, end - 1)]

    def _triplet_at(self, tick: int) -> int | None:
        """Return the start of the triplet around a tick, None outside; edges are inside."""
        at = bisect_right(self._triplet_starts, tick) - 1
        if at < 0:
            return None
        cell = self._triplet_starts[at]
        return cell if tick < cell + self._triplets[cell] else None

    def _pieces(self, start: int, end: int, *, rest: bool) -> Iterator[_Piece]:
        """Yield the note values that fill a span, bar by bar, triplets apart."""
        split = rest_spans if rest else note_spans
        for bar in self._over(start, end) if start < end else ():
            at, until = max(start, bar.start), min(end, bar.end)
            while at < until:
                cell = self._triplet_at(at)
                if cell is not None:
                    length = self._triplets[cell]
                    stop = min(until, cell + length)
                    counted = triplet_counting(length)
                    scaled = ((at - cell) * 3 // 2, (stop - cell) * 3 // 2)
                    for a, b in split(*scaled, counted):
                        yield _Piece(cell + a * 2 // 3, cell + b * 2 // 3, b - a, length)
                else:
                    stop = self._next_triplet(at, until)
                    for a, b in split(at - bar.start, stop - bar.start, bar.counted):
                        yield _Piece(bar.start + a, bar.start + b, b - a, 0)
                at = stop

    def _next_triplet(self, start: int, end: int) -> int:
        at = bisect_right(self._triplet_starts, start)
        if at < len(self._triplet_starts):
            return min(end, self._triplet_starts[at])
        return end

    def _rests(self, start: int, end: int) -> Iterator[Symbol]:
        for piece in self._pieces(start, end, rest=True):
            value, dots = VALUES[piece.written]
            length = piece.end - piece.start
            yield Symbol(piece.start, length, value, dots, (), triplet=piece.triplet)

    def _notes(self, struck: Struck, begin: int, until: int, end: int) -> Iterator[Symbol]:
        for piece in self._pieces(begin, until, rest=False):
            value, dots = VALUES[piece.written]
            yield Symbol(
                piece.start,
                piece.end - piece.start,
                value,
                dots,
                struck.pitches,
                struck.start,
                tied_back=piece.start > struck.start,
                tied_on=piece.end < end,
                triplet=piece.triplet,
            )

    def _bracketed(self, symbols: Sequence[Symbol]) -> list[Symbol]:
        """Mark the first and the last symbol of every triplet."""
        marked = []
        for symbol in symbols:
            cell = self._triplet_at(symbol.start) if symbol.triplet else None
            if cell is None:
                marked.append(symbol)
                continue
            ends = symbol.start + symbol.ticks == cell + symbol.triplet
            marked.append(symbol._replace(opens=symbol.start == cell, closes=ends))
        return marked
