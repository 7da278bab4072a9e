"""The way of one wish about a finished piece, from words to the files of the next version."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.audio.delivery import Delivery
from engine.compose import finish, write
from engine.composer import Composer, OnProgress, silent
from engine.edit import edited
from engine.errors import BadInputError, RequestError
from engine.originality.index import OriginalityIndex, longest_copied_run
from engine.output import Output, piece_name
from engine.picture.palette import DARK, Theme
from engine.publish import Composition, Music, Origin, Times, publish
from engine.request.model import Brief
from engine.request.revise import understand
from engine.request.revision import Edit, Revision
from engine.score.harmony import with_chords
from engine.score.midi import read_midi
from engine.score.model import Tempo
from engine.score.units import GRID
from engine.tokens.quantise import quantise

_MP3 = Delivery()


@dataclass(frozen=True, slots=True)
class Piece:
    """A version that is finished, and may become the parent of another."""

    brief: Brief
    midi: bytes
    title: str
    name: str
    """Of its files, without a suffix."""

    @staticmethod
    def read(file: Path) -> Piece:
        """Return the piece of a ``NAME.json``, with the MIDI file beside it.

        Raises BadInputError for a file that is missing, damaged or not of a composed piece.
        """
        details = _read_json(file)
        midi = file.with_suffix(".mid")
        try:
            return Piece(
                Brief.from_json(details["brief"]), midi.read_bytes(), details["title"], file.stem
            )
        except OSError as error:
            raise BadInputError(
                f"{midi} cannot be read: {error.strerror}; the notes of the piece must lie beside "
                f"its JSON"
            ) from error


def revise(
    parent: Piece,
    wish: str | Revision,
    composer: Composer,
    out: Path,
    *,
    seed: int,
    prompt: str | None = None,
    delivery: Delivery | None = _MP3,
    theme: Theme = DARK,
    on_progress: OnProgress = silent,
    clock: Callable[[], float] = time.perf_counter,
) -> Composition:
    """Return the next version of a piece; its files lie in ``out``, all of them or none.

    Where the wish needs no new notes, all notes that it does not concern are the parent's, and so
    is the seed; else the piece is composed anew from the changed brief with ``seed``, unless the
    wish names one. Raises RequestError for a wish that is not understood, cannot be met, or asks
    for an earlier version: that lies with who keeps the versions.
    """
    begun = clock()
    revision = understand(wish, parent.brief) if isinstance(wish, str) else wish
    if revision.back is not None:
        raise RequestError(
            "an earlier version is not made anew; open the files that it already has"
        )
    brief = _seeded(revision, parent.brief, seed)
    title = brief.title if parent.title == parent.brief.title else parent.title
    with Output(out, _name(brief, title, parent, revision.edits), replaces=True) as output:
        parsed = clock()
        if revision.fresh:
            ranked = write(brief, composer.writer, on_progress)
            music = finish(ranked[0], brief, title)
        else:
            ranked = []
            music = _edited(parent, brief, title, revision.edits, composer.writer.index)
        typed = wish if isinstance(wish, str) else ""
        return publish(
            music,
            Origin(
                prompt=typed if prompt is None else prompt,
                candidates=tuple(ranked),
                parent=parent.name,
                changes=revision.changes,
                exact=not revision.fresh,
                remarks=revision.remarks,
            ),
            Times(begun, parsed, clock()),
            output,
            composer,
            delivery=delivery,
            theme=theme,
            on_progress=on_progress,
            clock=clock,
        )


def _seeded(revision: Revision, before: Brief, seed: int) -> Brief:
    """Return the brief with the seed that its notes are written with."""
    named = revision.brief.seed != before.seed
    return replace(revision.brief, seed=seed) if revision.fresh and not named else revision.brief


def _edited(
    parent: Piece,
    brief: Brief,
    title: str,
    edits: tuple[Edit, ...],
    index: OriginalityIndex | None,
) -> Music:
    """Return the parent's notes after the edits, heard anew."""
    before = read_midi(parent.midi, name=f"{parent.name}.mid")
    played = edited(replace(before, bars=max(before.bars, brief.bars)), edits)
    score = with_chords(quantise(played)[0])
    scale = played.resolution / GRID
    chords = tuple(c._replace(tick=round(c.tick * scale)) for c in score.chords)
    copied = None if index is None else longest_copied_run(score, index)
    return Music(
        brief,
        title,
        replace(score, tempos=(Tempo(0, brief.tempo_bpm),)),
        replace(played, chords=chords),
        copied,
    )


def _name(brief: Brief, title: str, parent: Piece, edits: tuple[Edit, ...]) -> str:
    """Return the name of a version's files.

    Other ways to one brief have other notes, and no version may take the place of an earlier one:
    so the name depends on the parent and the edits, too.
    """
    origin = {"brief": brief.to_json(), "parent": parent.name, "edits": repr(edits)}
    return piece_name(f"{title}-{brief.seed}", origin)


def brief_of(file: Path) -> Brief:
    """Return the brief of a ``NAME.json``; raises BadInputError as ``Piece.read`` does."""
    return Brief.from_json(_read_json(file)["brief"])


def parent_of(file: Path) -> Path | None:
    """Return the ``NAME.json`` of the version before, in the same folder; None for a first one.

    Raises BadInputError where it is not there.
    """
    name = _read_json(file)["parent"]
    if name is None:
        return None
    parent = file.with_name(f"{name}.json")
    if not parent.exists():
        raise BadInputError(
            f"the version before {file.stem} does not lie beside it; {parent.name} is missing"
        )
    _read_json(parent)
    return parent


def files_of(file: Path) -> list[Path]:
    """Return the files of a piece that lie beside its ``NAME.json``, that one last."""
    beside = [p for p in sorted(file.parent.iterdir()) if p.name.startswith(f"{file.stem}.")]
    return [*(path for path in beside if path != file), file]


def _read_json(file: Path) -> dict[str, Any]:
    """Return ``title``, ``brief`` and ``parent`` of a ``NAME.json``.

    Raises BadInputError for a file that is missing, damaged or not of a composed piece.
    """
    try:
        details = json.loads(file.read_bytes())
        title, brief = details["title"], Brief.from_json(details["brief"])
        parent = details.get("parent")
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError, RequestError) as error:
        raise BadInputError(
            f"{file} does not describe a composed piece; give the NAME.json that compose wrote"
        ) from error
    local = isinstance(parent, str) and Path(parent).name == parent not in ("", "..")
    name = parent if local else None
    return {"title": str(title), "brief": brief.to_json(), "parent": name}
