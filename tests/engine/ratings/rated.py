"""Rated pieces made by hand: tunes that differ in what a listener could like."""

from __future__ import annotations

from collections.abc import Mapping

from engine.ratings.records import RatedPiece, Rating
from engine.request import parse, resolve
from engine.score.model import Meter, Note, Score, Tempo
from engine.score.units import GRID
from engine.tokens import vocab
from engine.tokens.encode import encode

AT = "2026-11-28T18:00:00+00:00"
BRIEF = resolve(parse("piano, 2 bars, 100 bpm, C major"), seed=1)


def tune(pitch: int = 60, *, step: int = GRID, velocity: int = 80) -> Score:
    """Two bars of 4/4 on one pitch and the fifth above, a note every ``step`` ticks."""
    notes = tuple(
        Note(tick, 0, pitch + 7 * (tick // step % 2), step, velocity)
        for tick in range(0, 8 * GRID, step)
    )
    return Score(GRID, 2, notes, (Tempo(0, 100.0),), (Meter(0, 4, 4),))


def tokens(score: Score) -> tuple[int, ...]:
    return (*(token for bar in encode(score) for token in bar), vocab.END)


def piece(
    name: str,
    scores: Mapping[str, int],
    *,
    request: str = "r",
    score: Score | None = None,
    own: str | None = None,
    at: str = AT,
) -> RatedPiece:
    """A piece that each of these listeners gave a score; 0 is no opinion."""
    given = tuple(Rating(who, value, who == own, at) for who, value in scores.items() if value)
    return RatedPiece(name, request, "small-4", BRIEF, tokens(score or tune()), given)
