"""``python -m engine COMMAND``: results on stdout, progress and reasons on stderr.

Exit status: 0, or a one-line reason and 2 for bad input, 1 for a failure, 130 for Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from engine.commands import (
    compose,
    corpus,
    evaluate,
    explain,
    loss,
    parse,
    render,
    sheet,
    soundfonts,
    tokens,
    train,
)
from engine.errors import CadenzaError, CancelledError

COMMANDS = (
    parse,
    compose,
    render,
    sheet,
    explain,
    soundfonts,
    tokens,
    corpus,
    train,
    loss,
    evaluate,
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the options in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each sets ``run``, which takes the parsed options."""
    parser = _Parser(prog="python -m engine", description="Cadenza's engine: composes music.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = build_parser().parse_args(argv)
    try:
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
