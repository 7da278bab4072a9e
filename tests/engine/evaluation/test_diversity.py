from math import isnan

import pytest

from engine.evaluation.diversity import distinct_between, distinct_within, melodic_grams
from engine.score.model import Score
from tests.engine.score.pieces import BASS, chord, hits, melody, piece

UP = (60, 62, 64, 65, 67)


def tune(*pitches: int) -> Score:
    return piece(melody(pitches), bars=8)


def test_five_notes_make_one_gram_of_four_steps() -> None:
    assert melodic_grams(tune(*UP)) == [((2, 12), (2, 12), (1, 12), (2, 12))]
    assert melodic_grams(tune(*UP[:4])) == []


def test_an_instruments_melody_is_its_highest_notes_and_drums_have_none() -> None:
    chords = [note for i, top in enumerate(UP) for note in chord(i * 12, (top, top - 7, 40), 12)]
    assert melodic_grams(piece([*chords, *hits(range(0, 48, 3))], bars=2)) == melodic_grams(
        tune(*UP)
    )
    two = [*melody(UP), *melody([36, 38, 40, 41, 43], program=BASS)]
    assert len(melodic_grams(piece(two, bars=2))) == 2


def test_a_pattern_that_goes_round_has_few_grams_of_its_own() -> None:
    assert distinct_within(tune(*[60, 62] * 10)) == pytest.approx(2 / 16)
    assert distinct_within(tune(60, 61, 63, 66, 70, 75, 81)) == 1
    assert isnan(distinct_within(tune(60)))


def test_seeds_that_write_the_same_piece_are_not_diverse_transposed_or_not() -> None:
    assert distinct_between([tune(*UP)] * 5) == 0
    assert distinct_between([tune(*UP), tune(*(pitch + 5 for pitch in UP))]) == 0


def test_seeds_that_share_nothing_are_wholly_diverse() -> None:
    others = [tune(*(60 + i * step for i in range(6))) for step in (1, 2, 3, 4)]
    assert distinct_between(others) == 1
    assert distinct_between([*others[:1], *others[:1], others[1]]) == pytest.approx(0.5)


def test_repeats_within_a_piece_are_not_held_against_its_seeds() -> None:
    assert distinct_between([tune(*[60, 62] * 10), tune(*[60, 65] * 10)]) == 1


def test_one_piece_is_compared_with_nothing() -> None:
    assert isnan(distinct_between([tune(*UP)]))
    assert isnan(distinct_between([tune(*UP), tune(60)]))
