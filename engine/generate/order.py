"""What a model is to write: an order says it twice, as controls to read and demands to obey."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.generate.constraints import Demand
from engine.generate.sampler import Sampling
from engine.request.model import Brief
from engine.score.model import DRUMS
from engine.score.mood import Mood, heard_as
from engine.score.theory import key_named
from engine.tokens.control import Controls


@dataclass(frozen=True, slots=True)
class Order:
    """One stream to write."""

    controls: Controls
    """What the model is told."""
    demand: Demand
    """What the stream obeys."""
    seed: int
    sampling: Sampling = field(default_factory=Sampling)

    @staticmethod
    def of(controls: Controls, seed: int, sampling: Sampling | None = None) -> Order:
        """Return the order whose demand is all that the controls say; see ``Demand.of``."""
        return Order(controls, Demand.of(controls), seed, sampling or Sampling())


def controls_of(brief: Brief) -> Controls:
    """Return the brief in the model's terms; drums alone have neither mood nor key."""
    pitched = brief.programs != (DRUMS,)
    mood = heard_as(Mood(brief.valence, brief.arousal)) if pitched else None
    return Controls(
        genre=brief.genre,
        valence=mood.valence if mood else None,
        arousal=mood.arousal if mood else None,
        tempo_bpm=brief.tempo_bpm,
        meter=(brief.numerator, brief.denominator),
        key=key_named(brief.key) if pitched else None,
        bars=brief.bars,
        density=brief.density,
        polyphony=brief.polyphony,
        programs=brief.programs,
    )
