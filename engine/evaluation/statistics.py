"""Pitch-class entropy, scale consistency, groove consistency: by muspy, as others publish them.

Dong, Chen, McAuley and Berg-Kirkpatrick, Multitrack Music Transformer, ICASSP 2023, compare
models with these three; the nearer to the human pieces, the better.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

from engine.score.model import DRUMS, Note, Score
from engine.score.units import bar_ticks

if TYPE_CHECKING:
    from muspy import Music


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of one piece; nan where muspy does not define it, as the first two for drums alone."""

    pitch_class_entropy: float
    """Bits, 0 to 3.58."""
    scale_consistency: float
    """Per cent of the notes in the major or minor scale that holds most of them."""
    groove_consistency: float
    """Per cent of a bar's ticks that agree with the next bar on whether anything begins."""


def statistics(score: Score) -> Statistics:
    """Return the figures of a score; groove is nan if its meter changes, as muspy needs one."""
    # Seconds to import; only those who evaluate pay.
    from muspy import groove_consistency, pitch_class_entropy, scale_consistency

    if not score.notes:
        return Statistics(nan, nan, nan)
    music = to_muspy(score)
    groove = nan
    if len(score.meters) == 1:
        meter = score.meters[0]
        bar = bar_ticks(meter.numerator, meter.denominator, score.resolution)
        groove = groove_consistency(music, bar)
    return Statistics(
        pitch_class_entropy=float(pitch_class_entropy(music)),
        scale_consistency=100 * float(scale_consistency(music)),
        groove_consistency=100 * float(groove),
    )


def to_muspy(score: Score) -> Music:
    """Return the notes as muspy's Music in the score's own resolution, one track a program.

    Notes end a tick before the last bar line at the latest: muspy counts the bars by the end of
    the last note, and one that reaches the line would count as a bar more, without onsets.
    """
    from muspy import Music, Track
    from muspy import Note as MuspyNote

    last = score.bars_end - 1
    parts: dict[int, list[Note]] = {program: [] for program in score.programs}
    for note in score.notes:
        if note.start < last:
            parts[note.program].append(note)
    tracks = [
        Track(
            program=0 if program == DRUMS else program,
            is_drum=program == DRUMS,
            notes=[
                MuspyNote(start, pitch, min(duration, last - start), velocity)
                for start, _, pitch, duration, velocity in notes
            ],
        )
        for program, notes in parts.items()
    ]
    return Music(resolution=score.resolution, tracks=tracks)
