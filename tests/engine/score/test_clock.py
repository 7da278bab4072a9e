"""Many ticks at once have the seconds that each has alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.score.clock import seconds_of
from engine.score.model import Meter, Score, Tempo

CHANGES = st.dictionaries(st.integers(1, 500), st.floats(5, 900), max_size=8)


@given(CHANGES, st.lists(st.integers(0, 600), max_size=30))
def test_it_is_the_score_s_own_time(changes: dict[int, float], ticks: list[int]) -> None:
    tempos = (Tempo(0, 97.0), *(Tempo(*change) for change in sorted(changes.items())))
    score = Score(12, 4, (), tempos, (Meter(0, 4, 4),))
    assert np.allclose(seconds_of(score, ticks), [score.seconds_at(tick) for tick in ticks])
