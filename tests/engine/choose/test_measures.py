"""Exact figures for bars that can be counted on fingers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.choose.harmony import bass_on_roots, chord_count, clashes
from engine.choose.heard import Heard, listen
from engine.choose.sanity import STANDARDS
from engine.choose.texture import (
    groove,
    longest_rest,
    repeats,
    settling,
    together,
    unevenness,
)
from engine.score.model import Note, Score
from tests.engine.choose.tunes import (
    doubled,
    looped,
    moved,
    on_one_note,
    silent_from,
    song,
    without,
)
from tests.engine.score.pieces import BASS, PIANO, STRINGS, chord, hits, melody, piece

Measure = Callable[[Heard], float | None]
BAR = 48


def found(measure: Measure, score: Score) -> float:
    value = measure(listen(score))
    assert value is not None
    return value


def test_a_part_that_plays_in_one_bar_of_four_rests_for_three() -> None:
    score = piece([*melody([60, 62] * 8), *hits([0])], bars=4)
    assert found(longest_rest, score) == 0.75


def test_a_part_that_enters_late_rests_longer() -> None:
    assert found(longest_rest, song()) == 0.0
    assert found(longest_rest, piece([*song().notes, Note(0, 73, 84, 12, 84)], bars=16)) == 15 / 16


def test_bars_with_as_many_onsets_are_even_and_a_doubling_is_a_step() -> None:
    assert found(unevenness, piece(melody([60] * 8), bars=2)) == 0.0
    # Three onsets and seven: with one added, a ratio of two.
    score = piece(
        [*melody([60, 62, 64]), *(Note(BAR + i * 6, 0, 60, 6, 84) for i in range(7))], bars=2
    )
    assert found(unevenness, score) == 1.0


def test_the_same_rhythm_again_is_a_groove_whatever_its_pitches() -> None:
    assert found(groove, piece(melody(range(60, 68)), bars=2)) == 1.0
    # On 1, 2, 3, 4, then on 1 and 3: two places of four.
    score = piece(
        [*melody([60] * 4), Note(BAR, 0, 60, 24, 84), Note(BAR + 24, 0, 62, 24, 84)], bars=2
    )
    assert found(groove, score) == 0.5


def test_a_bar_of_rest_breaks_no_groove() -> None:
    beats = [Note(bar * BAR + i * 12, 0, 60, 12, 84) for bar in (0, 1, 3, 4) for i in range(4)]
    assert found(groove, piece(beats, bars=7)) == 1.0


def test_parts_that_share_two_of_four_onsets_are_half_together() -> None:
    score = piece([*melody([60] * 4), *melody([40, 43], ticks=24, program=BASS)])
    assert found(together, score) == 0.5


def test_every_note_again_is_all_repeats_and_a_scale_has_none() -> None:
    assert found(repeats, piece(melody([60] * 9), bars=3)) == 1.0
    assert found(repeats, piece(melody(range(60, 69)), bars=3)) == 0.0
    assert found(repeats, piece(melody([60, 60, 62, 62, 64, 64, 65, 65, 67]), bars=3)) == 0.5


def test_repeats_are_heard_on_top_of_chords() -> None:
    notes = [n for i in range(8) for n in chord(i * 12, (48 + i, 72), 12)]
    assert found(repeats, piece(notes, bars=2)) == 1.0


def test_a_last_bar_of_one_note_settles_and_a_busy_one_does_not() -> None:
    calm = piece([*melody([60] * 8), Note(2 * BAR, 0, 60, BAR, 84)], bars=3)
    assert found(settling, calm) == 0.25
    assert found(settling, piece(melody([60] * 12), bars=3)) == 1.0


def test_semitones_and_minor_ninths_rub_and_major_sevenths_do_not() -> None:
    for above, rubs in ((1, 1.0), (13, 1.0), (11, 0.0), (12, 0.0), (2, 0.0)):
        assert found(clashes, piece(chord(0, (60, 60 + above), 48))) == rubs
    # For a quarter of the time that anything sounds.
    assert found(clashes, piece([*chord(0, (60,), 48), *chord(36, (61,), 12)])) == 0.25


def test_a_triad_stands_on_its_root_and_its_inversion_does_not() -> None:
    assert found(bass_on_roots, piece(chord(0, (48, 64, 67, 72), 48))) == 1.0
    assert found(bass_on_roots, piece(chord(0, (52, 60, 64, 67, 72), 48))) == 0.0


def test_a_chord_that_comes_back_is_counted_once() -> None:
    triads = ((60, 64, 67), (65, 69, 72), (60, 64, 67), (67, 71, 74))
    score = piece([n for i, t in enumerate(triads) for n in chord(i * BAR, t, BAR)], bars=4)
    assert found(chord_count, score) == 0.75


@pytest.mark.parametrize(
    ("measure", "ruined", "rises"),
    [
        (clashes, moved(song(), PIANO, 1), True),
        (repeats, on_one_note(song(), STRINGS, 72), True),
        (groove, looped(song()), True),
        (chord_count, looped(song()), False),
        (unevenness, looped(song()), False),
        (settling, looped(song()), True),
        (longest_rest, silent_from(song(), 8), True),
        (together, doubled(song(), STRINGS, 73), True),
        (bass_on_roots, moved(song(), BASS, 4), False),
    ],
)
def test_what_ruins_a_song_moves_its_measure(measure: Measure, ruined: Score, rises: bool) -> None:
    before, after = found(measure, song()), found(measure, ruined)
    assert after > before if rises else after < before


def test_what_there_is_nothing_to_measure_of_is_not_measured() -> None:
    drums = listen(piece(hits(range(0, 96, 12)), bars=2))
    for measure in (groove, together, repeats, clashes, bass_on_roots, chord_count, longest_rest):
        assert measure(drums) is None
    solo = listen(without(without(piece(melody([60, 62])), BASS), STRINGS))
    for measure in (longest_rest, together, repeats, unevenness, settling):
        assert measure(solo) is None


def test_every_measure_takes_a_bar_of_nothing() -> None:
    silent = listen(piece([]))
    for standard in STANDARDS.values():
        assert standard.measure(silent) in (None, 0.0)


def test_what_begins_beyond_the_last_bar_line_is_not_heard() -> None:
    inside = melody([60, 62, 64, 65])
    beyond = [Note(BAR, BASS, 30, 12, 84), Note(BAR + 12, 0, 61, 12, 84)]
    with_it, without_it = (listen(piece(notes)) for notes in ([*inside, *beyond], inside))
    for standard in STANDARDS.values():
        assert standard.measure(with_it) == standard.measure(without_it)
