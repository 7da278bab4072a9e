from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.choose import WEIGHTS, Candidate, choose
from engine.choose.rank import ASKED_BESIDE_TASTE, COPIED, MOST_TASTE, SANE_BESIDE_TASTE, TASTE
from engine.score.model import Meter, Score, Tempo
from engine.score.theory import Key
from engine.score.units import FINE, GRID
from engine.tokens.control import Controls, hear
from tests.engine.choose.tunes import looped, moved, on_one_note, silent_from, song
from tests.engine.score.pieces import BASS, PIANO, STRINGS

SILENT = Score(GRID, 16, (), (Tempo(0, 120.0),), (Meter(0, 4, 4),))


def test_a_sound_piece_goes_before_ruined_ones_wherever_it_stands() -> None:
    good = Candidate(song())
    ruined = [
        Candidate(moved(song(), PIANO, 1)),
        Candidate(looped(song())),
        Candidate(on_one_note(song(), STRINGS, 61)),
        Candidate(silent_from(song(), 6)),
        Candidate(SILENT),
    ]
    for place in range(len(ruined) + 1):
        given = [*ruined[:place], good, *ruined[place:]]
        ranked = choose(given, hear(song()))
        assert ranked[0].candidate is good
        assert ranked[0].index == place
        assert ranked[-1].candidate.score is SILENT


def test_of_equals_the_earlier_is_first() -> None:
    ranked = choose([Candidate(song()) for _ in range(5)], Controls())
    assert [one.index for one in ranked] == [0, 1, 2, 3, 4]


def test_the_same_candidates_are_ranked_the_same() -> None:
    given = [Candidate(looped(song())), Candidate(song())]
    first, second = (choose(given, hear(song())) for _ in range(2))
    assert [(r.index, r.penalty, r.parts) for r in first] == [
        (r.index, r.penalty, r.parts) for r in second
    ]


def test_nothing_to_choose_from_is_nothing_chosen() -> None:
    assert choose([], Controls()) == []


def test_of_two_sound_pieces_the_one_in_the_asked_key_is_taken() -> None:
    up = song()
    for program in (PIANO, BASS, STRINGS):
        up = moved(up, program, 1)
    given = [Candidate(song()), Candidate(up)]
    assert choose(given, Controls(key=Key(0, "major")))[0].index == 0
    assert choose(given, Controls(key=Key(1, "major")))[0].index == 1


def test_silence_that_copies_nothing_goes_before_the_best_piece_that_is_copied() -> None:
    wrong = replace(hear(song()), key=Key(6, "minor"), valence=-1.0, arousal=-1.0, density=7)
    copied = Candidate(song(), copied_notes=13, allowed_notes=12)
    ranked = choose([copied, Candidate(SILENT)], wrong)
    assert [one.index for one in ranked] == [1, 0]


def test_no_piece_that_copies_nothing_can_be_as_bad_as_copying() -> None:
    wrong = Controls(
        key=Key(6, "minor"), valence=-1.0, arousal=-1.0, density=7, polyphony=7, programs=(0,)
    )
    (worst,) = choose([Candidate(SILENT)], wrong)
    assert worst.penalty < COPIED


def test_a_run_as_long_as_chance_allows_costs_nothing() -> None:
    (at, beyond, far) = (
        choose([Candidate(song(), copied_notes=notes, allowed_notes=12)], Controls())[0]
        for notes in (12, 13, 40)
    )
    assert at.parts["copied"] == 0.0
    assert COPIED <= beyond.parts["copied"] < far.parts["copied"]


def test_the_parts_sum_to_the_penalty_and_are_fit_for_a_report() -> None:
    (found,) = choose([Candidate(looped(song()), 9, 3)], hear(song()))
    assert found.penalty == pytest.approx(sum(found.parts.values()))
    assert json.loads(json.dumps(found.parts)) == found.parts
    asked = {name.removeprefix("asked.") for name in found.parts if name.startswith("asked.")}
    assert asked == WEIGHTS.keys() - {"sanity"}


@pytest.mark.parametrize("score", [song().at_resolution(FINE), replace(SILENT, bars=0)])
def test_what_cannot_be_judged_is_no_candidate(score: Score) -> None:
    with pytest.raises(ValueError, match="12 ticks a quarter and at least one bar"):
        Candidate(score)


def test_notes_are_counted_from_nothing() -> None:
    for counts in ((-1, 0), (0, -1)):
        with pytest.raises(ValueError, match="counted from 0"):
            Candidate(song(), *counts)


def test_of_otherwise_equal_pieces_the_one_to_the_listeners_taste_is_taken() -> None:
    plain, liked = Candidate(song()), Candidate(song())
    for given in ([plain, liked], [liked, plain]):
        ranked = choose(given, hear(song()), lambda score: 0.5 * (score is liked.score))
        assert ranked[0].candidate is liked
        assert [one.parts["taste"] for one in ranked] == [-TASTE / 4, TASTE / 4]
    assert "taste" not in choose([plain], Controls())[0].parts


def test_no_taste_outweighs_copying_or_more_than_a_few_steps() -> None:
    copied, silent = Candidate(song(), copied_notes=13, allowed_notes=12), Candidate(SILENT)
    wrong = replace(hear(song()), key=Key(6, "minor"), valence=-1.0, arousal=-1.0, density=7)
    ranked = choose([copied, silent], wrong, lambda score: 1e9 * (score is copied.score))
    assert [one.index for one in ranked] == [1, 0]
    assert [one.parts["taste"] for one in ranked] == [MOST_TASTE, -MOST_TASTE]


def test_beside_a_taste_what_was_asked_and_what_is_sound_weigh_more() -> None:
    asked = replace(hear(song()), density=7)
    (plain,) = choose([Candidate(SILENT)], asked)
    (heeded,) = choose([Candidate(SILENT)], asked, lambda score: 0.0)
    factors = {"asked": ASKED_BESIDE_TASTE, "sanity": SANE_BESIDE_TASTE}
    for name, value in plain.parts.items():
        assert heeded.parts[name] == pytest.approx(factors.get(name.split(".")[0], 1.0) * value)
    assert any(value for name, value in plain.parts.items() if name.startswith("sanity."))
    assert plain.parts["asked.density"] > 0
