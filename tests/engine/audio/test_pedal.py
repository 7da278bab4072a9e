"""The pedal joins what belongs to one chord and blurs nothing."""

from __future__ import annotations

from dataclasses import replace

from engine.audio.pedal import Span, pedal_spans
from engine.audio.performance import PEDAL_DELAY_S, perform
from engine.audio.production import STUDIO
from engine.score.model import Chord, Note
from tests.engine.audio.pieces import QUARTER, piece

BAR = 4 * QUARTER


def arpeggio(at: int, pitches: tuple[int, ...], program: int = 0) -> list[Note]:
    return [Note(at + i * QUARTER, program, pitch, 3, 80) for i, pitch in enumerate(pitches)]


def test_broken_chords_are_held_bar_by_bar() -> None:
    score = piece(arpeggio(0, (48, 52, 55, 60)) + arpeggio(BAR, (53, 57, 60, 65)))
    assert pedal_spans(score, 0) == [Span(0, BAR), Span(BAR, 2 * BAR)]


def test_the_pedal_changes_with_the_chord_inside_a_bar() -> None:
    notes = [Note(i * 6, 0, 48 + 7 * (i % 2) + (5 if i >= 4 else 0), 6, 80) for i in range(8)]
    score = replace(piece(notes, bars=1), chords=(Chord(0, 0, ""), Chord(24, 5, "")))
    assert pedal_spans(score, 0) == [Span(0, 24), Span(24, 48)]


def test_a_scale_is_played_without_it() -> None:
    assert pedal_spans(piece(arpeggio(0, (60, 62, 64, 65))), 0) == []


def test_steps_far_up_blur_nothing() -> None:
    assert pedal_spans(piece(arpeggio(0, (88, 90, 91, 93))), 0) == [Span(0, BAR)]


def test_a_single_chord_needs_none() -> None:
    assert pedal_spans(piece([Note(0, 0, pitch, BAR, 80) for pitch in (48, 52, 55)]), 0) == []


def test_an_organ_has_none() -> None:
    assert pedal_spans(piece(arpeggio(0, (48, 52, 55, 60), program=19)), 19) == []


def test_a_span_of_ten_seconds_is_left_to_the_fingers() -> None:
    assert pedal_spans(piece(arpeggio(0, (48, 52, 55, 60)), bpm=24), 0) == []


def test_the_foot_follows_the_hand_and_rests_where_the_style_has_no_pedal() -> None:
    score = piece(arpeggio(0, (48, 52, 55, 60)))  # a bar of two seconds
    assert perform(score, 0, "melody", STUDIO).pedal == ((PEDAL_DELAY_S, 2.0),)
    assert perform(score, 0, "melody", replace(STUDIO, pedal=False)).pedal == ()
