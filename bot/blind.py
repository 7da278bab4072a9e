"""Blind comparisons: a share of the wishes is answered by two models, and nobody reads by which."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.storage.learning_records import NewTrial
from bot.storage.records import NewPiece, Piece
from engine.registry.registry import Registry
from engine.registry.state import Trial

SIDES = ("A", "B")
"""What the two pieces are called, in the order in which they stand."""
SIDE = "side"
"""The detail of a piece that has it; such a piece never shows which model wrote it."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")


async def two_models(
    registry: Registry, server_id: int | None, chance: random.Random
) -> list[str] | None:
    """Return which models answer a wish, in random order; None where the served one does alone.

    Never raises: whatever is wrong with the registry, the wish is answered.
    """
    server = None if server_id is None else str(server_id)
    try:
        trial, served = await asyncio.to_thread(_trial, registry, server)
    except Exception:  # noqa: BLE001 - a comparison is a luxury
        _log.exception("registry not read")
        return None
    if trial is None or trial.model == served or chance.random() >= trial.share:
        return None
    models = [served, trial.model]
    chance.shuffle(models)
    return models


def _trial(registry: Registry, server: str | None) -> tuple[Trial | None, str]:
    # Files are hashed the first time that they are looked at.
    return registry.trial, registry.served(server).id


def sided(pieces: Sequence[NewPiece]) -> list[NewPiece]:
    """Return the two pieces of a comparison as what they will be called."""
    return [
        replace(piece, details={**piece.details, SIDE: side})
        for piece, side in zip(pieces, SIDES, strict=True)
    ]


def trial_of(job_id: int, pieces: Sequence[Piece]) -> NewTrial | None:
    """Return the comparison between the pieces of a job; None where there is nothing to compare."""
    if [piece.details.get(SIDE) for piece in pieces] != list(SIDES):
        return None
    one, other = pieces
    return NewTrial(job_id, one.id, other.id, one.details["model"], other.details["model"])
