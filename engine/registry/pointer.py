"""``registry.json`` on disk: one file that is whole at any moment, and a second one like it.

Reading takes no lock. Writing makes both files new beside their places, on the disk, and then
moves them there one after the other; whoever dies in between leaves at least one of them whole,
and the first move is the moment at which the change has happened.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from engine.registry import durable
from engine.registry.errors import RegistryError
from engine.registry.state import State

NAME = "registry.json"
KEPT = "registry.kept.json"
"""The same once more, for the day on which the first cannot be read."""
LOCK = ".registry.lock"


class Pointer:
    """The state of a registry, in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> State:
        """Return the state; that of the kept copy where the file is damaged, else an empty one."""
        for name in (NAME, KEPT):
            state = self._read(name)
            if state is not None:
                return state
        return State()

    def damage(self) -> str | None:
        """Return in a sentence what is wrong with the file; None if nothing is."""
        if self._read(NAME) is not None:
            return None
        if self._read(KEPT) is not None:
            return (
                f"{self.folder / NAME} is damaged and {KEPT} answers in its place; "
                "the next promotion or rollback writes it anew"
            )
        if (self.folder / NAME).exists() or (self.folder / KEPT).exists():
            return (
                f"{self.folder / NAME} and {KEPT} are damaged, so the base is served; "
                "restore one of them from a copy, or promote again"
            )
        return None

    def change(self, next_of: Callable[[State], State]) -> State:
        """Have the next state on the disk and return it; nothing is touched where none differs.

        ``next_of`` has the last word while no other process changes anything; it may be called
        before that, too, and what it raises leaves all as it was. Raises RegistryError if the
        folder cannot be written to.
        """
        before = self.read()
        if next_of(before) == before and self.damage() is None:
            return before
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with durable.locked(self.folder / LOCK):
                before = self.read()
                after = next_of(before)
                if after != before or self.damage() is not None:
                    self._write(after)
        except OSError as error:
            raise RegistryError(
                f"{self.folder} cannot be written to ({error.strerror}); make room or mend its "
                "permissions, or name another folder of models"
            ) from error
        return after

    def _read(self, name: str) -> State | None:
        try:
            return State.from_json(json.loads((self.folder / name).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def _write(self, state: State) -> None:
        data = (json.dumps(state.to_json(), indent=1) + "\n").encode()
        parts = {name: self.folder / f".{name}.part" for name in (NAME, KEPT)}
        # Both are written before the first is moved: a full disk then changes nothing.
        for part in parts.values():
            durable.write(part, data)
        for name, part in parts.items():
            durable.move(part, self.folder / name)
