"""The MIDI border: what we write we read again, and bad bytes raise one error only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadMidiError
from engine.score.midi import read_midi, write_midi
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from tests.engine.score.any_score import file_scores, wild_scores
from tests.engine.score.pieces import chord, hits, melody, piece, two_bars

SMALL = write_midi(two_bars())


@given(file_scores())
def test_what_is_written_is_read_again(score: Score) -> None:
    read = read_midi(write_midi(score))
    assert read.resolution == score.resolution
    assert read.notes == score.notes
    assert read.meters == score.meters
    assert read.bars_end >= read.end
    assert [tempo.tick for tempo in read.tempos] == [tempo.tick for tempo in score.tempos]
    for mine, its in zip(score.tempos, read.tempos, strict=True):
        assert its.bpm == pytest.approx(mine.bpm, rel=1e-5)  # microseconds a quarter are whole


@given(file_scores(), st.text(max_size=20))
def test_one_score_has_one_file(score: Score, title: str) -> None:
    assert write_midi(score, title=title) == write_midi(score, title=title)


@given(wild_scores().filter(lambda score: score.notes and score.tempos[0].bpm >= 4))
def test_any_score_can_be_written_and_keeps_its_onsets(score: Score) -> None:
    slow = tuple(tempo for tempo in score.tempos if tempo.bpm >= 4)
    read = read_midi(write_midi(replace(score, tempos=slow)))
    onsets = sorted(note[:3] for note in score.notes)
    assert sorted(note[:3] for note in read.notes) == onsets


@pytest.mark.parametrize("title", ["jazz calm", "Für Elise", "夜想曲", "🎵"])
def test_a_title_may_be_in_any_script(title: str) -> None:
    """A title outside Latin-1 once broke the writing of the whole piece."""
    data = write_midi(two_bars(), title=title)
    assert title.encode() in data
    assert read_midi(data).notes == read_midi(SMALL).notes


def test_each_instrument_has_a_track_with_its_name() -> None:
    data = write_midi(two_bars())
    for name in (b"Acoustic Grand Piano", b"Acoustic Bass", b"Drums"):
        assert name in data
    assert data.count(b"MTrk") == 4


def test_seventeen_programs_come_back_as_seventeen() -> None:
    programs = (*range(0, 128, 8), DRUMS)
    score = piece([Note(0, program, 60, 12, 80) for program in programs])
    assert read_midi(write_midi(score)).programs == programs


def test_drums_come_back_as_drums_and_not_as_a_piano() -> None:
    score = piece([*hits((0, 12, 24)), *melody((60,))])
    assert read_midi(write_midi(score)).notes == score.notes


def test_a_chord_comes_back_as_notes_at_once() -> None:
    score = piece(chord(0, (60, 64, 67, 71), 48))
    assert read_midi(write_midi(score)).notes == score.notes


def test_all_meter_changes_come_back() -> None:
    score = replace(
        piece(melody([60] * 14)),
        bars=4,
        meters=(Meter(0, 4, 4), Meter(48, 6, 8), Meter(84, 7, 8), Meter(126, 12, 8)),
    )
    assert read_midi(write_midi(score)).meters == score.meters


def test_a_tempo_change_moves_time_as_in_the_score() -> None:
    score = replace(piece(melody([60] * 4)), tempos=(Tempo(0, 60.0), Tempo(24, 120.0)))
    assert read_midi(write_midi(score)).seconds == pytest.approx(3.0)


def test_a_file_cut_anywhere_is_refused() -> None:
    for length in range(len(SMALL)):
        with pytest.raises(BadMidiError):
            read_midi(SMALL[:length])


def read_or_refuse(data: bytes) -> None:
    """Any other error than BadMidiError, or a score that is not whole, fails the test."""
    with suppress(BadMidiError):
        score = read_midi(data)
        assert score.bars_end >= score.end


@given(st.data())
def test_a_spoilt_file_is_read_or_refused(data: st.DataObject) -> None:
    spoilt = bytearray(SMALL)
    for place in data.draw(st.lists(st.integers(0, len(SMALL) - 1), min_size=1, max_size=4)):
        spoilt[place] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(spoilt))


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_header_are_read_or_refused(body: bytes) -> None:
    read_or_refuse(SMALL[:14] + body)


def test_a_file_of_many_megabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadMidiError, match="larger than 16 MiB"):
        read_midi(SMALL + bytes(16 * 2**20))


def test_the_refusal_names_the_file() -> None:
    with pytest.raises(BadMidiError, match=r"^song\.mid is not a MIDI file"):
        read_midi(b"hello", name="song.mid")
