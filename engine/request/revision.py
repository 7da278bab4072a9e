"""What the next version of a piece is: a changed brief, and how to get there from the notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from engine.errors import RequestError
from engine.request.lexicon.instruments import DRUMS, INSTRUMENT_OF
from engine.request.model import Brief, check_tempo

MAX_SEMITONES = 24
"""A piece is moved by two octaves at most: beyond, hardly an instrument follows."""


@dataclass(frozen=True, slots=True)
class SetTempo:
    """The piece begins at this tempo, in quarter notes a minute; later changes follow."""

    bpm: float

    def __post_init__(self) -> None:
        check_tempo(_number("bpm", self.bpm))


@dataclass(frozen=True, slots=True)
class Transpose:
    """Every pitched note moves by so many semitones, -24 to 24; drums stay."""

    semitones: int

    def __post_init__(self) -> None:
        if abs(_whole("semitones", self.semitones)) > MAX_SEMITONES:
            raise RequestError(
                f"a piece can be moved by two octaves at most, {MAX_SEMITONES} semitones; "
                f"you asked for {abs(self.semitones)}"
            )


@dataclass(frozen=True, slots=True)
class Swap:
    """What one program played another plays; neither is the drum kit."""

    old: int
    new: int

    def __post_init__(self) -> None:
        for program in (self.old, self.new):
            if _whole("program", program) not in INSTRUMENT_OF or program == DRUMS:
                raise RequestError(f"a program to swap must be 0-127, got {program!r:.40}")


@dataclass(frozen=True, slots=True)
class Mute:
    """The notes of one program are left out."""

    program: int

    def __post_init__(self) -> None:
        if _whole("program", self.program) not in INSTRUMENT_OF:
            raise RequestError(f"a program to mute must be 0-128, got {self.program!r:.40}")


Edit = SetTempo | Transpose | Swap | Mute
"""What changes a piece and keeps every note that it does not concern."""

Back = Literal["parent", "first"]

_EDITS: dict[str, type[Edit]] = {
    "tempo": SetTempo,
    "transpose": Transpose,
    "swap": Swap,
    "mute": Mute,
}


@dataclass(frozen=True, slots=True)
class Revision:
    """A wish that was understood, as the way from one version to the next.

    Holds nothing that was typed but ``unknown``, which stays out of the JSON.
    """

    brief: Brief
    """Of the new version. Its seed is the parent's unless the wish named one."""
    edits: tuple[Edit, ...] = ()
    """In the order to be made; empty where new notes are needed."""
    back: Back | None = None
    """Which version is wanted again: the one before, or the first; then nothing else changes."""
    fresh: bool = False
    """Whether new notes are needed; if not, the edits keep all that they do not concern."""
    changes: tuple[str, ...] = ()
    """What will be different: "72 BPM instead of 90", "strings added"."""
    unknown: tuple[str, ...] = ()
    """The words not understood, as typed, in order."""
    remarks: tuple[str, ...] = ()
    """Plain sentences for the listener about what was approximated or passed over."""

    def __post_init__(self) -> None:
        if self.edits and (self.fresh or self.back):
            raise RequestError("a revision either edits the notes, writes new ones or goes back")

    def to_json(self) -> dict[str, Any]:
        """Return the revision as JSON values, the words not understood left out."""
        names = {kind: name for name, kind in _EDITS.items()}
        return {
            "brief": self.brief.to_json(),
            "edits": [{"edit": names[type(edit)], **asdict(edit)} for edit in self.edits],
            "back": self.back,
            "fresh": self.fresh,
            "changes": list(self.changes),
            "remarks": list(self.remarks),
        }

    @classmethod
    def from_json(cls, data: object) -> Revision:
        """Return what ``to_json`` wrote; RequestError names the first thing wrong."""
        if not isinstance(data, Mapping):
            raise RequestError("a revision must be a JSON object")
        for name in ("brief", "edits", "back", "fresh", "changes", "remarks"):
            if name not in data:
                raise RequestError(f"the revision lacks {name!r}")
        back, fresh = data["back"], data["fresh"]
        if back not in (None, *get_args(Back)) or not isinstance(fresh, bool):
            raise RequestError(
                "back of a revision must be parent, first or null, fresh true or false"
            )
        return cls(
            brief=Brief.from_json(data["brief"]),
            edits=tuple(_edit(item) for item in _list("edits", data["edits"])),
            back=back,
            fresh=fresh,
            changes=_sentences("changes", data["changes"]),
            remarks=_sentences("remarks", data["remarks"]),
        )


def _edit(data: object) -> Edit:
    if not isinstance(data, Mapping) or data.get("edit") not in [*_EDITS]:
        raise RequestError(f"an edit must be one of {', '.join(_EDITS)}, got {data!r:.40}")
    values = {name: value for name, value in data.items() if name != "edit"}
    try:
        return _EDITS[data["edit"]](**values)
    except TypeError as error:
        raise RequestError(f"the edit {data['edit']} has other fields: {error}") from error


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise RequestError(f"{name} of a revision must be a list, got {value!r:.40}")
    return value


def _sentences(name: str, value: object) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in _list(name, value)):
        raise RequestError(f"{name} of a revision must be sentences")
    return tuple(str(item) for item in _list(name, value))


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise RequestError(f"{name} of an edit must be a number, got {value!r:.40}")
    return value


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError(f"{name} of an edit must be a whole number, got {value!r:.40}")
    return value
