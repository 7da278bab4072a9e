"""The grammar leads everywhere and nowhere wrong."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score.harmony import with_chords
from engine.score.measures import measure
from engine.score.model import DRUMS, Score
from engine.tokens import vocab
from engine.tokens.control import bar_plan
from engine.tokens.decode import decode
from engine.tokens.encode import encode
from engine.tokens.grammar import Grammar, first_illegal
from engine.tokens.spec import Family
from tests.engine.score.any_score import grid_scores
from tests.engine.tokens.walks import stream, walk

HEAD = "Bar_1 Meter_4/4 Tempo_60"
NOTE = "Position_0 Program_0 Pitch_60 Velocity_9 Duration_12"

# What is wrong in each stream is its last token.
PLANTED = {
    "a piece without a bar": "Position_0",
    "an end without a bar": "End",
    "a control inside the bars": "Bar_1 Meter_4/4 Tempo_60 Genre_jazz",
    "padding": f"{HEAD} Pad",
    "a reserved token": f"{HEAD} Reserved_0",
    "a mark of another task": f"{HEAD} Fill",
    "a first bar without a meter": "Bar_1 Tempo_60",
    "a first bar without a tempo": "Bar_1 Meter_4/4 Position_0",
    "a meter that is left open": "Bar_1 Meter_any",
    "a tempo that is left open": "Bar_1 Meter_4/4 Tempo_any",
    "a program that is left open": f"{HEAD} Position_0 Program_any",
    "a meter behind the tempo": f"{HEAD} Meter_3/4",
    "two tempi in the head": f"{HEAD} Tempo_61",
    "density behind polyphony": f"{HEAD} BarPolyphony_1 BarDensity_1",
    "polyphony twice": f"{HEAD} BarPolyphony_1 BarPolyphony_1",
    "density behind a position": f"{HEAD} Position_0 BarDensity_1",
    "a meter inside the bar": f"{HEAD} Position_0 Meter_3/4",
    "a position beyond the bar": f"{HEAD} Position_48",
    "a position beyond a shorter bar": f"Bar_1 Meter_7/8 Tempo_60 {NOTE} Position_42",
    "a position that stays": f"{HEAD} {NOTE} Position_0",
    "a position that goes back": f"{HEAD} Position_12 Program_0 Pitch_60 Velocity_9 Duration_9 "
    "Position_6",
    "a position without anything on it": f"{HEAD} Position_0 Position_1",
    "a bar behind an empty position": f"{HEAD} Position_0 Bar_0",
    "a note without a position": f"{HEAD} Pitch_60",
    "a program without a position": f"{HEAD} Program_0",
    "a note without a program": f"{HEAD} Position_0 Pitch_60",
    "a hit without a program": f"{HEAD} Position_0 Drum_36",
    "a program without a note": f"{HEAD} Position_0 Program_0 Position_1",
    "a pitch on the drums": f"{HEAD} Position_0 Program_128 Pitch_36",
    "a hit on the piano": f"{HEAD} Position_0 Program_0 Drum_36",
    "a first note without loudness": f"{HEAD} Position_0 Program_0 Pitch_60 Pitch_64",
    "a first note without length": f"{HEAD} Position_0 Program_0 Pitch_60 Velocity_9 Pitch_64",
    "length before loudness": f"{HEAD} Position_0 Program_0 Pitch_60 Duration_12",
    "a first hit without loudness": f"{HEAD} Position_0 Program_128 Drum_36 Drum_42",
    "a hit with a length": f"{HEAD} Position_0 Program_128 Drum_36 Velocity_9 Duration_3",
    "loudness twice": f"{HEAD} {NOTE} Pitch_64 Velocity_9 Velocity_8",
    "length twice": f"{HEAD} {NOTE} Duration_11",
    "loudness behind length": f"{HEAD} {NOTE} Velocity_9",
    "a chord behind a note": f"{HEAD} {NOTE} Chord_0:",
    "two chords at once": f"{HEAD} Position_0 Chord_0: Chord_7:7",
    "a tempo behind a chord": f"{HEAD} Position_0 Chord_0: Tempo_50",
    "loudness that a new bar forgot": f"{HEAD} {NOTE} Bar_0 Position_0 Program_0 Pitch_60 Bar_0",
    "a program that a new bar forgot": f"{HEAD} {NOTE} Bar_0 Position_0 Pitch_60",
    "an end with bars to come": f"{HEAD} {NOTE} End",
    "a countdown that skips": f"Bar_2 Meter_4/4 Tempo_60 {NOTE} Bar_0",
    "a countdown that stands": f"{HEAD} {NOTE} Bar_1",
    "a countdown that forgets itself": f"{HEAD} {NOTE} Bar",
    "a countdown that begins late": f"Bar Meter_4/4 Tempo_60 {NOTE} Bar_14",
    "a bar behind the last": f"Bar_0 Meter_4/4 Tempo_60 {NOTE} Bar_0",
    "anything behind the end": "Bar_0 Meter_4/4 Tempo_60 End Bar_0",
}

LEGAL = {
    "bars of silence": "Bar_1 Meter_4/4 Tempo_60 Bar_0 End",
    "a whole bar": f"Bar_0 Meter_4/4 Tempo_60 BarDensity_1 BarPolyphony_1 {NOTE} End",
    "a chord on a silent position": "Bar_0 Meter_4/4 Tempo_60 Position_0 Chord_none Position_24 "
    "Chord_0:m7 End",
    "a tempo inside the bar": f"Bar_0 Meter_4/4 Tempo_60 {NOTE} Position_24 Tempo_50 End",
    "a new meter": f"{HEAD} {NOTE} Bar_0 Meter_7/8 Position_41 Program_0 Pitch_1 Velocity_0 "
    "Duration_1 End",
    "hits": "Bar_0 Meter_4/4 Tempo_60 Position_0 Program_128 Drum_36 Velocity_9 Drum_42 Position_6 "
    "Drum_42 End",
    "an open end": f"Bar Meter_4/4 Tempo_60 {NOTE} End",
    "a countdown that begins": f"Bar Meter_4/4 Tempo_60 {NOTE} Bar_15",
}


@pytest.mark.parametrize("names", PLANTED.values(), ids=PLANTED.keys())
def test_what_is_wrong_is_found_where_it_stands(names: str) -> None:
    tokens = stream(names)
    assert first_illegal(tokens) == len(tokens) - 1


@pytest.mark.parametrize("names", LEGAL.values(), ids=LEGAL.keys())
def test_what_is_right_is_let_through(names: str) -> None:
    assert first_illegal(stream(names)) is None


@given(st.integers(0, 2**32))
def test_a_walk_never_ends_in_a_blind_alley_and_is_legal(seed: int) -> None:
    tokens = walk(random.Random(seed))
    assert tokens[-1] == vocab.END
    assert first_illegal(tokens) is None


@given(st.integers(0, 2**32))
def test_every_walk_is_music_that_can_be_written_again(seed: int) -> None:
    score = decode(walk(random.Random(seed)))
    assert score.bars >= 1
    assert decode(token for bar in encode(score) for token in bar) == score


@given(st.integers(0, 2**32))
def test_every_walk_has_as_many_bars_and_notes_as_it_says(seed: int) -> None:
    tokens = walk(random.Random(seed))
    score = decode(tokens)
    families = [vocab.FAMILY[token] for token in tokens]
    assert score.bars == families.count(Family.BAR)
    assert len(score.notes) == families.count(Family.PITCH) + families.count(Family.DRUM)
    assert sum(n.program == DRUMS for n in score.notes) == families.count(Family.DRUM)


@given(grid_scores(), st.booleans(), st.booleans(), st.booleans())
def test_what_we_write_is_legal(score: Score, plan: bool, chords: bool, counted: bool) -> None:
    heard = with_chords(score)
    levels = bar_plan(measure(heard)) if plan else None
    bars = encode(heard, plan=levels, chords=chords, counted=counted)
    assert first_illegal([token for bar in bars for token in bar] + [vocab.END]) is None


@given(st.integers(0, 2**32))
def test_the_mask_and_the_check_agree(seed: int) -> None:
    rng = random.Random(seed)
    grammar = Grammar()
    for token in walk(rng, 40):
        mask = grammar.legal()
        asked = rng.randrange(vocab.V)
        assert grammar.allows(asked) == mask[asked]
        assert mask[token]
        grammar.read(token)
    assert not grammar.legal().any()


def test_the_mask_is_the_callers_to_change() -> None:
    grammar = Grammar()
    grammar.legal()[:] = False
    assert grammar.legal().any()
    for token in stream(f"{HEAD} {NOTE}"):
        grammar.read(token)
    grammar.legal()[:] = False
    assert grammar.legal().any()
