"""One request before and after, to be heard."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from engine.audio.delivery import Delivery, deliver
from engine.audio.production import production_of
from engine.compose import finish
from engine.composer import Composer, silent
from engine.errors import MissingPartError
from engine.generate.order import order_of
from engine.ratings.records import RatedPiece
from engine.request.model import Brief

MOST_BARS = 8
"""Enough to hear the difference, and soon there."""


def before_and_after(
    pieces: Sequence[RatedPiece], before: Composer, after: Composer
) -> dict[str, bytes]:
    """Return ``before.mp3`` and ``after.mp3``: what most was said about, by both models.

    Nothing where the composers have no synthesizer.
    """
    if before.synth is None:
        return {}
    rated = max(pieces, key=lambda piece: (len(piece.ratings), piece.piece))
    brief = replace(rated.brief, bars=min(rated.brief.bars, MOST_BARS))
    try:
        return {
            "before.mp3": _sound(brief, before, "before"),
            "after.mp3": _sound(brief, after, "after"),
        }
    except MissingPartError:  # no sound here; the verdict stands all the same
        return {}


def _sound(brief: Brief, composer: Composer, when: str) -> bytes:
    assert composer.synth is not None
    (written,) = composer.writer([order_of(brief)])
    music = finish(written, brief)
    production = production_of(brief.genre, arousal=brief.arousal, seed=brief.seed)
    delivered = deliver(
        music.played,
        composer.synth,
        production,
        delivery=Delivery("mp3"),
        tags={"title": f"{brief.title} ({when})", "artist": "Cadenza"},
        on_progress=silent,
        clock=time.perf_counter,
    )
    return delivered.audio.data
