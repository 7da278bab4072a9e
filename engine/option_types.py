"""Option types that several commands share: each turns text into a value or says what is wrong."""

from __future__ import annotations

import argparse
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
