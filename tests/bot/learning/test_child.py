from __future__ import annotations

import os
import subprocess
import sys

from bot.learning.child import AUTOGROUP, LOWEST

CHILD = ("-m", "bot.learning.child", "0", str(os.getpid()), "--", sys.executable)
TELL = f"""
import os, pathlib
group = pathlib.Path("{AUTOGROUP}")
words = group.read_text().split() if group.exists() else []
print(os.nice(0), words[-1] if words else None)
"""


def told(*how: str, own_session: bool) -> list[str]:
    """The priority that a command finds, within its session and, where Linux has it, of that."""
    ended = subprocess.run(
        [sys.executable, *how, "-c", TELL],
        capture_output=True,
        text=True,
        check=True,
        start_new_session=own_session,
    )
    return ended.stdout.split()


def test_learning_gives_way_to_everything_of_its_own_session_and_of_others() -> None:
    _, before = told(own_session=True)
    lowered = before if before == "None" else str(LOWEST)
    assert told(*CHILD, own_session=True) == [str(LOWEST), lowered]


def test_a_session_that_is_also_the_bots_is_left_as_it_was() -> None:
    _, before = told(own_session=False)
    assert told(*CHILD, own_session=False) == [str(LOWEST), before]
