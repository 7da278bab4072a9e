"""What FluidSynth plays: audible, as long as the music, and the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.audio import synth as synth_module
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import BLOCK_FRAMES, SAMPLE_RATE_HZ, TAIL_S, Synth
from engine.errors import BadInputError, CancelledError, SoundfontError, ToolError
from engine.score.model import DRUMS, Note, Score, Tempo
from tests.engine.audio.pieces import QUARTER, band, piece, scale


def seconds(pcm: np.ndarray) -> float:
    return len(pcm) / SAMPLE_RATE_HZ


def test_a_band_is_heard_on_both_sides_for_the_length_of_the_music(synth: Synth) -> None:
    pcm = synth.render(band())
    assert pcm.dtype == np.float32
    assert pcm.shape[1] == 2
    assert np.abs(pcm).max(axis=0).min() > 0.02
    assert band().seconds < seconds(pcm) <= band().seconds + TAIL_S + 0.01


def test_the_end_is_silent(synth: Synth) -> None:
    pcm = synth.render(scale(48))  # strings ring long
    assert np.abs(pcm[-BLOCK_FRAMES:]).max() < 1e-4


def test_the_same_score_gives_the_same_samples_whatever_came_before(synth: Synth) -> None:
    first = synth.render(band())
    synth.render(scale(19))
    assert np.array_equal(first, synth.render(band()))


def test_another_synth_gives_the_same_samples(synth: Synth) -> None:
    with Synth(find_soundfont(os.environ)) as other:
        assert np.array_equal(other.render(band()), synth.render(band()))


def test_thirty_instruments_each_have_their_sound(synth: Synth) -> None:
    """General MIDI has 15 melodic channels; the sixteenth instrument must not replace one."""
    programs = range(0, 120, 4)
    notes = [Note(0, program, 60, 4 * QUARTER, 80) for program in programs]
    together = synth.render(piece(notes))
    for left_out in (notes[0], notes[15], notes[29]):
        without = synth.render(piece([note for note in notes if note != left_out]))
        frames = min(len(together), len(without))
        assert np.abs(together[:frames] - without[:frames]).max() > 1e-3


def test_drums_alone_are_heard(synth: Synth) -> None:
    hits = [Note(i * QUARTER, DRUMS, 38, 1, 100) for i in range(8)]
    assert np.abs(synth.render(piece(hits))).max() > 0.02


def test_every_program_is_audible(synth: Synth) -> None:
    notes = (Note(0, program, 52, 2 * QUARTER, 90) for program in range(128))  # in every range
    silent = [note.program for note in notes if np.abs(synth.render(piece([note]))).max() < 1e-3]
    assert silent == []


def test_tempo_changes_move_what_follows(synth: Synth) -> None:
    late = Note(8 * QUARTER, 0, 60, QUARTER, 100)
    steady = piece([late], bars=3, bpm=120)
    slowed = Score(
        steady.resolution,
        steady.bars,
        steady.notes,
        (Tempo(0, 120.0), Tempo(4 * QUARTER, 60.0)),
        steady.meters,
    )
    for score, starts_s in ((steady, 4.0), (slowed, 6.0)):
        heard = np.flatnonzero(np.abs(synth.render(score)).max(axis=1) > 1e-3)
        assert heard[0] / SAMPLE_RATE_HZ == pytest.approx(starts_s, abs=0.02)


def test_a_key_struck_again_while_it_sounds_lives_its_full_length(synth: Synth) -> None:
    """The end of the first note used to release the key that the second had struck."""
    organ = [Note(0, 19, 60, 2 * QUARTER, 90), Note(QUARTER, 19, 60, 6 * QUARTER, 90)]
    pcm = synth.render(piece(organ))
    third_second = pcm[int(2.5 * SAMPLE_RATE_HZ) : 3 * SAMPLE_RATE_HZ]
    assert np.abs(third_second).max() > 0.02


def test_a_key_struck_twice_at_once_sounds_as_long_as_the_longer(synth: Synth) -> None:
    organ = [Note(0, 19, 60, 1, 90), Note(0, 19, 60, 4 * QUARTER, 60)]
    pcm = synth.render(piece(organ))
    assert np.abs(pcm[int(1.5 * SAMPLE_RATE_HZ) : 2 * SAMPLE_RATE_HZ]).max() > 0.01


def test_progress_goes_from_start_to_end(synth: Synth) -> None:
    shares: list[float] = []
    synth.render(scale(0, bars=8), shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert len(shares) > 8


def test_a_listener_can_cancel_and_the_next_piece_is_unharmed(synth: Synth) -> None:
    before = synth.render(band())

    def stop(share: float) -> None:
        if share > 0.2:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        synth.render(scale(48, bars=8), stop)
    assert np.array_equal(before, synth.render(band()))


def test_nothing_to_hear_is_said_so(synth: Synth) -> None:
    with pytest.raises(BadInputError, match="nothing to hear"):
        synth.render(piece([]))


def test_a_piece_of_hours_is_refused(synth: Synth) -> None:
    with pytest.raises(BadInputError, match="lasts 33 minutes; at most 15"):
        synth.render(piece([Note(4000 * QUARTER - 1, 0, 60, 1, 90)]))


def test_a_file_with_only_the_header_of_a_soundfont_is_refused(tmp_path: Path) -> None:
    hollow = tmp_path / "hollow.sf2"
    hollow.write_bytes(b"RIFF" + (4).to_bytes(4, "little") + b"sfbk")
    with pytest.raises(SoundfontError, match="cannot load"):
        Synth(hollow)


def test_without_fluidsynth_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)  # import now raises ImportError
    synth_module._load_library.cache_clear()
    with pytest.raises(ToolError, match="apt-get install libfluidsynth3"):
        synth_module._load_library()


def test_a_closed_synth_says_so() -> None:
    closed = Synth(find_soundfont(os.environ))
    closed.close()
    closed.close()
    with pytest.raises(ValueError, match="closed"):
        closed.render(scale(0))


def test_nothing_is_printed_even_under_ci() -> None:
    """pyfluidsynth prints to stdout where CI is set, and libfluidsynth warns on stderr."""
    program = (
        "import os; from engine.audio.synth import Synth;"
        "from engine.audio.soundfont import find_soundfont;"
        "from tests.engine.audio.pieces import band;"
        "Synth(find_soundfont({})).render(band())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "CI": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert "fluidsynth: " not in done.stderr
