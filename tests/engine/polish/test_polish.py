"""Polish plays what was written: in range, each string once, closed, with touch; no more."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.polish import polish
from engine.polish.ending import with_ending
from engine.polish.ranges import into_range, range_of
from engine.score.midi import read_midi, write_midi
from engine.score.model import DRUMS, Note, Score
from engine.score.overlaps import without_overlaps
from engine.score.units import FINE
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import BASS, PIANO, chord, hits, melody, piece, two_bars

VIOLIN, FLUTE = 40, 73


def part_of(note: Note) -> tuple[int, int]:
    return note.program, note.pitch


@pytest.mark.parametrize("program", range(128))
def test_every_instrument_has_an_octave_or_more(program: int) -> None:
    low, high = range_of(program)
    assert 0 <= low < low + 12 <= high <= 127


def test_the_middle_of_the_staff_can_be_played_by_what_plays_there() -> None:
    for program in (PIANO, VIOLIN, FLUTE, 24, 56, 65, 71):
        low, high = range_of(program)
        assert low <= 67 <= high
    assert range_of(DRUMS) == (0, 127)


@given(grid_scores())
def test_notes_move_into_range_by_octaves(score: Score) -> None:
    before = sorted((n.start, n.program, n.pitch % 12, n.duration, n.velocity) for n in score.notes)
    ranged = into_range(score)
    after = sorted((n.start, n.program, n.pitch % 12, n.duration, n.velocity) for n in ranged.notes)
    assert after == before
    for note in ranged.notes:
        low, high = range_of(note.program)
        assert low <= note.pitch <= high
    assert into_range(ranged) == ranged


def test_notes_within_range_stay_and_drums_always_do() -> None:
    score = piece([*melody([60, 72, 84], program=FLUTE), *hits((0, 12), 0), *hits([24], 127)])
    assert into_range(score) == score


def test_a_flute_in_the_cellar_is_lifted_to_its_lowest_octave() -> None:
    assert [n.pitch for n in into_range(piece(melody([24, 108], program=FLUTE))).notes] == [60, 96]


@given(grid_scores())
def test_no_pitch_of_a_part_sounds_twice_at_once(score: Score) -> None:
    notes = sorted(without_overlaps(score).notes, key=part_of)
    for _, same in groupby(notes, part_of):
        ends = 0
        for note in same:
            assert note.start >= ends
            ends = note.start + note.duration


@given(grid_scores())
def test_no_onset_is_lost_to_an_overlap(score: Score) -> None:
    clear = without_overlaps(score)
    assert {n[:3] for n in clear.notes} == {n[:3] for n in score.notes}
    assert len(clear.notes) == len({n[:3] for n in score.notes})
    assert without_overlaps(clear) == clear


def test_of_two_notes_at_once_the_longer_and_louder_is_heard() -> None:
    score = piece([Note(0, 0, 60, 12, 100), Note(0, 0, 60, 24, 60)])
    assert without_overlaps(score).notes == (Note(0, 0, 60, 24, 100),)


def test_a_note_ends_where_its_pitch_begins_anew() -> None:
    score = piece([Note(0, 0, 60, 48, 84), Note(12, 0, 60, 12, 84), Note(0, 1, 60, 48, 84)])
    assert without_overlaps(score).notes == (
        Note(0, 0, 60, 12, 84),
        Note(0, 1, 60, 48, 84),
        Note(12, 0, 60, 12, 84),
    )


def test_the_last_chord_of_each_instrument_rings_to_the_bar_line() -> None:
    score = piece(
        [
            *melody([60, 62, 64, 65]),
            *chord(12, (40, 47), 6, BASS),
            *hits((0, 36)),
        ]
    )
    ends = {(n.program, n.start): n.start + n.duration for n in with_ending(score).notes}
    assert ends == {
        (PIANO, 0): 12, (PIANO, 12): 24, (PIANO, 24): 36, (PIANO, 36): 48,
        (BASS, 12): 48,
        (DRUMS, 0): 3, (DRUMS, 36): 39,
    }  # fmt: skip


def test_an_instrument_that_is_silent_in_the_last_bar_is_not_held() -> None:
    score = piece([*melody([60] * 8), *chord(24, (40,), 12, BASS)], bars=2)
    assert Note(24, BASS, 40, 12, 84) in with_ending(score).notes


@given(grid_scores())
def test_nothing_sounds_beyond_the_last_bar_line(score: Score) -> None:
    closed = with_ending(score)
    assert closed.end <= score.bars_end
    assert [n[:3] for n in closed.notes] == [n[:3] for n in score.notes]
    assert with_ending(closed) == closed


def test_a_score_without_bars_needs_no_ending() -> None:
    assert with_ending(piece([], bars=0)) == piece([], bars=0)


def test_another_seed_is_another_touch_of_the_same_notes() -> None:
    one, two = polish(two_bars(), seed=1), polish(two_bars(), seed=2)
    assert one != two
    assert [n[:4] for n in one.notes] == [n[:4] for n in two.notes]


@given(grid_scores(), st.integers(0, 2**32))
def test_polish_keeps_the_frame_of_the_piece(score: Score, seed: int) -> None:
    played = polish(score, seed=seed)
    frame = score.at_resolution(FINE)
    assert played.resolution == FINE
    assert played.bars == frame.bars
    assert played.meters == frame.meters
    assert played.tempos == frame.tempos
    assert played.chords == frame.chords
    assert played.programs == frame.programs
    assert {n.start for n in played.notes} == {n.start for n in frame.notes}
    assert played == polish(score, seed=seed)


@given(grid_scores().filter(lambda score: score.notes))
def test_a_polished_piece_survives_its_file(score: Score) -> None:
    played = polish(score, seed=0)
    assert read_midi(write_midi(played)).notes == played.notes
