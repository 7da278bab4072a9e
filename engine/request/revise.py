"""Free text about a piece to a Revision: what shall be different in the next version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import RequestError
from engine.request.ask_of import ask_of
from engine.request.comparatives import read_comparatives
from engine.request.draft import Draft
from engine.request.gather import gather
from engine.request.lexicon.meanings import Decade, Ensemble, Filler, Genre, Particle, Unknown
from engine.request.lexicon.wishes import (
    Again,
    BackTo,
    Keep,
    LengthBy,
    LengthPlus,
    LevelBy,
    MoodBy,
    Move,
    NotYet,
    SwapFor,
    TempoBy,
    TempoPlus,
    Wish,
)
from engine.request.model import Brief, ComposeRequest
from engine.request.parse import MAX_TEXT
from engine.request.read_changes import read_changes
from engine.request.revision import Revision
from engine.request.scan import Item, scan

CAN_BE_ASKED = (
    '"slower", "darker", "add strings", "no drums", "guitar instead of piano", "in A minor", '
    '"as a waltz", "longer", "again", "undo"'
)
"""Examples for whoever was not understood."""


_NAMES_GENRE = (Genre, Decade, Ensemble)
"""A style that is at home in several genres leaves the piece in its own."""


def understand(text: str, brief: Brief) -> Revision:
    """Return what a text wants different in the piece of a brief.

    Phrases of change are read first ("an octave lower", "undo"), then comparatives ("a bit
    slower"), and all that is left as ``parse`` reads it ("in A minor", "no drums"). Where one wish
    needs new notes, all are met by composing anew. Raises RequestError where nothing was
    understood, nothing would change, or a wish cannot be met.
    """
    if not isinstance(text, str):
        raise RequestError("a wish must be text")
    if len(text) > MAX_TEXT:
        raise RequestError(
            f"a wish may have {MAX_TEXT:,} characters at most, this one has {len(text):,}"
        )
    wishes, tokens = read_changes(text)
    compared, items, stays = read_comparatives(scan(tokens))
    request = _gathered(items, brief)
    wishes += compared
    for wish in wishes:
        if isinstance(wish, BackTo):
            return _back(wish, brief, alone=len(wishes) == 1 and _is_empty(request, brief))
    if not wishes and not stays and not any(_says(item) for item in items):
        raise RequestError(
            f"no wish for a change was understood; ask for example for {CAN_BE_ASKED}"
        )
    draft = Draft(brief)
    for wish in wishes:
        if isinstance(wish, SwapFor):
            draft.lineup.swap(wish, request.exclude)
            request = replace(request, exclude=()) if wish.old is None else request
        else:
            _meet(draft, wish)
    ask_of(draft, request, items)
    draft.follow_the_mood()
    return _settled(draft, request.unknown)


def _gathered(items: Sequence[Item], brief: Brief) -> ComposeRequest:
    """Return what the items ask for, where the piece's genre holds unless another is named."""
    request = gather(items)
    if request.genre is not None and any(isinstance(item.meaning, _NAMES_GENRE) for item in items):
        return request
    if brief.genre in request.avoid_genres:
        raise RequestError(f"say which genre it shall be instead of {brief.genre}")
    return gather([*items, Item(Particle("stop"), "."), Item(Genre(brief.genre), "")])


def _says(item: Item) -> bool:
    return not isinstance(item.meaning, Filler | Particle | Unknown)


def _is_empty(request: ComposeRequest, brief: Brief) -> bool:
    """Return whether a request asks for nothing but what is there."""
    return replace(request, unknown=(), remarks=()) == ComposeRequest(genre=brief.genre)


def _back(wish: BackTo, brief: Brief, alone: bool) -> Revision:
    first = wish.version == "first"
    return Revision(
        brief,
        back="first" if first else "parent",
        changes=("back to the first version" if first else "back to the version before",),
        remarks=() if alone else ("only the way back was taken; ask for the rest from there",),
    )


def _meet(draft: Draft, wish: Wish) -> None:
    """Let the draft follow one wish."""
    if isinstance(wish, TempoBy | TempoPlus):
        draft.tempo(wish)
    elif isinstance(wish, LengthBy | LengthPlus):
        draft.length(wish)
    elif isinstance(wish, MoodBy):
        draft.mood(wish)
    elif isinstance(wish, LevelBy):
        draft.level(wish)
    elif isinstance(wish, Move):
        draft.move(wish)
    elif isinstance(wish, Again):
        draft.again = True
    elif isinstance(wish, Keep):
        draft.kept.add(wish.what)
    elif isinstance(wish, NotYet) and wish.sentence not in draft.remarks:
        draft.remarks.append(wish.sentence)


def _settled(draft: Draft, unknown: tuple[str, ...]) -> Revision:
    changes, fresh = draft.changes(), draft.needs_notes()
    remarks = tuple(dict.fromkeys([*draft.remarks, *draft.lineup.remarks]))
    if not changes and "notes" in draft.kept:
        raise RequestError(
            "a melody cannot be kept in a new arrangement yet; tempo, key, one instrument in place "
            "of another and leaving one out keep all other notes"
        )
    if not changes:
        raise RequestError(
            "; ".join(remarks) or f"say what shall be different, for example {CAN_BE_ASKED}"
        )
    if fresh and "notes" in draft.kept:
        raise RequestError(
            "the notes cannot be kept where new ones are needed; tempo, key, swapping and leaving "
            "out an instrument keep them all"
        )
    return Revision(
        draft.brief(),
        edits=() if fresh else draft.edits(),
        fresh=fresh,
        changes=changes,
        unknown=unknown,
        remarks=remarks,
    )
