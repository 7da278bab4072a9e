"""Says that the bot is still to be built; the engine composes without it."""

from __future__ import annotations

import sys


def main() -> int:
    """Print one honest sentence; return 1, because nothing was started."""
    print(
        "The Discord bot is the next room and not built yet; "
        'until then compose with: make compose PROMPT="jazz calm 90bpm"',
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
