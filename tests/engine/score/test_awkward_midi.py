"""Files from everywhere: each is understood as a person would, or refused with one sentence."""

from __future__ import annotations

import pytest

from engine.errors import BadMidiError
from engine.score.midi import read_midi, read_midi_file
from engine.score.model import DRUMS, Note
from tests.midi import make

BANDS = (*range(0, 80, 5), DRUMS)

# Notes, programs, bars and meters as a person would count them.
UNDERSTOOD = {
    "format_0.mid": (8, (0, 40), 2, "4/4"),
    "format_1.mid": (6, (24,), 2, "3/4"),
    "format_2.mid": (8, (0, 40), 1, "4/4"),
    "running_status.mid": (8, (0,), 2, "4/4"),
    "velocity_0_releases.mid": (4, (0,), 1, "4/4"),
    "overlapping_pitch.mid": (2, (0,), 1, "4/4"),
    "same_note_twice.mid": (8, (0,), 1, "4/4"),
    "no_length.mid": (4, (0,), 2, "4/4"),
    "no_end_of_track.mid": (4, (0,), 1, "4/4"),
    "never_released.mid": (4, (0,), 1, "4/4"),
    "no_tempo_no_meter.mid": (4, (0,), 1, "4/4"),
    "late_meter.mid": (9, (0,), 3, "4/4 3/4"),
    "meter_inside_bar.mid": (12, (0,), 4, "4/4 3/4"),
    "strange_meters.mid": (16, (0,), 885, "5/16 21/8 1/64 4/1099511627776"),
    "rubato.mid": (32, (0,), 8, "4/4"),
    "tempo_twice.mid": (4, (0,), 1, "4/4"),
    "impossible_key.mid": (4, (0,), 1, "4/4"),
    "japanese_title.mid": (4, (0,), 1, "4/4"),
    "sysex_and_controllers.mid": (4, (0,), 1, "4/4"),
    "program_change_midway.mid": (8, (0, 40), 2, "4/4"),
    "one_program_two_tracks.mid": (6, (0,), 1, "4/4"),
    "seventeen_programs.mid": (68, BANDS, 1, "4/4"),
    "drums_alone.mid": (16, (DRUMS,), 1, "4/4"),
    "triplets_and_sixteenths.mid": (14, (0,), 1, "4/4"),
    "hundred_ticks.mid": (12, (0,), 1, "4/4"),
    "one_tick.mid": (8, (0,), 2, "4/4"),
    "finest_ticks.mid": (4, (0,), 1, "4/4"),
    "long_silence.mid": (18, (0,), 45, "4/4"),
    "stuck_note.mid": (161, (0,), 40, "4/4"),
    "highest_and_lowest.mid": (2, (0,), 1, "4/4"),
    "junk_behind.mid": (4, (0,), 1, "4/4"),
    "wrapped_in_riff.mid": (4, (0,), 1, "4/4"),
    "spoilt_key_bytes.mid": (4, (0,), 1, "4/4"),
}

REASONS = {
    "empty.mid": "not a MIDI file",
    "text.mid": "not a MIDI file",
    "sound.mid": "not a MIDI file",
    "no_notes.mid": "holds no notes",
    "no_tracks.mid": "damaged",
    "cut_off.mid": "breaks off",
    "film_time.mid": "SMPTE",
    "no_division.mid": "bars and beats",
    "broken_running_status.mid": "damaged",
    "high_data_byte.mid": "data byte must be in range 0..127",
    "years_long.mid": "lasts for hours",
    "a_bar_a_tick.mid": "lasts for hours",
}


def test_the_folder_holds_what_its_script_makes() -> None:
    files = {**make.READABLE, **make.REFUSED}
    assert {path.name for path in make.FOLDER.glob("*.mid")} == set(files)
    for name, made in files.items():
        assert (make.FOLDER / name).read_bytes() == made(), name
    assert (make.FOLDER / "README.md").read_text(encoding="utf-8") == make.read_me()


def test_every_file_is_judged_here() -> None:
    assert UNDERSTOOD.keys() == make.READABLE.keys()
    assert REASONS.keys() == make.REFUSED.keys()


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_awkward_files_are_understood(name: str) -> None:
    score = read_midi_file(make.FOLDER / name)
    meters = " ".join(meter.name for meter in score.meters)
    assert (len(score.notes), score.programs, score.bars, meters) == UNDERSTOOD[name]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_the_bars_of_awkward_files_cover_their_notes(name: str) -> None:
    score = read_midi_file(make.FOLDER / name)
    assert score.bars_end >= score.end


@pytest.mark.parametrize("name", REASONS)
def test_what_cannot_be_used_is_refused_in_one_sentence(name: str) -> None:
    path = make.FOLDER / name
    with pytest.raises(BadMidiError, match=REASONS[name]) as refusal:
        read_midi_file(path)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_first_press_of_a_key_is_released_first() -> None:
    first, second = read_midi(make.overlapping_pitch()).notes
    assert first == Note(0, 0, 60, 2 * make.Q, 80)
    assert second == Note(make.Q, 0, 60, 2 * make.Q, 100)


def test_notes_without_length_last_one_tick() -> None:
    assert {note.duration for note in read_midi(make.no_length()).notes} == {1}


def test_the_later_of_two_tempi_at_one_tick_is_meant() -> None:
    (tempo,) = read_midi(make.tempo_twice()).tempos
    assert tempo.bpm == pytest.approx(150.0)


def test_defaults_are_those_of_the_format() -> None:
    score = read_midi(make.no_tempo_no_meter())
    assert score.tempos[0].bpm == 120.0
    assert score.meters[0].name == "4/4"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(BadMidiError, match=r"nowhere\.mid cannot be read: No such file"):
        read_midi_file(make.FOLDER / "nowhere.mid")
