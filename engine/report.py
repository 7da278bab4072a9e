"""What a finished piece turned out to be, by the functions that label the corpus."""

from __future__ import annotations

from typing import Any

from engine.score.harmony import NO_CHORD
from engine.score.measures import density_level, measure, polyphony_level
from engine.score.model import Score
from engine.score.theory import chord_name


def report(score: Score, played: Score, *, originality: dict[str, Any] | None) -> dict[str, Any]:
    """Return the figures of ``NAME.json``; ``score`` on the grid, ``played`` as it sounds.

    ``originality``: how much of it is copied; None where there is no index to tell.
    """
    measures = measure(score)
    key, fit = measures.key
    seconds = score.seconds_at(score.bars_end)
    return {
        "key": key.name,
        "key_fit": round(fit, 3),
        "bars": score.bars,
        "seconds": round(played.seconds, 2),
        "notes": len(score.notes),
        "notes_a_second": round(len(score.notes) / seconds, 2) if seconds else 0.0,
        "density": round(measures.mean_density, 2),
        "density_level": density_level(measures.mean_density),
        "polyphony": round(measures.mean_polyphony, 2),
        "polyphony_level": polyphony_level(measures.mean_polyphony),
        "programs": list(score.programs),
        "chords": [
            "N.C." if chord.quality == NO_CHORD else chord_name(chord.root, chord.quality)
            for chord in score.chords
        ],
        "originality": originality,
    }
