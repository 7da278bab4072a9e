"""Ratings out of the database into ``ratings.jsonl``, and deleted people out of such files.

The file says nothing of who rated: raters are pseudonyms, made with a secret that stays in the
database. No titles, no places, no words.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.ratings import SCORES
from bot.storage import records
from bot.storage.learning_records import JudgedPiece
from bot.storage.storage import Storage
from engine.errors import CadenzaError
from engine.ratings.records import RatedPiece, Rating, RatingsError, keep_only, write_ratings
from engine.request.model import Brief
from engine.score.harmony import with_chords
from engine.score.measures import measure
from engine.score.midi import read_midi
from engine.score.model import DRUMS, Score
from engine.tokens import vocab
from engine.tokens.control import bar_plan
from engine.tokens.encode import BarPlan, encode
from engine.tokens.quantise import quantise

FILE = "ratings.jsonl"
"""What an export is called, in whatever folder."""
SALT = "learning_salt"
"""The setting of the bot that holds the secret of the pseudonyms."""
_PART = f".{FILE}.part"  # what a crash in ``write_ratings`` leaves


class ExportError(CadenzaError):
    """A file of ratings cannot be written."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file of ratings."""

    sha256: str
    pieces: int
    ratings: int
    raters: int
    left_out: int
    """Rated pieces whose notes cannot be said in tokens."""


async def export_ratings(
    storage: Storage,
    path: Path,
    *,
    server_id: int | None = None,
    since: datetime | None = None,
) -> Exported:
    """Leave the ratings that count in a file: of this server or all, given then or later.

    The same ratings give the same bytes. Nobody is in it who had their data deleted before this
    returns; who does so later has to be scrubbed. Raises StorageError, and ExportError where the
    file cannot be written.
    """
    salt = await storage.settings.settled(records.BOT, SALT, secrets.token_hex(32))
    while True:
        judged = await storage.ratings.judged(server_id, since)
        try:
            exported = await asyncio.to_thread(_write, path, judged, salt)
        except FileNotFoundError:  # scrubbed before it was whole
            continue
        except OSError as error:
            raise ExportError(
                f"{path} cannot be written: {error.strerror}; see that there is room"
            ) from error
        # A deletion meanwhile found no file to scrub: then it is written anew.
        read = {(piece.id, vote.person_id) for piece in judged for vote in piece.votes}
        if read <= await storage.ratings.voters(server_id, since):
            return exported


async def scrub(folder: Path, storage: Storage) -> list[Path]:
    """Rewrite every export below a folder without what the database no longer has.

    Returns the files that changed. One that is damaged is removed: nothing learns from it, and
    nobody can be taken out of it. A database that never exported anything leaves all as it is.
    Raises ExportError for files that could not be changed, after all others were.
    """
    salt = await storage.settings.get(records.BOT, SALT)
    if salt is None:
        return []
    given = await storage.ratings.given()
    called = {person: pseudonym(salt, person) for person in {person for _, person, _ in given}}
    known = {(str(piece), called[person], _time(at)) for piece, person, at in given}
    return await asyncio.to_thread(_scrub, folder, known)


def pseudonym(salt: str, person_id: int) -> str:
    """Return what a person is called in every export of this bot, and in no other bot's."""
    digest = hmac.new(bytes.fromhex(salt), str(person_id).encode(), hashlib.sha256)
    return digest.hexdigest()[:16]


def request_of(brief: Brief) -> str:
    """Return 12 hex digits that are the same for briefs that differ in the seed alone."""
    said = {name: value for name, value in brief.to_json().items() if name != "seed"}
    text = json.dumps(said, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def tokens_of(midi: bytes, brief: Brief) -> tuple[int, ...]:
    """Return a finished piece as its model would have written it: chords, levels, End.

    What polish did to the notes stays, so loudness changes more often than a model lets it.
    Raises BadMidiError for bytes that are no MIDI, ValueError for music that tokens cannot say.
    """
    played = replace(read_midi(midi, name="the piece"), bars=brief.bars)
    score, _ = quantise(played)
    drums_alone = brief.programs == (DRUMS,)  # have no harmony, and their models write none
    bars = encode(with_chords(score), plan=_levels(score, brief), chords=not drums_alone)
    return (*(token for bar in bars for token in bar), vocab.END)


def _levels(score: Score, brief: Brief) -> BarPlan | None:
    """Return the levels of each bar, which are written where the brief names one of the two."""
    if brief.density is None and brief.polyphony is None:
        return None
    heard = bar_plan(measure(score))
    return BarPlan(
        heard.density if brief.density is None else [brief.density] * score.bars,
        heard.polyphony if brief.polyphony is None else [brief.polyphony] * score.bars,
    )


def _write(path: Path, judged: Sequence[JudgedPiece], salt: str) -> Exported:
    raters: Counter[str] = Counter()
    pieces = 0

    def rated() -> Iterator[RatedPiece]:
        """One at a time: as integers the tokens take twenty times their room."""
        nonlocal pieces
        for one in judged:
            try:
                piece = _rated(one, salt)
            except (CadenzaError, ValueError):
                continue
            raters.update(rating.rater for rating in piece.ratings)
            pieces += 1
            yield piece

    sha256 = write_ratings(path, rated())
    return Exported(sha256, pieces, raters.total(), len(raters), len(judged) - pieces)


def _rated(piece: JudgedPiece, salt: str) -> RatedPiece:
    """Return a piece as it is learned from; CadenzaError or ValueError if that cannot be."""
    brief = Brief.from_json(piece.brief)
    if piece.tokens is not None:
        tokens = tuple(np.frombuffer(piece.tokens, dtype="<u2").tolist())
    else:
        tokens = tokens_of(piece.midi or b"", brief)
    ratings = [_rating(vote, salt) for vote in piece.votes]
    return RatedPiece(
        piece=str(piece.id),
        request=request_of(brief),
        model=piece.model or "",
        brief=brief,
        tokens=tokens,
        ratings=tuple(sorted(ratings, key=lambda rating: rating.rater)),
    )


def _rating(vote: records.Rating, salt: str) -> Rating:
    who = pseudonym(salt, vote.person_id)
    return Rating(who, SCORES[vote.kind], vote.own, _time(vote.given_at))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _scrub(folder: Path, known: Set[tuple[str, str, str]]) -> list[Path]:
    changed: list[Path] = []
    failed: list[str] = []
    for file in sorted([*folder.rglob(FILE), *folder.rglob(_PART)]):
        try:
            if _rewritten(file, known):
                changed.append(file)
        except FileNotFoundError:  # an old run's, cleared away meanwhile
            continue
        except OSError as error:
            failed.append(f"{file} ({error.strerror})")
    if failed:
        raise ExportError(f"somebody is still named in {', '.join(failed)}; remove that by hand")
    return changed


def _rewritten(file: Path, known: Set[tuple[str, str, str]]) -> bool:
    """Return whether the file held ratings that are not known; it does no longer."""
    if file.name == FILE:
        try:
            return keep_only(file, known)
        except RatingsError as error:
            if isinstance(error.__cause__, OSError):  # not damaged: it could not be read today
                raise error.__cause__ from None
    file.unlink()
    return True
