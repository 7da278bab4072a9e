"""What writes and what plays, kept alive by a worker between requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth
from engine.model.checkpoint import Card
from engine.registry.registry import Registry
from engine.registry.served import VARIABLE, served_model
from engine.wardrobe import Outfit, Wardrobe
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
    wardrobe: Wardrobe | None = None
    """What else may be served over the same base; None serves the one model."""
    unnamed: bool = False
    """Whether the files that people get keep back which model wrote them."""

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
        """Load base, index and, for sound, the soundfont; raises MissingPartError.

        It composes as the base; ``serving`` gives what the registry serves. ``model``: another
        folder with a base. ``candidates``: so many are written for each piece, the best is taken.
        """
        synth = Synth(find_soundfont(environ, soundfont)) if sound else None
        base = served_model(environ, model)
        writer, card = open_writer(environ, model=base, candidates=candidates, device=device)
        registry = Registry.open({**environ, VARIABLE: str(base)})
        return Composer(writer, card, synth, Wardrobe(registry, writer.model, card.name))

    def serving(self, server: str | None = None, model: str | None = None) -> Composer:
        """Return what composes as a server is served, or as the named model.

        Never raises: what cannot be loaded is replaced by what was served before it, at last by
        the base. The card has the id of the model that writes. All share one base in memory, so
        one writes at a time; who has begun goes on as the model it began with.
        """
        if self.wardrobe is None:
            return self
        return self._in(self.wardrobe.served(server, model))

    def named(self, model: str) -> Composer:
        """Return what composes as this model; RegistryError or ModelError where it cannot."""
        if self.wardrobe is None:
            return self
        return self._in(self.wardrobe.named(model))

    def _in(self, outfit: Outfit) -> Composer:
        writer = replace(self.writer, adapter=outfit.adapter, ranker=outfit.ranker)
        return replace(self, writer=writer, card=replace(self.card, name=outfit.model))
