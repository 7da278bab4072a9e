"""Note values: what they add up to, and that they show the beats."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.score.theory import METERS
from engine.sheet.meter import VALUES, counting, note_spans, rest_spans


@pytest.mark.parametrize("meter", [*METERS, (3, 8), (6, 4), (2, 2), (5, 8), (9, 16)], ids=str)
def test_every_span_is_filled_by_note_values(meter: tuple[int, int]) -> None:
    counted = counting(*meter)
    for start in range(0, counted.length, 3):
        for end in range(start + 3, counted.length + 1, 3):
            for spans in (note_spans(start, end, counted), rest_spans(start, end, counted)):
                assert spans[0][0] == start
                assert spans[-1][1] == end
                assert all(a[1] == b[0] for a, b in pairwise(spans))
                assert all(b - a in VALUES for a, b in spans)


@pytest.mark.parametrize(
    ("meter", "start", "end", "values"),
    [
        ((4, 4), 0, 36, [36]),  # dotted half
        ((4, 4), 12, 36, [24]),  # quarter, half, quarter
        ((4, 4), 6, 18, [12]),  # eighth, quarter, eighth
        ((4, 4), 18, 30, [6, 6]),  # the middle of the bar is shown
        ((4, 4), 12, 30, [12, 6]),
        ((4, 4), 9, 15, [3, 3]),  # sixteenths show the beat
        ((3, 4), 0, 36, [36]),
        ((6, 8), 0, 36, [36]),
        ((6, 8), 12, 24, [6, 6]),  # two beats of three, not three of two
        ((6, 8), 0, 24, [18, 6]),
        ((12, 8), 18, 54, [18, 18]),
        ((5, 4), 0, 60, [36, 24]),
        ((7, 8), 0, 42, [24, 18]),
    ],
)
def test_a_note_is_tied_where_it_would_hide_a_beat(
    meter: tuple[int, int], start: int, end: int, values: list[int]
) -> None:
    spans = note_spans(start, end, counting(*meter))
    assert [b - a for a, b in spans] == values


def test_rests_never_cross_a_beat_that_counts() -> None:
    assert [b - a for a, b in rest_spans(12, 48, counting(4, 4))] == [12, 24]
    assert [b - a for a, b in rest_spans(12, 36, counting(3, 4))] == [12, 12]
    assert [b - a for a, b in rest_spans(6, 36, counting(6, 8))] == [6, 6, 18]
