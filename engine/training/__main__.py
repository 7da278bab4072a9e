"""``python -m engine.training``: a run on a machine with torch, numpy and safetensors alone."""

from __future__ import annotations

import argparse
import sys

from engine.errors import CadenzaError
from engine.training.run import add_options, run


def main() -> int:
    """Run the training that the options ask for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.training", description=__doc__)
    add_options(parser)
    try:
        run(parser.parse_args())
    except CadenzaError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
