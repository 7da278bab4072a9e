"""Whether a piece is what it had to be: legal tokens, the tempo, meter, bars and instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.score.model import Score
from engine.tokens import vocab
from engine.tokens.control import Controls
from engine.tokens.decode import decode
from engine.tokens.grammar import first_illegal
from engine.tokens.spec import Family


@dataclass(frozen=True, slots=True)
class Exactness:
    """Of one piece: whether it decodes, and which of the exact controls it has."""

    decodes: bool
    tempo: bool
    meter: bool
    bars: bool
    instruments: bool

    @property
    def as_asked(self) -> bool:
        """Whether tempo, meter, bars and instruments all are as asked."""
        return self.tempo and self.meter and self.bars and self.instruments


def exactness(tokens: Sequence[int], score: Score, asked: Controls) -> Exactness:
    """Return what holds of a stream of bars and of the score that was made of it.

    A control that was left open counts as met. Tempo: one throughout, on the step of 2.9 % that
    tokens can say; the file is given the very tempo that was asked (``compose``).
    """
    bpm = asked.tempo_bpm
    return Exactness(
        decodes=decodes(tokens),
        tempo=bpm is None
        or [vocab.tempo_step(tempo.bpm) for tempo in score.tempos] == [vocab.tempo_step(bpm)],
        meter=asked.meter is None
        or [(m.numerator, m.denominator) for m in score.meters] == [asked.meter],
        bars=asked.bars is None or score.bars == asked.bars,
        instruments=asked.programs is None or score.programs == tuple(sorted(asked.programs)),
    )


def decodes(tokens: Sequence[int]) -> bool:
    """Return whether a stream of bars is legal to its End and each of its notes is a valid one.

    Valid: it becomes a note of the score, and begins within the bars.
    """
    if not tokens or tokens[-1] != vocab.END or first_illegal(tokens) is not None:
        return False
    score = decode(tokens)
    struck = sum(vocab.FAMILY[token] in (Family.PITCH, Family.DRUM) for token in tokens)
    return len(score.notes) == struck and all(n.start < score.bars_end for n in score.notes)
