"""``python -m bot.learning.promote``: tries to load a model, then serves or tries it.

In a process of its own, since the bot loads no network. Says in a sentence on stderr why not.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from engine.commands.models import network_loads
from engine.errors import CadenzaError
from engine.registry.registry import Registry


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when the model is served or tried, else the error's exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.learning.promote", description=__doc__)
    parser.add_argument("id")
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--by", required=True)
    parser.add_argument("--server")
    parser.add_argument("--forced", action="store_true")
    parser.add_argument("--share", type=float, help="try it on so many requests, 0 to 1")
    options = parser.parse_args(arguments)
    registry = Registry.open(os.environ, folder=options.models)
    loads, at = network_loads(registry.base), datetime.now(UTC)
    try:
        if options.share is not None:
            registry.set_trial(options.id, options.share, by=options.by, at=at, loads=loads)
        else:
            registry.promote(
                options.id,
                server=options.server,
                by=options.by,
                at=at,
                forced=options.forced,
                loads=loads,
            )
    except CadenzaError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
