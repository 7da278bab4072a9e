"""What writes and what plays, kept alive by a worker between requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth
from engine.model.checkpoint import Card
from engine.write import CANDIDATES, Writer, open_writer

OnProgress = Callable[[str, float], None]
"""Called with the stage (generate, render, encode, stems) and its share done, 0 to 1; may raise
CancelledError."""


def silent(stage: str, share: float) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Composer:
    """The model with its card, and the synthesizer."""

    writer: Writer
    card: Card
    synth: Synth | None
    """None composes without sound."""

    @staticmethod
    def open(
        environ: Mapping[str, str],
        *,
        model: Path | None = None,
        soundfont: str | None = None,
        sound: bool = True,
        candidates: int = CANDIDATES,
        device: str = "cpu",
    ) -> Composer:
        """Load model, index and, for sound, the soundfont; raises MissingPartError.

        ``candidates``: so many are written for each piece, the best is taken.
        """
        synth = Synth(find_soundfont(environ, soundfont)) if sound else None
        writer, card = open_writer(environ, model=model, candidates=candidates, device=device)
        return Composer(writer, card, synth)
