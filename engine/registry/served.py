"""Which model composes: the shipped one, unless a folder is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[1] / "weights"
"""The model that came with the code."""

VARIABLE = "CADENZA_MODEL"


def served_model(environ: Mapping[str, str], choice: Path | None = None) -> Path:
    """Return the folder of the model to load: ``choice``, else CADENZA_MODEL, else SHIPPED."""
    if choice is not None:
        return choice
    named = environ.get(VARIABLE)
    return Path(named).expanduser() if named else SHIPPED
