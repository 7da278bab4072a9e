"""The models that there are: the base, and a folder of candidates beside each other."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from engine.registry import durable
from engine.registry.digests import Digests
from engine.registry.entry import Entry, is_name, read_base, read_candidate
from engine.registry.errors import RegistryError

SHOWN = 10
"""So many candidates are named to who asks for one that is not there."""


class Shelf:
    """The candidates of a folder, and the base they were made over."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.base = folder, base
        self._digests = Digests()

    def base_entry(self) -> Entry:
        """Return the base; ModelError if its card is damaged."""
        return read_base(self.base)

    def entries(self) -> list[Entry]:
        """Return the base, then candidates by when they were made; unknown ages last."""
        return [self.base_entry(), *sorted(map(self._candidate, self._ids()), key=_age)]

    def entry(self, model_id: str) -> Entry:
        """Return one model, fit to be served or not; RegistryError where there is none."""
        base = self.base_entry()
        if model_id == base.id:
            return base
        ids = self._ids()
        if model_id in ids:
            return self._candidate(model_id)
        known = ", ".join([base.id, *ids[-SHOWN:]])
        raise RegistryError(f"there is no model {model_id!r}; there are: {known}")

    def ready(self, model_id: str) -> Entry:
        """Return a model that can be served; RegistryError with the reason where it cannot."""
        entry = self.entry(model_id)
        if entry.unfit is not None:
            raise RegistryError(
                f"{model_id} cannot be served: {entry.unfit}; tune again, or restore "
                f"{entry.folder} from a copy"
            )
        return entry

    def add(self, folder: Path) -> Entry:
        """Move a finished candidate to its place in one step; see ``Registry.add``."""
        made = read_candidate(folder, self.base, self._digests)
        if made.unfit is not None:
            raise RegistryError(f"{folder} is no candidate: {made.unfit}; tune again")
        try:
            if self._is_there(made):
                shutil.rmtree(folder)
            else:
                durable.sync_tree(folder)
                durable.move(folder, self.folder / made.id)
        except OSError as error:
            raise RegistryError(
                f"{made.id} cannot be moved to {self.folder} ({error.strerror}); make room or "
                "mend its permissions"
            ) from error
        return self.ready(made.id)

    def _is_there(self, made: Entry) -> bool:
        """Return whether this very candidate is in its place, whole; a damaged one is cleared."""
        if made.id not in (self.base_entry().id, *self._ids()):
            return False
        there = self.entry(made.id)
        files = made.card["files"]
        # A torn card says nothing of its files, and nobody can be served by it.
        if there.folder is None or there.card.get("files", files) != files:
            raise RegistryError(f"there is another model {made.id}; choose another id")
        if there.unfit is not None:
            shutil.rmtree(there.folder)
        return there.unfit is None

    def _candidate(self, model_id: str) -> Entry:
        return read_candidate(self.folder / model_id, self.base, self._digests, model_id)

    def _ids(self) -> list[str]:
        """The names of candidates' folders; those in the making begin with a dot."""
        try:
            return sorted(p.name for p in self.folder.iterdir() if is_name(p.name) and p.is_dir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise RegistryError(
                f"{self.folder} cannot be read ({error.strerror}); mend its permissions"
            ) from error


def _age(entry: Entry) -> tuple[bool, float, str]:
    at = entry.made_at
    return at is None, datetime.fromisoformat(at).timestamp() if at else 0.0, entry.id
