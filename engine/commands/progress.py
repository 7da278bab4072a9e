"""A progress bar on stderr, for commands that take more than a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Bar:
    """One bar that is moved to a share and may change its words."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=1.0)

    def show(self, words: str, share: float) -> None:
        """Set the words and the share done, 0 to 1."""
        self._progress.update(self._task, description=words, completed=share)


@contextmanager
def progress_bar() -> Iterator[Bar]:
    """Show a bar with elapsed and estimated time on stderr; it is wiped away at the end.

    Where stderr is no terminal nothing is drawn.
    """
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,  # results stay on stdout
        disable=not console.is_terminal,
    ) as progress:
        yield Bar(progress)
