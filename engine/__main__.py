"""``python -m engine COMMAND``: results on stdout, progress and reasons on stderr.

Exit status: 0, or a one-line reason and 2 for bad input, 1 for a failure, 130 for Ctrl-C.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from engine.errors import CadenzaError, CancelledError

COMMANDS = (
    "parse", "compose", "revise", "render", "sheet", "explain", "soundfonts", "tokens", "corpus",
    "train", "tune", "loss", "evaluate", "models",
)  # fmt: skip
"""Modules of ``engine.commands``. Only the one that is called is loaded: torch takes a second."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the options in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of these commands; each sets ``run``, which takes the parsed options."""
    parser = _Parser(prog="python -m engine", description="Cadenza's engine: composes music.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        importlib.import_module(f"engine.commands.{name}").add_to(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    before = signal.signal(signal.SIGTERM, _as_ctrl_c)
    try:
        named = arguments[:1] if set(arguments[:1]) <= set(COMMANDS) else []
        options = build_parser(named or COMMANDS).parse_args(arguments)
        options.run(options)
    except CadenzaError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("cancelled; nothing half-written was left behind", file=sys.stderr)
        return CancelledError.exit_code
    except BrokenPipeError:
        # The reader of our stdout has gone, as in `... | head`; that is not a failure of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _as_ctrl_c(_number: int, _frame: FrameType | None) -> NoReturn:
    """Let who stops a service clean up like who presses Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
