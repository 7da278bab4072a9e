"""``python -m bot.learning.child MEMORY_MIB PARENT -- COMMAND...``: becomes COMMAND, held short.

It runs at the lowest priority, may allocate so much memory (0: any amount), and ends with the
process PARENT, whatever ends that.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

LOWEST = 19
AUTOGROUP = Path("/proc/self/autogroup")
"""Man page sched(7): a nice value counts within a session alone, this one between sessions."""
_PR_SET_PDEATHSIG = 1
_MIB = 2**20


def launch(memory_mib: int, parent: int, command: Sequence[str]) -> None:
    """Become the command; does not return."""
    os.nice(LOWEST)
    _lower_the_session()
    if memory_mib:
        # What is allocated, not what is mapped: torch maps far more than it ever touches.
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mib * _MIB, memory_mib * _MIB))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before this was arranged
            sys.exit(1)
    os.execvp(command[0], list(command))


def _lower_the_session() -> None:
    """Give way to other sessions as well, where Linux shares a core between sessions first."""
    if os.getsid(0) == os.getpid():  # else it is the bot's session, too
        with contextlib.suppress(OSError):  # not there, or a container does not allow it
            AUTOGROUP.write_text(str(LOWEST))


if __name__ == "__main__":
    launch(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4:])
