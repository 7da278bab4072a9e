"""A performance keeps the music's time within bounds and never lets one key hold two sounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.performance import REFERENCE_BPM, TOUCHES, perform
from engine.audio.production import PRODUCTIONS, STUDIO
from engine.score.model import Meter, Note, Score, Tempo

EXACT = replace(STUDIO, humanised=False)

NOTES = st.lists(
    st.builds(
        Note, st.integers(0, 200), st.just(0), st.integers(58, 62), st.integers(1, 60),
        st.integers(1, 127),
    ),
    min_size=1,
    max_size=60,
)  # fmt: skip
TEMPOS = st.dictionaries(st.integers(1, 250), st.floats(20, 300), max_size=4)


def score_of(notes: list[Note], changes: dict[int, float]) -> Score:
    tempos = (Tempo(0, 120.0), *(Tempo(*change) for change in sorted(changes.items())))
    return Score(12, 6, tuple(sorted(notes)), tempos, (Meter(0, 4, 4),))


def scale_of(count: int) -> Score:
    return score_of([Note(6 * i, 0, 60 + i % 12, 6, 90) for i in range(count)], {})


@given(NOTES, TEMPOS)
def test_every_note_is_struck_at_its_time(notes: list[Note], changes: dict[int, float]) -> None:
    score = score_of(notes, changes)
    struck = perform(score, 0, "melody", EXACT).strikes
    for note in notes:
        on_s = score.seconds_at(note.start)
        assert any(s.pitch == note.pitch and abs(s.on_s - on_s) < 0.006 for s in struck)


@given(NOTES, TEMPOS, st.sampled_from(sorted(TOUCHES)), st.integers(0, 5))
def test_a_key_is_up_before_it_goes_down_again(
    notes: list[Note], changes: dict[int, float], role: str, seed: int
) -> None:
    production = replace(STUDIO, seed=seed)
    strikes = perform(score_of(notes, changes), 0, role, production).strikes
    assert list(strikes) == sorted(strikes)
    assert all(0 <= strike.on_s < strike.off_s for strike in strikes)
    for before, after in pairwise(sorted(strikes, key=lambda s: (s.pitch, s.on_s))):
        if before.pitch == after.pitch:
            assert before.off_s <= after.on_s


@given(st.sampled_from(sorted(TOUCHES)), st.integers(0, 2**32 - 1))
def test_players_stray_but_never_beyond_their_bound(role: str, seed: int) -> None:
    score = scale_of(40)
    strikes = perform(score, 0, role, replace(STUDIO, seed=seed)).strikes
    strays_ms = [1000 * (s.on_s - 0.25 * i) for i, s in enumerate(strikes)]
    assert len(strikes) == 40
    assert max(map(abs, strays_ms)) <= TOUCHES[role].bound_ms + 1e-6
    assert np.std(strays_ms) > 0.5


def test_many_notes_stray_as_was_measured() -> None:
    """Half a beat apart; the drift alone remembers."""
    strikes = perform(scale_of(4000), 0, "bass", STUDIO).strikes
    strays_ms = np.array([1000 * (s.on_s - 0.25 * i) for i, s in enumerate(strikes)])
    touch = TOUCHES["bass"]
    spread_ms = np.hypot(touch.drift_ms, touch.jitter_ms) * REFERENCE_BPM / 120
    assert abs(strays_ms.mean()) < 1.0
    assert 0.9 * spread_ms < strays_ms.std() < 1.05 * spread_ms
    remembered = touch.drift_ms**2 / (touch.drift_ms**2 + touch.jitter_ms**2)
    correlation = np.corrcoef(strays_ms[:-1], strays_ms[1:])[0, 1]
    assert abs(correlation - remembered * touch.memory**0.5) < 0.06


def test_jazz_leans_back_with_the_tune_and_less_with_the_chords() -> None:
    def mean_ms(role: str) -> float:
        strikes = perform(scale_of(2000), 0, role, PRODUCTIONS["jazz"]).strikes
        return float(np.mean([1000 * (s.on_s - 0.25 * i) for i, s in enumerate(strikes)]))

    assert abs(mean_ms("melody") - 10) < 1.5
    assert abs(mean_ms("chords") - 4) < 1.5
    assert abs(mean_ms("bass")) < 1.5


def test_one_seed_is_one_performance_and_instruments_stray_apart() -> None:
    score = score_of([Note(6 * i, p, 60, 3, 90) for i in range(40) for p in (0, 24)], {})
    piano, again, guitar = (perform(score, p, "chords", STUDIO).strikes for p in (0, 0, 24))
    assert piano == again
    assert [s.on_s for s in piano] != [s.on_s for s in guitar]
    assert piano != perform(score, 0, "chords", replace(STUDIO, seed=1)).strikes
