"""The folders of runs below the bot's data: ratings, what tuning saves, and how often it died."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bot.learning.export import FILE
from engine.ratings.records import Ratings, RatingsError, read_ratings

KEPT = 10
"""Ratings of so many ended runs are kept: to be judged again a model needs its own."""
_LOCK = "lock"
_RUN = "run-"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """What one run needs to go on."""

    path: Path

    @property
    def ratings(self) -> Path:
        """The ratings that it learns from."""
        return self.path / FILE

    @property
    def work(self) -> Path:
        """The tune process's own."""
        return self.path / "tune"

    def read(self) -> Ratings | None:
        """Return the ratings; None while they are not there, or where they were cut short."""
        try:
            return read_ratings(self.ratings)
        except RatingsError:
            return None

    def deaths(self) -> int:
        """Return how often the run died."""
        try:
            return int((self.path / "deaths").read_text())
        except (OSError, ValueError):
            return 0

    def count_death(self) -> None:
        """One death more is known of."""
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "deaths").write_text(str(self.deaths() + 1))

    def clear(self) -> None:
        """What the process saved is gone; the ratings stay."""
        shutil.rmtree(self.work, ignore_errors=True)

    def take_ratings(self, other: RunFolder) -> bool:
        """Return whether this run has the ratings of another one; it had none before."""
        if not other.ratings.exists():
            return False
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.ratings.with_name(f".{FILE}.part")
        shutil.copyfile(other.ratings, part)
        os.replace(part, self.ratings)
        return True

    def write_trials(self, wins: int, losses: int) -> Path:
        """Return a file that says how blind listeners chose."""
        self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / "trials.json"
        path.write_text(json.dumps({"wins": wins, "losses": losses}))
        return path


def folder_of(folder: Path, run_id: int) -> RunFolder:
    """Return the folder of a run."""
    return RunFolder(folder / f"{_RUN}{run_id}")


def prune(folder: Path, going: int | None, kept: int = KEPT) -> None:
    """Remove the folders of all runs but the one that goes on and the last few."""
    there = {
        int(path.name.removeprefix(_RUN)): path
        for path in folder.glob(f"{_RUN}*")
        if path.name.removeprefix(_RUN).isdecimal()
    }
    ended = sorted(number for number in there if number != going)
    for number in ended[: max(0, len(ended) - kept)]:
        shutil.rmtree(there[number], ignore_errors=True)


def discard(folder: Path) -> bool:
    """Return whether there was such a folder: it is gone, and was never seen half gone."""
    gone = folder.with_name(f".gone-{folder.name}")
    shutil.rmtree(gone, ignore_errors=True)
    try:
        os.replace(folder, gone)
    except FileNotFoundError:
        return False
    shutil.rmtree(gone)
    return True


def try_lock(folder: Path) -> int | None:
    """Return an open file that holds the lock of the folder; None while somebody else does.

    Whoever inherits the file holds the lock with us: a process that outlives a killed bot keeps
    the next bot from starting a second one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        with contextlib.suppress(OSError):
            os.close(lock)
        return None
    return lock
