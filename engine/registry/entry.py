"""Models as their cards describe them: the base, and candidates tuned over it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.registry.digests import Digests

CARD = "card.json"
FORMAT = 1
WEIGHTS_OF = {"adapter": "adapter.safetensors", "ranker": "ranker.json"}
"""The kinds of candidates, and the file that each cannot do without."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One model that can be served, or could be if it were whole."""

    id: str
    folder: Path | None
    """Where its files lie; None for the base."""
    card: dict[str, Any]
    """What ``card.json`` says; empty where it cannot be read."""
    passed: bool | None
    """The gate's verdict; None for the base."""
    made_at: str | None
    """ISO 8601 with its zone; None for the base and where the card is damaged."""
    unfit: str | None = None
    """Why it cannot be served; None where it is whole and made over this base."""

    @property
    def kind(self) -> str:
        """Return ``base``, ``adapter``, ``ranker``, or ``unknown`` where the card is damaged."""
        return "base" if self.folder is None else str(self.card.get("kind", "unknown"))

    @property
    def reason(self) -> str:
        """Return the verdict's reason in a sentence; empty for the base."""
        if self.folder is None:
            return ""
        return str(self.card.get("verdict", {}).get("reason") or "it was never judged")


class _UnfitError(Exception):
    """Why a candidate cannot be served."""


def is_name(text: str) -> bool:
    """Return whether this can be a model's id or a file of one: a plain name, not a path."""
    return _NAME.fullmatch(text) is not None


def read_base(folder: Path) -> Entry:
    """Return the base in ``folder``; ModelError if its card is missing or damaged."""
    try:
        card = json.loads((folder / CARD).read_bytes())
        _hash_of(card)
        return Entry(str(card["name"]), None, card, None, None)
    except FileNotFoundError as error:
        raise ModelError(
            f"there is no model in {folder}; restore it with git checkout, or train one"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(
            f"the model card in {folder} is damaged; restore it with git checkout"
        ) from error


def base_hash(folder: Path) -> str:
    """Return what a candidate's card calls its base by: sha256 over the hex digests of its parts.

    The digests stand in the base's card; the parts are not read. ModelError as ``read_base``.
    """
    return _hash_of(read_base(folder).card)


def _hash_of(card: dict[str, Any]) -> str:
    return hashlib.sha256("".join(part["sha256"] for part in card["parts"]).encode()).hexdigest()


def read_candidate(folder: Path, base: Path, digests: Digests, name: str | None = None) -> Entry:
    """Return the candidate in ``folder``, its files compared with its card.

    ``name`` is the id that its card has to have; None takes the card's word. What is wrong with
    the candidate stands in ``unfit``; ModelError is raised if the base's own card is damaged.
    """
    under = read_base(base)
    card: dict[str, Any] = {}
    unfit = None
    try:
        card = _read_card(folder, name)
        _check_files(folder, card["files"], digests)
        if card["base"]["sha256"] != _hash_of(under.card):
            raise _UnfitError(f"it was made over another {_apart(card['base']['name'], under.id)}")
    except _UnfitError as error:
        unfit = str(error)
    return Entry(
        id=card["id"] if card else name or folder.name,
        folder=folder,
        card=card,
        passed=card.get("verdict", {}).get("passed") is True,
        made_at=card.get("made_at"),
        unfit=unfit,
    )


def _apart(name: str, served: str) -> str:
    return name if name == served else f"base, {name}, and this one is {served}"


def _read_card(folder: Path, name: str | None) -> dict[str, Any]:
    """Return a card of which everything that the registry reads has the form it should have."""
    try:
        card = json.loads((folder / CARD).read_bytes())
        if card["format"] != FORMAT:
            raise _UnfitError(f"its {CARD} has format {card['format']}, this code reads {FORMAT}")
        files, base, verdict = card["files"], card["base"], card.get("verdict", {})
        sound = (
            is_name(card["id"])
            and WEIGHTS_OF[card["kind"]] in files
            and all(is_name(file) and isinstance(sha256, str) for file, sha256 in files.items())
            and all(isinstance(base[field], str) for field in ("name", "sha256"))
            and isinstance(verdict, dict)
            and datetime.fromisoformat(card["made_at"]).tzinfo is not None
        )
    except FileNotFoundError as error:
        raise _UnfitError(f"its {CARD} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _UnfitError(f"its {CARD} is damaged") from error
    if not sound:
        raise _UnfitError(f"its {CARD} is damaged")
    if name is not None and card["id"] != name:
        raise _UnfitError(f"its {CARD} is that of {card['id']}")
    return dict(card)


def _check_files(folder: Path, files: dict[str, str], digests: Digests) -> None:
    for file, sha256 in files.items():
        try:
            if digests.of(folder / file) != sha256:
                raise _UnfitError(f"its {file} is damaged")
        except FileNotFoundError as error:
            raise _UnfitError(f"its {file} is missing") from error
        except OSError as error:
            raise _UnfitError(f"its {file} cannot be read ({error.strerror})") from error
