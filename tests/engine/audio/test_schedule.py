"""The schedule keeps the music's time and never lets one key hold two sounds."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.audio.schedule import schedule
from engine.score.model import DRUMS, Meter, Note, Score, Tempo

BLOCKS_PER_S = 689.0625

NOTES = st.lists(
    st.builds(
        Note,
        st.integers(0, 200),
        st.sampled_from([0, 40, DRUMS]),
        st.integers(58, 62),
        st.integers(1, 60),
        st.integers(1, 127),
    ),
    min_size=1,
    max_size=60,
)
TEMPOS = st.dictionaries(st.integers(1, 250), st.floats(20, 300), max_size=4)


def score_of(notes: list[Note], changes: dict[int, float]) -> Score:
    tempos = (Tempo(0, 120.0), *(Tempo(*change) for change in sorted(changes.items())))
    return Score(12, 6, tuple(sorted(notes)), tempos, (Meter(0, 4, 4),))


@given(NOTES, TEMPOS)
def test_every_start_is_struck_at_its_time(notes: list[Note], changes: dict[int, float]) -> None:
    score = score_of(notes, changes)
    struck = {(s.program, s.pitch, s.on_block) for s in schedule(score, BLOCKS_PER_S)}
    for note in notes:
        exact = score.seconds_at(note.start) * BLOCKS_PER_S
        near = {(note.program, note.pitch, round(exact) + off) for off in (-1, 0, 1)}
        assert struck & near


@given(NOTES, TEMPOS)
def test_a_key_is_up_before_it_goes_down_again(
    notes: list[Note], changes: dict[int, float]
) -> None:
    sounds = schedule(score_of(notes, changes), BLOCKS_PER_S)
    assert all(sound.off_block > sound.on_block for sound in sounds)
    by_key = sorted(sounds, key=lambda s: (s.program, s.pitch, s.on_block))
    for before, after in pairwise(by_key):
        if (before.program, before.pitch) == (after.program, after.pitch):
            assert before.off_block <= after.on_block


@given(NOTES)
def test_the_last_key_is_let_go_when_the_music_ends(notes: list[Note]) -> None:
    score = score_of(notes, {})
    last = max(sound.off_block for sound in schedule(score, BLOCKS_PER_S))
    assert abs(last - score.seconds * BLOCKS_PER_S) <= 1
