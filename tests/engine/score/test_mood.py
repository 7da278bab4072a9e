"""Mood turns the way that listeners say: tempo excites, major pleases."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from engine.score.measures import measure
from engine.score.model import Score
from engine.score.mood import Mood, hear_mood
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import hits, melody, piece

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


def test_drums_alone_have_no_mood() -> None:
    score = piece(hits(range(0, 48, 12)))
    assert hear_mood(score, measure(score)) is None


@given(grid_scores())
def test_moods_stay_within_their_scale(score: Score) -> None:
    heard = hear_mood(score, measure(score))
    if heard is not None:
        assert -1 <= heard.valence <= 1
        assert -1 <= heard.arousal <= 1
