from math import isnan, log2

import pytest

from engine.evaluation.statistics import statistics, to_muspy
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.theory import METERS
from tests.engine.score.pieces import bars_of, hits, melody, piece, two_bars

C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72)


def test_a_major_scale_is_wholly_in_scale() -> None:
    assert statistics(piece(melody(C_MAJOR), bars=2)).scale_consistency == 100
    foreign = statistics(piece(melody([*C_MAJOR[:7], 61]), bars=2))
    assert foreign.scale_consistency == pytest.approx(100 * 7 / 8)


def test_entropy_counts_bits_of_pitch_class() -> None:
    assert statistics(piece(melody([60, 72, 48, 84]))).pitch_class_entropy == 0
    assert statistics(piece(melody([60, 61, 62, 63]))).pitch_class_entropy == pytest.approx(2)
    chromatic = piece(melody(range(60, 72)), bars=3)
    assert statistics(chromatic).pitch_class_entropy == pytest.approx(log2(12))


@pytest.mark.parametrize("meter", METERS)
def test_bars_of_one_rhythm_have_the_same_groove_in_any_meter(meter: tuple[int, int]) -> None:
    length = bars_of(meter, 1)
    same = [n for bar in range(4) for n in hits([bar * length, bar * length + 9])]
    assert statistics(piece(same, bars=4, meter=meter)).groove_consistency == 100
    moved = [*hits([0]), *hits([length + 1])]
    expected = 100 * (1 - 2 / length)
    found = statistics(piece(moved, bars=2, meter=meter))
    assert found.groove_consistency == pytest.approx(expected)


def test_a_note_that_reaches_the_last_bar_line_makes_no_bar_more() -> None:
    """muspy counts bars by the last note's end, and took this piece for one of five bars."""
    whole = [Note(bar * 48, 0, 60, 48, 84) for bar in range(4)]
    assert statistics(piece(whole, bars=4)).groove_consistency == 100
    over = [*whole[:3], Note(144, 0, 60, 200, 84)]
    assert statistics(piece(over, bars=4)).groove_consistency == 100


def test_drums_have_a_groove_and_no_pitches() -> None:
    found = statistics(piece(hits([0, 24, 48, 72]), bars=2))
    assert isnan(found.pitch_class_entropy)
    assert isnan(found.scale_consistency)
    assert found.groove_consistency == 100


def test_where_the_meter_changes_there_is_no_groove() -> None:
    notes = tuple(melody(C_MAJOR))
    score = Score(12, 2, notes, (Tempo(0, 120.0),), (Meter(0, 4, 4), Meter(48, 3, 4)))
    assert isnan(statistics(score).groove_consistency)
    assert statistics(score).scale_consistency == 100


def test_a_silent_piece_has_no_figures() -> None:
    found = statistics(piece([]))
    assert isnan(found.pitch_class_entropy)
    assert isnan(found.groove_consistency)


def test_muspy_gets_every_note_and_instrument() -> None:
    score = two_bars()
    music = to_muspy(score)
    found = {
        (n.time, DRUMS if track.is_drum else track.program, n.pitch, n.duration, n.velocity)
        for track in music.tracks
        for n in track.notes
    }
    last = score.bars_end - 1
    assert found == {n._replace(duration=min(n.duration, last - n.start)) for n in score.notes}
    assert music.resolution == 12
