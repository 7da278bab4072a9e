from __future__ import annotations

import os
import subprocess
import sys

from bot.learning.child import AUTOGROUP, LOWEST

TELL = f"""
import os, pathlib
group = pathlib.Path("{AUTOGROUP}")
print(os.nice(0), group.read_text().split()[-1] if group.exists() else {LOWEST})
"""


def told(*, own_session: bool) -> list[int]:
    """The priority that a command finds, within its session and of its session."""
    child = [sys.executable, "-m", "bot.learning.child", "0", str(os.getpid()), "--"]
    ended = subprocess.run(
        [*child, sys.executable, "-c", TELL],
        capture_output=True,
        text=True,
        check=True,
        start_new_session=own_session,
    )
    return [int(number) for number in ended.stdout.split()]


def test_learning_gives_way_to_everything_of_its_own_session_and_of_others() -> None:
    assert told(own_session=True) == [LOWEST, LOWEST]


def test_a_session_that_is_also_the_bots_is_left_as_it_was() -> None:
    ours = int(AUTOGROUP.read_text().split()[-1]) if AUTOGROUP.exists() else LOWEST
    assert told(own_session=False) == [LOWEST, ours]
