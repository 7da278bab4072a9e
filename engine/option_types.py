"""Option types that several commands share: each turns text into a value or says what is wrong."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Protocol

MAX_SEED = 2**32 - 1


class Commands(Protocol):
    """What a command needs of argparse to add itself."""

    def add_parser(self, name: str, *, help: str, description: str) -> argparse.ArgumentParser:
        """Return a new parser for the options of one command."""
        ...


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a type for a whole number from ``low`` to ``high``."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"must be a whole number from {low} to {high}, not {text!r}"
            )
        return value

    return convert


def positive(text: str) -> float:
    """Return a number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text!r}")
    return value


def tiers(text: str) -> tuple[str, ...]:
    """Return the licence tiers of a list such as ``A,A-``."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


_BYTE_UNITS = {
    "": 1, "b": 1, "k": 2**10, "kb": 10**3, "kib": 2**10, "m": 2**20, "mb": 10**6, "mib": 2**20,
    "g": 2**30, "gb": 10**9, "gib": 2**30,
}  # fmt: skip
_BYTE_COUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)
MIN_BYTES = 10_000
"""Less holds no second of sound."""


def byte_count(text: str) -> int:
    """Return a number of bytes, as in ``10MiB``, ``800 kB`` or ``1048576``."""
    found = _BYTE_COUNT.fullmatch(text)
    unit = _BYTE_UNITS.get(found[2].lower()) if found else None
    count = float(found[1]) * unit if found and unit else 0.0
    if not MIN_BYTES <= count < float("inf"):
        raise argparse.ArgumentTypeError(
            f"must be a size from {MIN_BYTES} bytes up, as in 10MiB or 800kB, not {text!r}"
        )
    return int(count)
