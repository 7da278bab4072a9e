"""Mood turns the way that listeners say: tempo excites, major pleases."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from engine.score.measures import measure
from engine.score.model import Score
from engine.score.mood import Mood, asked_as, hear_mood, heard_as
from engine.tokens.vocab import mood_step
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import chord, hits, melody, piece

MAJOR = (60, 64, 67, 72, 67, 64, 60, 62)
MINOR = (60, 63, 67, 72, 67, 63, 60, 62)


def mood(score: Score) -> Mood:
    heard = hear_mood(score, measure(score))
    assert heard is not None
    return heard


def tune(pitches: tuple[int, ...] = MAJOR, bpm: float = 110.0) -> Score:
    return piece(melody(pitches), bars=2, bpm=bpm)


def test_faster_is_more_excited() -> None:
    arousals = [mood(tune(bpm=bpm)).arousal for bpm in (60, 80, 100, 120, 140)]
    assert arousals == sorted(set(arousals))


def test_major_is_more_pleasant_than_minor() -> None:
    assert mood(tune(MAJOR)).valence > mood(tune(MINOR)).valence


def test_louder_is_more_excited() -> None:
    loud = replace(tune(), notes=tuple(n._replace(velocity=120) for n in tune().notes))
    assert mood(loud).arousal > mood(tune()).arousal


def test_shorter_notes_are_more_excited() -> None:
    short = replace(tune(), notes=tuple(n._replace(duration=4) for n in tune().notes))
    assert mood(short).arousal > mood(tune()).arousal


def test_a_tritone_in_every_chord_is_less_pleasant_than_a_fifth() -> None:
    """The tune and its length, register and fullness stay; only the note below it moves."""

    def over(low: int) -> Score:
        return piece([*melody(MAJOR), *chord(0, (48, low), 96)], bars=2)

    assert mood(over(55)).valence > mood(over(54)).valence


def test_notes_outside_the_scale_are_less_pleasant() -> None:
    """As many different notes either way, so that it is not their number."""
    inside = (60, 64, 67, 72, 67, 65, 64, 62, 60, 64, 67, 72, 71, 69, 67, 60)
    outside = (60, 64, 67, 72, 67, 66, 64, 61, 60, 64, 67, 72, 71, 68, 67, 60)
    pleasant, odd = (
        piece(melody(pitches, ticks=6), bars=2, bpm=110.0) for pitches in (inside, outside)
    )
    assert mood(pleasant).valence > mood(odd).valence


def test_drums_alone_have_no_mood() -> None:
    score = piece(hits(range(0, 48, 12)))
    assert hear_mood(score, measure(score)) is None


@given(grid_scores())
def test_moods_stay_within_their_scale(score: Score) -> None:
    heard = hear_mood(score, measure(score))
    if heard is not None:
        assert -1 <= heard.valence <= 1
        assert -1 <= heard.arousal <= 1


def test_asked_moods_come_back_in_order_and_with_their_sign() -> None:
    asked = [-0.7, -0.5, -0.2, 0.0, 0.2, 0.4]
    back = [asked_as(heard_as(Mood(x, x))) for x in asked]
    for axis in (0, 1):
        values = [mood[axis] for mood in back]
        assert values == sorted(values)
        assert [x > 0 for x in values] == [x > 0 for x in asked]
    for x, mood_ in zip(asked, back, strict=True):
        assert abs(mood_.valence - x) < 1e-9


def test_sad_is_told_as_a_step_of_its_own_not_as_neutral() -> None:
    steps = [mood_step(heard_as(Mood(x, x)).valence) for x in (-0.6, 0.0, 0.6)]
    assert len(set(steps)) == 3
