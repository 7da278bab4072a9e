"""What leads, and which lane a drum belongs to."""

from __future__ import annotations

from hypothesis import given

from engine.picture.draw_notes import top_line
from engine.picture.drums import LANES, lanes_of
from engine.score.model import DRUMS, Note, Score
from tests.engine.score.any_score import grid_scores


def note(start: int, pitch: int, duration: int = 12) -> Note:
    return Note(start, 0, pitch, duration, 90)


def test_the_melody_is_what_nothing_sounds_above() -> None:
    tune, bass, under = note(0, 72), note(0, 40, 48), note(6, 60)
    later, alone = note(12, 71), note(36, 50)
    assert top_line([bass, tune, under, later, alone], 12) == {tune, later, alone}


def test_a_chord_played_by_a_person_has_one_top() -> None:
    """At 480 ticks to the quarter its notes begin some ticks apart, the lowest first."""
    low, middle, high = note(950, 48, 480), note(958, 55, 480), note(967, 64, 480)
    following = note(1440, 62, 480)
    assert top_line([low, middle, high, following], 480) == {high, following}


@given(grid_scores())
def test_the_melody_is_found_as_by_looking_at_every_pair(score: Score) -> None:
    pitched = [n for n in score.notes if n.program != DRUMS]
    assert top_line(pitched, score.resolution) == {
        n
        for n in pitched
        if not any(
            other.pitch > n.pitch and other.start <= n.start < other.start + other.duration
            for other in pitched
        )
    }


def test_every_key_of_the_kit_has_one_lane() -> None:
    for key in range(128):
        assert sum(key in lane.keys for lane in LANES) == 1


def test_lanes_that_nobody_plays_are_left_out() -> None:
    hits = [Note(0, DRUMS, key, 1, 90) for key in (36, 42, 54)]
    assert [lane.name for lane in lanes_of(hits)] == ["perc", "hat", "kick"]
    assert lanes_of([]) == ()
