"""Any stream is music, legal or not; where something is missing, a default stands in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score.harmony import NO_CHORD
from engine.score.model import DRUMS, Chord, Meter, Note, Tempo
from engine.tokens import vocab
from engine.tokens.decode import decode
from engine.tokens.quantise import DRUM_TICKS
from engine.tokens.spec import Family, tempo_bpm
from tests.engine.tokens.walks import stream

# The first and last of every family: a shorter way to strange neighbours than all ids.
CORNERS = sorted({vocab.ids_of(family)[end] for family in Family for end in (0, -1)})


@given(st.lists(st.integers(0, vocab.V - 1)))
def test_any_ids_are_read_without_complaint(tokens: list[int]) -> None:
    decode(tokens)


@given(st.lists(st.sampled_from(CORNERS), max_size=60))
def test_the_strangest_neighbours_are_read_without_complaint(tokens: list[int]) -> None:
    score = decode([vocab.BAR_OPEN, *tokens])
    assert score.bars == 1 + sum(vocab.FAMILY[token] is Family.BAR for token in tokens)


def test_nothing_is_a_score_without_bars() -> None:
    score = decode([])
    assert (score.bars, score.notes) == (0, ())


def test_what_comes_before_the_first_bar_is_not_music() -> None:
    score = decode(stream("Tempo_3 Meter_3/4 Position_5 Program_0 Pitch_60 Bar"))
    assert (score.bars, score.notes) == (1, ())
    assert score.meters == (Meter(0, 4, 4),)
    assert score.tempos == (Tempo(0, 120.0),)


def test_a_note_without_loudness_and_length_is_a_quarter() -> None:
    assert decode(stream("Bar Program_0 Pitch_60")).notes == (Note(0, 0, 60, 12, 84),)


def test_loudness_and_length_last_for_their_program_and_their_bar() -> None:
    score = decode(
        stream(
            "Bar_1 Meter_4/4 Tempo_0 Position_0 Program_0 Pitch_60 Velocity_2 Duration_6 "
            "Program_40 Pitch_70 Velocity_15 Duration_24 Position_12 Program_0 Pitch_62 "
            "Program_40 Pitch_72 Bar_0 Position_0 Program_0 Pitch_64"
        )
    )
    assert score.notes == (
        Note(0, 0, 60, 6, 20),
        Note(0, 40, 70, 24, 124),
        Note(12, 0, 62, 6, 20),
        Note(12, 40, 72, 24, 124),
        Note(48, 0, 64, 12, 84),
    )


def test_a_hit_on_the_piano_and_a_pitch_on_the_drums_are_passed_over() -> None:
    assert decode(stream("Bar Program_0 Drum_36 Program_128 Pitch_60")).notes == ()


def test_hits_ring_a_sixteenth() -> None:
    (hit,) = decode(stream("Bar Program_128 Drum_36 Velocity_9 Duration_48")).notes
    assert hit == Note(0, DRUMS, 36, DRUM_TICKS, 76)


def test_a_tempo_that_is_said_late_holds_from_the_start() -> None:
    score = decode(stream("Bar Meter_4/4 Position_12 Tempo_10"))
    assert score.tempos == (Tempo(0, tempo_bpm(10)), Tempo(12, tempo_bpm(10)))[:1]


def test_of_two_tempi_on_one_tick_the_later_holds() -> None:
    score = decode(stream("Bar Meter_4/4 Tempo_10 Position_0 Tempo_20"))
    assert score.tempos == (Tempo(0, tempo_bpm(20)),)


def test_meters_move_the_bar_lines() -> None:
    score = decode(stream("Bar Meter_3/4 Bar Bar Meter_7/8 Bar Position_1 Program_0 Pitch_60"))
    assert score.meters == (Meter(0, 3, 4), Meter(72, 7, 8))
    assert score.notes[0].start == 72 + 42 + 1


def test_chords_come_with_their_tick_and_their_end() -> None:
    score = decode(stream("Bar Meter_4/4 Position_0 Chord_9:m7 Bar Position_24 Chord_none"))
    assert score.chords == (Chord(0, 9, "m7"), Chord(72, 0, NO_CHORD))


@pytest.mark.parametrize("any_value", ["Tempo_any", "Meter_any", "Program_any"])
def test_an_open_value_inside_the_bars_changes_nothing(any_value: str) -> None:
    plain = "Bar Meter_4/4 Tempo_9 Position_0 Program_0 Pitch_60"
    assert decode(stream(f"{plain} {any_value}")) == decode(stream(plain))
