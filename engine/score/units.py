"""Units of musical time and the one place that converts between them."""

from __future__ import annotations

GRID = 12
"""Ticks to the quarter on the grid of the tokens: sixteenths (3) and triplets (4, 2) are exact."""

FINE = 480
"""Ticks to the quarter in files that we write: 40 fine ticks to one of the grid."""

MIN_BPM, MAX_BPM = 20, 300
"""Tempi that can be asked for and that the tokens can say, in quarter notes a minute."""


def bar_ticks(numerator: int, denominator: int, resolution: int) -> int:
    """Return the length of a bar in ticks, at least 1; ``resolution`` is ticks to the quarter."""
    return max(1, numerator * 4 * resolution // denominator)


def bar_seconds(numerator: int, denominator: int, bpm: float) -> float:
    """Return the length of a bar in seconds; ``bpm`` counts quarter notes whatever the meter."""
    return numerator * 4 / denominator * 60.0 / bpm
