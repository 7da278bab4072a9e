"""Each defect is mended and counted; what is sound stays; what teaches nothing is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.corpus.clean import (
    LONGEST_TICKS,
    MAX_NOTES_A_BAR,
    MIN_NOTES,
    UnusablePieceError,
    clean,
)
from engine.corpus.triple import sounds_triple
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.theory import METERS
from engine.tokens.quantise import quantise
from engine.tokens.spec import tempo_bpm
from tests.engine.corpus.tunes import in_three, march, waltz_in_four
from tests.engine.score.any_score import wild_scores
from tests.engine.score.pieces import BASS, melody, piece

SOUND = quantise(march())[0]


def with_notes(*more: Note) -> Score:
    return replace(SOUND, notes=tuple(sorted([*SOUND.notes, *more])))


def mended(score: Score) -> tuple[Score, dict[str, int]]:
    """The clean score and what was found wrong, without the zeros."""
    score, counts = clean(score)
    return score, {what: count for what, count in counts.items() if count}


def test_a_sound_piece_stays_as_it_is() -> None:
    assert mended(SOUND) == (SOUND, {})


def test_two_notes_at_one_place_become_the_longer_and_louder_one() -> None:
    twin = replace(
        SOUND,
        notes=tuple(sorted([*SOUND.notes, SOUND.notes[0]._replace(duration=3, velocity=124)])),
    )
    score, counts = mended(twin)
    assert counts == {"doubled": 1}
    assert len(score.notes) == len(SOUND.notes)
    first = next(n for n in score.notes if n[:3] == SOUND.notes[0][:3])
    assert (first.duration, first.velocity) == (SOUND.notes[0].duration, 124)


def test_the_same_pitch_in_two_instruments_is_no_double() -> None:
    guest = SOUND.notes[0]._replace(program=60)
    assert mended(with_notes(guest))[1] == {}


def test_a_stuck_note_is_let_go_after_sixteen_quarters() -> None:
    score, counts = mended(with_notes(Note(0, 60, 90, 384, 84)))
    assert counts == {"stuck": 1}
    assert next(n for n in score.notes if n.program == 60).duration == LONGEST_TICKS


def test_a_note_stuck_past_its_own_repetition_ends_there() -> None:
    score, counts = mended(with_notes(Note(0, 60, 90, 384, 84), Note(96, 60, 90, 12, 84)))
    assert counts == {"stuck": 1}
    assert [n.duration for n in score.notes if n.program == 60] == [96, 12]


def test_a_pitch_never_sounds_twice_at_once() -> None:
    score, _ = clean(with_notes(Note(0, 60, 90, 48, 84), Note(19, 60, 90, 48, 84)))
    # 19 ticks have no token; the note before ends within them.
    assert [n.duration for n in score.notes if n.program == 60] == [18, 48]


def test_silence_at_the_ends_is_cut_off() -> None:
    late = tuple(note._replace(start=note.start + 5 * 48) for note in SOUND.notes)
    score, counts = mended(replace(SOUND, notes=late, bars=SOUND.bars + 12))
    assert counts == {"silent bars": 12}
    assert score == SOUND


def test_of_a_long_silence_one_bar_is_left() -> None:
    # Eight bars of music, ten of silence, eight of music.
    late = tuple(
        note._replace(start=note.start + 480) if note.start >= 8 * 48 else note
        for note in SOUND.notes
    )
    score, counts = mended(replace(SOUND, notes=late, bars=SOUND.bars + 10))
    assert counts == {"silent bars": 9}
    assert score.bars == SOUND.bars + 1
    assert [n.start for n in score.notes if n.start >= 9 * 48] == [
        n.start + 48 for n in SOUND.notes if n.start >= 8 * 48
    ]


def test_a_bar_into_which_a_note_rings_is_not_silent() -> None:
    # The last note of the first half rings for two more bars; the third bar is silent.
    late = [n._replace(start=n.start + 144) if n.start >= 8 * 48 else n for n in SOUND.notes]
    ringing = [*late, Note(8 * 48 - 12, 60, 90, 108, 84)]
    score, counts = mended(replace(SOUND, notes=tuple(sorted(ringing)), bars=SOUND.bars + 3))
    assert counts == {}
    assert score.bars == SOUND.bars + 3


def test_meters_and_tempi_move_with_the_music_when_silence_is_cut() -> None:
    # Silence in 4/4 for four bars, then the march, faster and in 2/4.
    late = tuple(note._replace(start=note.start + 4 * 48) for note in SOUND.notes)
    score = replace(
        SOUND,
        notes=late,
        bars=4 + 32,
        meters=(Meter(0, 4, 4), Meter(192, 2, 4)),
        tempos=(Tempo(0, tempo_bpm(40)), Tempo(192, tempo_bpm(60))),
    )
    found, _ = mended(score)
    assert found.meters == (Meter(0, 2, 4),)
    assert found.tempos == (Tempo(0, tempo_bpm(60)),)
    assert found.notes == SOUND.notes


def test_hundreds_of_tempo_events_become_a_steady_tempo() -> None:
    wobble = tuple(Tempo(4 * i, 120.0 + 3 * (i % 2)) for i in range(192))
    score, counts = mended(replace(SOUND, tempos=wobble))
    assert counts == {"tempo events": 191}
    assert len(score.tempos) == 1
    assert score.seconds == pytest.approx(replace(SOUND, tempos=wobble).seconds, rel=0.02)


def test_a_slow_down_over_many_bars_is_kept_a_step_a_bar() -> None:
    slowing = tuple(Tempo(12 * i, 160.0 - i) for i in range(64))
    before = replace(SOUND, tempos=slowing)
    score, counts = mended(before)
    assert counts["tempo events"] > 40
    lines = {bar.start for bar in score.iter_bars()}
    assert {tempo.tick for tempo in score.tempos} <= lines
    bpms = [tempo.bpm for tempo in score.tempos]
    assert bpms == sorted(bpms, reverse=True)
    assert score.seconds == pytest.approx(before.seconds, rel=0.03)


def test_a_real_change_of_tempo_stays() -> None:
    score = replace(SOUND, tempos=(Tempo(0, tempo_bpm(40)), Tempo(384, tempo_bpm(70))))
    assert mended(score) == (score, {})


def test_a_waltz_that_says_four_is_written_in_three() -> None:
    score, counts = mended(waltz_in_four())
    assert counts == {"wrong meter": 1}
    assert score.meters == (Meter(0, 3, 4),)
    assert score.bars == 32
    assert score.notes == quantise(waltz_in_four())[0].notes


def test_a_waltz_that_says_three_stays() -> None:
    assert mended(in_three(quantise(waltz_in_four())[0]))[1] == {}


def test_a_meter_that_someone_chose_is_believed() -> None:
    chosen = replace(waltz_in_four(), meters=(Meter(0, 4, 4), Meter(4 * 48, 2, 4)), bars=44)
    assert "wrong meter" not in mended(quantise(chosen)[0])[1]


def test_a_march_does_not_waltz_and_a_few_bars_cannot_tell() -> None:
    assert sounds_triple(waltz_in_four())
    assert not sounds_triple(march())
    assert not sounds_triple(waltz_in_four(36))
    assert not sounds_triple(piece(melody([60] * 64), bars=16))


def test_too_few_notes_are_refused() -> None:
    with pytest.raises(UnusablePieceError, match=f"fewer than {MIN_NOTES} notes"):
        clean(piece(melody([60] * 15, ticks=24), bars=8))


def test_too_few_bars_are_refused() -> None:
    with pytest.raises(UnusablePieceError, match="fewer than 4 bars"):
        clean(piece(melody([60] * 16, ticks=9), bars=3))


def test_bars_that_are_only_silence_do_not_count() -> None:
    with pytest.raises(UnusablePieceError, match="fewer than 4 bars"):
        clean(piece(melody([60] * 16, ticks=9), bars=11))


def test_a_black_piece_is_refused() -> None:
    cluster = [
        Note(tick, program, pitch, 1, 84)
        for tick in range(0, 192, 12)
        for program in (0, 1)
        for pitch in range(20, 60)
    ]
    assert len(cluster) > 4 * MAX_NOTES_A_BAR
    with pytest.raises(UnusablePieceError, match=f"more than {MAX_NOTES_A_BAR} notes a bar"):
        clean(piece(cluster, bars=4))


@given(wild_scores(), st.integers(0, 11))
def test_what_is_clean_is_sound_and_stays_clean(score: Score, lift: int) -> None:
    pitched = [note for note in SOUND.notes if note.program != DRUMS]
    tune = [note._replace(pitch=note.pitch + lift, program=BASS + 1) for note in pitched]
    grid = quantise(score)[0]
    whole = quantise(
        replace(grid, notes=tuple(sorted([*grid.notes, *tune])), bars=grid.bars + SOUND.bars)
    )[0]
    found, _ = clean(whole)
    assert quantise(found)[0] == found
    assert {meter[1:] for meter in found.meters} <= set(METERS)
    again, counts = clean(found)
    assert again == found
    assert not +counts
