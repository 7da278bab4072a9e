"""Which short notes hang together on beams, and what each beam does at each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.score.units import GRID
from engine.sheet.meter import Span
from engine.sheet.symbols import Ruled, Symbol

_BEAMS = {"eighth": 1, "16th": 2}


def beamed(symbols: Sequence[Symbol], bar: Ruled) -> list[Symbol]:
    """Return the symbols of a voice's bar with their beams; rests and long notes have none."""
    spans = _joined(symbols, bar)
    done: list[Symbol] = []
    for run in _runs(symbols, spans):
        counts = [_BEAMS.get(symbol.value, 0) if symbol.pitches else 0 for symbol in run]
        if len(run) < 2:
            done += run
            continue
        done += [
            symbol._replace(beams=tuple(_at(counts, index, level) for level in range(1, count + 1)))
            for index, (symbol, count) in enumerate(zip(run, counts, strict=True))
        ]
    return done


def _at(counts: Sequence[int], index: int, level: int) -> str:
    """Return what the beam of a level does at one note of a run."""
    before = index > 0 and counts[index - 1] >= level
    after = index + 1 < len(counts) and counts[index + 1] >= level
    if before:
        return "continue" if after else "end"
    if after:
        return "begin"
    return "forward hook" if index == 0 else "backward hook"


def _runs(symbols: Sequence[Symbol], spans: Sequence[Span]) -> Iterator[list[Symbol]]:
    """Yield the symbols in order: alone, or the neighbours that share a beam."""
    run: list[Symbol] = []
    last_span: Span | None = None
    for symbol in symbols:
        span = next(span for span in spans if span[0] <= symbol.start < span[1])
        short = bool(symbol.pitches) and symbol.value in _BEAMS
        if run and (not short or span != last_span):
            yield run
            run = []
        if short:
            run.append(symbol)
            last_span = span
        else:
            yield [symbol]
    if run:
        yield run


def _joined(symbols: Sequence[Symbol], bar: Ruled) -> list[Span]:
    """Return the bar's beam spans in ticks of the piece, those of plain eighths joined.

    Eighths are beamed by the half bar in 4/4 and by the bar in 2/4 and 3/4.
    """
    spans = [(bar.start + a, bar.start + b) for a, b in bar.counted.beams]
    reach = {(4, 4): 2 * GRID, (2, 4): 2 * GRID, (3, 4): 3 * GRID}.get(bar.meter)
    if reach is None:
        return spans
    joined: list[Span] = []
    for start in range(bar.start, bar.end, reach):
        inside = [symbol for symbol in symbols if start <= symbol.start < start + reach]
        if all(s.value == "eighth" and s.pitches and not s.triplet for s in inside):
            joined.append((start, start + reach))
        else:
            joined += [span for span in spans if start <= span[0] < start + reach]
    return joined
