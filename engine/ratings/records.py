"""``ratings.jsonl``: rated pieces, one a line, as the bot exports them and tuning reads them.

A line holds a piece (its brief and its tokens) and what listeners thought of it::

    {"piece": "12", "request": "9", "model": "small-4", "brief": {...}, "tokens": [...],
     "ratings": [{"rater": "3f9c…", "score": 2, "own": false, "at": "2026-11-28T18:00:00+00:00"}]}

Raters are pseudonyms, the same in every export of one bot. There is no text that anybody typed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import BadInputError, RequestError
from engine.request.model import Brief
from engine.tokens import vocab
from engine.tokens.spec import Family

MOST, LEAST = 2, -2
"""A score lies between."""
FEW = 200
"""Ratings below which only a ranker is learned: a network would learn the pieces by heart."""
ENOUGH = 20
"""Ratings below which nothing can be learned soundly."""


class RatingsError(BadInputError):
    """A file of ratings cannot be read, or holds what is no rating."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One listener's latest opinion of one piece."""

    rater: str
    """A pseudonym, never empty."""
    score: int
    """LEAST to MOST; 0 counts as no opinion and is not exported."""
    own: bool
    """The rater is who asked for the piece."""
    at: str
    """When, in UTC, as ISO 8601."""

    def __post_init__(self) -> None:
        if not isinstance(self.rater, str) or not self.rater:
            raise ValueError(f"a rater is a pseudonym in quotes, got {self.rater!r}")
        if not LEAST <= self.score <= MOST:
            raise ValueError(f"a score is {LEAST} to {MOST}, got {self.score}")
        if datetime.fromisoformat(self.at).tzinfo is None:
            raise ValueError(f"a time has a zone, got {self.at!r}")


@dataclass(frozen=True, slots=True)
class RatedPiece:
    """A piece and all that listeners think of it."""

    piece: str
    """Its number in the bot's database."""
    request: str
    """The same for pieces that answer the same brief but for its seed: those make clean pairs."""
    model: str
    """Which model wrote it."""
    brief: Brief
    tokens: tuple[int, ...]
    """The bars, one at least, End included, as the model wrote them; no prefix."""
    ratings: tuple[Rating, ...]

    def __post_init__(self) -> None:
        if not all(0 <= token < vocab.V for token in self.tokens) or not self.tokens:
            raise ValueError("tokens are ids of the vocabulary, one at least")
        if not any(vocab.FAMILY[token] is Family.BAR for token in self.tokens):
            raise ValueError("its tokens hold no bar, so there is nothing to hear")
        if len({rating.rater for rating in self.ratings}) < len(self.ratings):
            raise ValueError("a listener has one rating of a piece")

    def to_json(self) -> dict[str, Any]:
        """Return the piece as JSON values; ``from_json`` gives an equal one back."""
        return {
            "piece": self.piece,
            "request": self.request,
            "model": self.model,
            "brief": self.brief.to_json(),
            "tokens": list(self.tokens),
            "ratings": [asdict(rating) for rating in self.ratings],
        }

    @classmethod
    def from_json(cls, data: Any) -> RatedPiece:
        """Return the piece that ``to_json`` wrote; KeyError, TypeError, ValueError for others."""
        return cls(
            piece=str(data["piece"]),
            request=str(data["request"]),
            model=str(data["model"]),
            brief=Brief.from_json(data["brief"]),
            tokens=tuple(map(int, data["tokens"])),
            ratings=tuple(Rating(**rating) for rating in data["ratings"]),
        )


@dataclass(frozen=True, slots=True)
class Ratings:
    """A whole file of ratings."""

    pieces: tuple[RatedPiece, ...]
    """``read_ratings`` gives each number once."""
    sha256: str
    """Of the file: what a run on it can be told by."""

    @property
    def count(self) -> int:
        """How many opinions there are."""
        return sum(len(piece.ratings) for piece in self.pieces)

    @property
    def raters(self) -> tuple[str, ...]:
        """Everybody who rated, in the order of their names."""
        return tuple(sorted({r.rater for piece in self.pieces for r in piece.ratings}))


def read_ratings(path: Path) -> Ratings:
    """Return the ratings of a file, each piece of which stands in it once.

    RatingsError names the line that is no rated piece, or that holds a piece again.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RatingsError(f"{path} cannot be read: {error.strerror}; export it again") from error
    pieces: list[RatedPiece] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        piece = _read_line(line, f"line {number} of {path}")
        first = line_of.setdefault(piece.piece, number)
        if first != number:
            raise RatingsError(
                f"line {number} of {path} holds piece {piece.piece!r} again, which stands in "
                f"line {first}; take one of them out, or export the file again"
            )
        pieces.append(piece)
    return Ratings(tuple(pieces), hashlib.sha256(data).hexdigest())


def _read_line(line: bytes, where: str) -> RatedPiece:
    """Return the piece of one line; RatingsError says ``where`` there is none, and why."""
    try:
        return RatedPiece.from_json(json.loads(line))
    except (ValueError, KeyError, TypeError, RequestError) as error:
        raise RatingsError(f"{where} is no rated piece ({error}); export the file again") from error


def write_ratings(path: Path, pieces: Iterable[RatedPiece]) -> str:
    """Leave the pieces in a file, whole or not at all; return its sha256.

    The order of the pieces is kept; the same pieces give the same bytes.
    """
    lines = [json.dumps(piece.to_json(), separators=(",", ":"), sort_keys=True) for piece in pieces]
    data = "".join(f"{line}\n" for line in lines).encode()
    part = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)
    os.replace(part, path)
    return hashlib.sha256(data).hexdigest()


def keep_only(path: Path, known: Set[tuple[str, str, str]]) -> bool:
    """Rewrite a file without the ratings that are not known; return whether it held any.

    ``known``: piece, rater and time of each that stays. A piece goes with its last rating.
    """
    before = read_ratings(path).pieces
    after = [
        RatedPiece(p.piece, p.request, p.model, p.brief, p.tokens, kept)
        for p in before
        if (kept := tuple(one for one in p.ratings if (p.piece, one.rater, one.at) in known))
    ]
    if tuple(after) == before:
        return False
    write_ratings(path, after)
    return True
