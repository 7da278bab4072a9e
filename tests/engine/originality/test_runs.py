import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.originality.runs import (
    LONGEST_TICKS,
    MIN_KINDS,
    STEPS,
    Lines,
    NGrams,
    known_runs,
    lines_of,
    ngrams,
    score_lines,
)
from engine.score.model import DRUMS, Score
from engine.score.units import FINE
from tests.engine.originality.tunes import random_tune, tune_score
from tests.engine.score.any_score import grid_scores


def hashes(score: Score) -> list[int]:
    return list(ngrams(score_lines(score)).hashes.tolist())


TUNE = random_tune(1, 30)
PLAIN = tune_score(TUNE)


@given(grid_scores())
def test_a_line_is_the_highest_note_of_every_onset(score: Score) -> None:
    highest: dict[tuple[int, int], int] = {}
    for note in score.notes:
        if note.program != DRUMS:
            place = note.program, note.start
            highest[place] = max(note.pitch, highest.get(place, 0))
    lines = score_lines(score)
    found = zip(lines.voice.tolist(), lines.onset.tolist(), lines.pitch.tolist(), strict=True)
    assert list(found) == [(*place, pitch) for place, pitch in sorted(highest.items())]


FEW_KINDS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([6, 12, 100]), st.sampled_from([60, 62, 65])),
    max_size=60,
)


@given(FEW_KINDS)
def test_ngrams_are_alike_where_their_steps_are_and_the_poor_ones_are_left_out(
    played: list[tuple[int, int, int]],
) -> None:
    voice, wait, pitch = np.array(played, dtype=np.int64).reshape(-1, 3).T
    lines = lines_of(np.sort(voice), np.cumsum(wait), pitch)
    expected = {}
    for first in range(len(lines.pitch) - STEPS):
        at = slice(first, first + STEPS + 1)
        rises = np.diff(lines.pitch[at]).tolist()
        waits = np.minimum(np.diff(lines.onset[at]), LONGEST_TICKS).tolist()
        kinds = {(rise, rise and wait) for rise, wait in zip(rises, waits, strict=True)}
        if len(set(lines.voice[at].tolist())) == 1 and len(kinds) >= MIN_KINDS:
            expected[first] = (*rises, *waits)
    grams = ngrams(lines)
    assert grams.first.tolist() == list(expected)
    by_hash = dict(zip(grams.hashes.tolist(), expected.values(), strict=True))
    assert [by_hash[hash_] for hash_ in grams.hashes.tolist()] == list(expected.values())
    assert len(set(by_hash.values())) == len(by_hash)


def test_key_loudness_instrument_company_and_resolution_are_not_in_an_ngram() -> None:
    assert len(hashes(PLAIN)) == len(TUNE) - STEPS
    assert hashes(tune_score(TUNE, up=5)) == hashes(PLAIN)
    assert hashes(tune_score(TUNE, up=-12, program=73, velocity=30)) == hashes(PLAIN)
    assert hashes(PLAIN.at_resolution(FINE)) == hashes(PLAIN)
    company = tune_score(TUNE, (32, random_tune(2, 40)))
    assert hashes(company)[: len(hashes(PLAIN))] == hashes(PLAIN)


def test_pitch_and_rhythm_are_in_an_ngram() -> None:
    slower = [(2 * onset, pitch) for onset, pitch in TUNE]
    mirrored = [(onset, 120 - pitch) for onset, pitch in TUNE]
    for changed in (slower, mirrored):
        assert not set(hashes(tune_score(changed))) & set(hashes(PLAIN))


def test_a_hash_is_the_same_on_every_machine() -> None:
    """The shipped index depends on it; a change here needs another RECIPE and a new file."""
    assert hashes(PLAIN)[0] == 17334792314880097763


@pytest.mark.parametrize(
    "pitches",
    [
        [60],
        [60, 62],
        [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62],
        [60, 67, 64, 67],
        [48, 52, 55, 60],
    ],
    ids=["repeated note", "trill", "scale", "Alberti bass", "arpeggio"],
)
def test_what_everybody_plays_has_no_ngrams(pitches: list[int]) -> None:
    tune = [(6 * beat, pitches[beat % len(pitches)]) for beat in range(64)]
    assert hashes(tune_score(tune)) == []


def test_one_note_in_any_rhythm_has_no_ngrams() -> None:
    assert hashes(tune_score([(onset, 60) for onset, _ in TUNE])) == []


def runs_of(judged: str, known: str, passage: str = "", same: int = 100) -> list[tuple[int, ...]]:
    """Runs of n-grams one note apart, as (notes, first, last); every ``same``-th is alike."""
    count = len(judged)
    grams = NGrams(
        np.arange(count, dtype=np.uint64) % np.uint64(same),
        np.arange(count),
        np.array([int(digit) for digit in passage or "0" * count], dtype=np.int64),
    )
    flags = [np.array([mark == "x" for mark in marks], dtype=np.bool_) for marks in (judged, known)]
    runs = known_runs(grams, *flags)
    return list(zip(runs.notes.tolist(), runs.first.tolist(), runs.last.tolist(), strict=True))


def test_a_run_goes_from_the_first_known_ngram_to_the_last() -> None:
    assert runs_of("xxxxx", ".xxx.") == [(STEPS + 3, 1, 3 + STEPS)]
    assert runs_of("xxxxxxx", "xx.xxxx") == [(STEPS + 2, 0, 1 + STEPS), (STEPS + 4, 3, 6 + STEPS)]
    assert runs_of("x..x.x", "x..x.x") == [(STEPS + 6, 0, 5 + STEPS)]


def test_one_known_ngram_alone_is_chance() -> None:
    assert runs_of("xxxxx", "x.x.x") == []
    assert runs_of("", "") == []


def test_a_run_ends_with_the_passage() -> None:
    assert runs_of("xxxxx", "xxxxx", "00111") == [
        (STEPS + 2, 0, 1 + STEPS),
        (STEPS + 3, 2, 4 + STEPS),
    ]


def test_a_riff_counts_once_however_often_it_is_played() -> None:
    assert runs_of("x" * 40, "x" * 40, same=6) == [(STEPS + 6, 0, 39 + STEPS)]


def test_passages_part_where_ngrams_share_no_note_and_between_voices() -> None:
    monotone = [(onset + 2000, 60) for onset, _ in random_tune(3, 2 * STEPS)]
    parted = [*TUNE, *monotone, *random_tune(4, 20, onset=5000)]
    assert set(ngrams(score_lines(tune_score(parted))).passage.tolist()) == {0, 1}
    voices = tune_score(TUNE, (5, random_tune(4, 20)))
    assert set(ngrams(score_lines(voices)).passage.tolist()) == {0, 1}


def test_lines_too_short_for_an_ngram_have_none() -> None:
    empty = np.zeros(0, dtype=np.int64)
    assert len(ngrams(Lines(empty, empty, empty)).hashes) == 0
    assert hashes(tune_score(TUNE[:STEPS])) == []
