"""``python -m bot.learning.child MEMORY_MIB PARENT -- COMMAND...``: becomes COMMAND, held short.

It runs at the lowest priority, may allocate so much memory (0: any amount), and ends with the
process PARENT, whatever ends that.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence

LOWEST = 19
_PR_SET_PDEATHSIG = 1
_MIB = 2**20


def launch(memory_mib: int, parent: int, command: Sequence[str]) -> None:
    """Become the command; does not return."""
    os.nice(LOWEST)
    if memory_mib:
        # What is allocated, not what is mapped: torch maps far more than it ever touches.
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mib * _MIB, memory_mib * _MIB))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before this was arranged
            sys.exit(1)
    os.execvp(command[0], list(command))


if __name__ == "__main__":
    launch(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4:])
