from math import isnan

import pytest

from engine.evaluation.repetition import longest_run, repetition
from engine.score.model import DRUMS, Note, Score
from tests.engine.score.pieces import BASS, PIANO, chord, hits, melody, piece

A, B = (60, 64, 67, 72), (50, 53, 57, 61)


def form(bars: str) -> Score:
    """Bars of two kinds, a dot for an empty one."""
    notes = [
        note._replace(start=note.start + place * 48)
        for place, name in enumerate(bars)
        if name != "."
        for note in melody(A if name == "A" else B)
    ]
    return piece(notes, bars=len(bars))


def test_one_bar_again_and_again_is_all_alike() -> None:
    found = repetition(form("AAAAAAAA"))
    assert found.by_lag[:7] == (1,) * 7
    assert isnan(found.by_lag[7])
    assert found.all_pairs == 1
    assert found.repeated_bars == 7 / 8


def test_two_bars_in_turn_are_alike_at_even_lags() -> None:
    found = repetition(form("ABABAB"))
    assert found.by_lag[:5] == (0, 1, 0, 1, 0)
    assert found.all_pairs == pytest.approx(6 / 15)
    assert found.repeated_bars == 4 / 6


def test_likeness_is_what_both_have_over_what_either_has() -> None:
    other = [Note(48 + 12 * i, 0, pitch, 12, 84) for i, pitch in enumerate((60, 64, 68, 73))]
    found = repetition(piece([*melody(A), *other], bars=2))
    assert found.by_lag[0] == pytest.approx(2 / 6)


def test_an_octave_is_alike_and_still_no_exact_repeat() -> None:
    found = repetition(piece(melody([*A, *(pitch + 12 for pitch in A)]), bars=2))
    assert found.by_lag[0] == 1
    assert found.repeated_bars == 0


def test_a_louder_repeat_is_a_repeat() -> None:
    louder = [n._replace(start=n.start + 48, velocity=120) for n in melody(A)]
    assert repetition(piece([*melody(A), *louder], bars=2)).repeated_bars == 0.5


def test_drums_are_told_apart_by_key_and_from_pitches() -> None:
    bars = [*hits([0], key=36), *hits([48], key=48), *melody([60])]
    assert repetition(piece(bars, bars=2)).by_lag[0] == 0


def test_empty_bars_are_counted_and_compared_with_nothing() -> None:
    found = repetition(form("A..A"))
    assert found.empty_bars == 0.5
    assert isnan(found.by_lag[0])
    assert found.by_lag[2] == found.all_pairs == 1
    assert found.repeated_bars == 0.5


def test_a_bar_that_a_note_is_held_into_is_not_empty() -> None:
    assert repetition(piece([Note(0, 0, 60, 60, 84)], bars=3)).empty_bars == pytest.approx(1 / 3)


def test_a_run_is_one_pitch_struck_alone_again_and_again() -> None:
    assert longest_run(piece(melody([60, 60, 60, 62, 62, 60]), bars=2), PIANO) == 3
    between = [*melody([60, 60]), *chord(24, (60, 64), 12), Note(36, PIANO, 60, 12, 84)]
    assert longest_run(piece(between), PIANO) == 2
    chords = [note for tick in range(0, 48, 12) for note in chord(tick, (60, 64), 12)]
    assert longest_run(piece(chords), PIANO) == 0


def test_runs_are_told_by_instrument_and_drums_have_none() -> None:
    notes = [*melody([60, 62, 64, 65]), *melody([36] * 4, program=BASS), *hits(range(0, 48, 6))]
    found = repetition(piece(notes))
    assert dict(found.runs) == {PIANO: 1, BASS: 4}
    assert found.longest_run == 4
    assert DRUMS not in dict(found.runs)
    assert isnan(repetition(piece(hits([0, 12]))).longest_run)
