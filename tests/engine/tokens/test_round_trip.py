"""There and back: nothing is lost, moved or merged but what the grid rounds, which is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score.harmony import with_chords
from engine.score.measures import measure
from engine.score.midi import read_midi, read_midi_file
from engine.score.model import DRUMS, Note, Score
from engine.tokens import vocab
from engine.tokens.control import bar_plan
from engine.tokens.decode import decode
from engine.tokens.encode import encode
from engine.tokens.round_trip import compare, round_trip
from tests.engine.score.any_score import grid_scores, wild_scores
from tests.engine.score.pieces import chord, hits, melody, piece, two_bars
from tests.midi import make

A = Note(0, 0, 60, 12, 84)
B = Note(12, 0, 64, 12, 84)
C = Note(24, 40, 60, 12, 84)


def spoken(score: Score, **options: bool) -> Score:
    return decode(token for bar in encode(score, **options) for token in bar)


@given(grid_scores())
def test_any_score_of_the_grid_comes_back_as_it_was(score: Score) -> None:
    assert spoken(score) == score


@given(grid_scores())
def test_the_plan_and_the_countdown_are_not_music(score: Score) -> None:
    heard = with_chords(score)
    plan = bar_plan(measure(heard))
    tokens = [token for bar in encode(heard, plan=plan) for token in bar]
    assert decode(tokens) == heard
    bare = replace(score, chords=())
    assert spoken(score, chords=False, counted=False) == bare


@given(grid_scores())
def test_every_bar_can_be_read_by_itself(score: Score) -> None:
    """Behind its own meter: program, loudness and length start anew at every bar."""
    bars = encode(replace(score, chords=()), counted=False)
    for bar, tokens in zip(score.iter_bars(), bars, strict=True):
        meter = vocab.meter_id(bar.meter.numerator, bar.meter.denominator)
        alone = decode([vocab.BAR_OPEN, meter, *tokens[1:]])
        inside = [note for note in score.notes if bar.start <= note.start < bar.end]
        assert alone.notes == tuple(note._replace(start=note.start - bar.start) for note in inside)


@given(wild_scores())
def test_no_file_loses_more_than_the_grid_rounds(score: Score) -> None:
    trip = round_trip(score)
    assert (trip.lost, trip.moved, trip.merged) == (0, 0, 0)
    assert trip.notes == len(score.notes) - trip.rounding.duplicates


@pytest.mark.parametrize("name", make.READABLE)
def test_awkward_files_survive(name: str) -> None:
    trip = round_trip(read_midi_file(make.FOLDER / name))
    assert (trip.lost, trip.moved, trip.merged) == (0, 0, 0)


def test_the_same_note_in_two_tracks_is_one_on_the_grid() -> None:
    trip = round_trip(read_midi(make.same_note_twice()))
    assert (trip.notes, trip.rounding.duplicates) == (4, 4)


def test_triplets_and_sixteenths_in_one_bar_are_not_rounded() -> None:
    trip = round_trip(read_midi(make.triplets_and_sixteenths()))
    assert trip.rounding.onset_max_quarters == 0


def test_tokens_are_counted_with_prefix_plan_and_end() -> None:
    # Prefix: nine slots, a program, Within. Bar: Bar, Meter, Tempo, BarDensity, BarPolyphony,
    # Position, Chord, Program, four notes on four positions, Velocity, Duration. Then End.
    trip = round_trip(piece(melody((60, 64, 67, 60))))
    assert trip.notes == 4
    assert trip.tokens == 11 + (3 + 2 + 4 + 1 + 1 + 4 + 2) + 1
    assert trip.tokens_per_note == trip.tokens / 4


def test_two_bars_of_a_band_cost_under_three_tokens_a_note_and_the_prefix() -> None:
    trip = round_trip(two_bars())
    assert (trip.tokens - 14) / trip.notes < 3.0


DAMAGE = {
    "nothing": ((A, B, C), (A, B, C), (0, 0, 0)),
    "a note is gone": ((A, B, C), (A, C), (1, 0, 0)),
    "two notes are gone": ((A, B, C), (B,), (2, 0, 0)),
    "everything is gone": ((A, B, C), (), (3, 0, 0)),
    "a note is later": ((A, B), (A, B._replace(start=18)), (0, 1, 0)),
    "a note is longer": ((A, B), (A._replace(duration=18), B), (0, 1, 0)),
    "a note is louder": ((A, B), (A._replace(velocity=92), B), (0, 1, 0)),
    "a note changes its part": ((A, B), (A, B._replace(program=1)), (1, 0, 0)),
    "a note changes its pitch": ((A, B), (A, B._replace(pitch=65)), (1, 0, 0)),
    "a doubled note is one": ((A, A, B), (A, B), (0, 0, 1)),
    "two lengths are one": ((A, A._replace(duration=24)), (A,), (0, 0, 1)),
    "a note is new": ((A,), (A, B), (0, 0, 0)),
    "one of each": (
        (A, A, B, C),
        (A, B._replace(start=13)),
        (1, 1, 1),
    ),
}


@pytest.mark.parametrize(("before", "after", "counted"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_counted_by_its_kind(
    before: tuple[Note, ...], after: tuple[Note, ...], counted: tuple[int, int, int]
) -> None:
    assert compare(before, after) == counted


@given(grid_scores(), st.data())
def test_what_is_taken_away_is_missed(score: Score, data: st.DataObject) -> None:
    notes = score.notes
    kept = data.draw(st.lists(st.booleans(), min_size=len(notes), max_size=len(notes)))
    after = tuple(note for note, keep in zip(notes, kept, strict=True) if keep)
    lost, moved, merged = compare(notes, after)
    assert moved == 0
    assert lost + merged == len(notes) - len(after)


def test_only_the_grid_can_be_written() -> None:
    with pytest.raises(ValueError, match="12 ticks to the quarter, got 480"):
        encode(two_bars().at_resolution(480))


def test_notes_behind_the_last_bar_are_not_dropped_in_silence() -> None:
    with pytest.raises(ValueError, match="2 notes stand behind the last bar"):
        encode(piece([A, Note(48, 0, 60, 12, 84), Note(60, DRUMS, 36, 3, 84)]))


def test_a_long_piece_counts_down_only_its_last_sixteen_bars() -> None:
    bars = encode(piece(melody([60]), bars=18))
    names = [vocab.NAMES[bar[0]] for bar in bars]
    assert names == ["Bar", "Bar", *(f"Bar_{left}" for left in range(15, -1, -1))]


def test_what_does_not_change_is_not_repeated() -> None:
    (bar,) = encode(piece([*chord(0, (60, 64, 67), 12), *hits((0, 12, 24, 36))]))
    names = [vocab.NAMES[token].partition("_")[0] for token in bar]
    assert names.count("Velocity") == 2
    assert names.count("Duration") == 1
    assert names.count("Program") == 2
