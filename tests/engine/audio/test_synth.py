"""What FluidSynth plays: audible, as long as the music, and the same every time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.audio import synth as synth_module
from engine.audio.pcm import SAMPLE_RATE_HZ, Pcm
from engine.audio.performance import Performance, Strike
from engine.audio.production import BOOTH, BRUSH, HALL, KIT_NAMES, PLATE, STANDARD, TR_808
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import BLOCK_FRAMES, TAIL_S, Place, Preset, Synth
from engine.errors import CancelledError, SoundfontError, ToolError
from engine.score.model import DRUMS
from tests.engine.audio.test_soundfont import WHOLE

PLACE = Place(STANDARD, 40, 0)


def ignore(share: float) -> None:
    """Nobody listens."""


def play(
    synth: Synth,
    program: int,
    *strikes: Strike,
    place: Place = PLACE,
    pedal: tuple[tuple[float, float], ...] = (),
    on_progress: Callable[[float], None] = ignore,
) -> Pcm:
    return synth.play(program, Performance(strikes, pedal), place, PLATE, on_progress)


def scale(bars: int = 1) -> tuple[Strike, ...]:
    return tuple(Strike(i / 2, i / 2 + 0.45, 60 + i % 8, 90) for i in range(4 * bars))


def level(pcm: Pcm, start_s: float, end_s: float) -> float:
    return float(np.abs(pcm[int(start_s * SAMPLE_RATE_HZ) : int(end_s * SAMPLE_RATE_HZ)]).max())


def test_a_scale_sounds_for_its_length_and_ends_in_silence(synth: Synth) -> None:
    pcm = play(synth, 48, *scale())  # strings ring long
    assert pcm.dtype == np.float32
    assert pcm.shape[1] == 2
    assert np.abs(pcm).max() > 0.02
    assert 1.95 < len(pcm) / SAMPLE_RATE_HZ <= 2 + TAIL_S + 0.01
    assert np.abs(pcm[-BLOCK_FRAMES:]).max() < 1e-4


def test_the_same_performance_gives_the_same_samples_whatever_came_before(synth: Synth) -> None:
    first = play(synth, 0, *scale())
    play(synth, 19, *scale())
    assert np.array_equal(first, play(synth, 0, *scale()))
    with Synth(find_soundfont(os.environ)) as other:
        assert np.array_equal(first, play(other, 0, *scale()))


def test_a_note_begins_when_it_is_struck(synth: Synth) -> None:
    pcm = play(synth, 0, Strike(1.234, 1.5, 60, 100))
    heard = np.flatnonzero(np.abs(pcm).max(axis=1) > 1e-3)
    assert heard[0] / SAMPLE_RATE_HZ == pytest.approx(1.234, abs=0.01)


def test_every_program_is_audible(synth: Synth) -> None:
    note = Strike(0.0, 1.0, 52, 90)  # in every range
    silent = [p for p in range(128) if np.abs(play(synth, p, note)).max() < 1e-3]
    assert silent == []


def test_the_default_soundfont_has_every_kit_and_each_sounds_its_own_way(synth: Synth) -> None:
    hits = (Strike(0.0, 0.1, 36, 100), Strike(0.5, 0.6, 38, 100))
    heard = {kit: play(synth, DRUMS, *hits, place=PLACE._replace(kit=kit)) for kit in KIT_NAMES}
    assert {kit: synth.preset(DRUMS, kit) for kit in KIT_NAMES} == {
        kit: Preset(128, kit) for kit in KIT_NAMES
    }
    assert all(np.abs(pcm).max() > 0.01 for pcm in heard.values())
    assert not np.array_equal(heard[BRUSH][:20_000], heard[TR_808][:20_000])
    assert not np.array_equal(heard[BRUSH][:20_000], heard[STANDARD][:20_000])


def test_the_pedal_lets_a_note_ring_until_it_comes_up(synth: Synth) -> None:
    note = Strike(0.0, 0.2, 60, 100)
    dry = play(synth, 0, note, Strike(3.0, 3.1, 100, 1))
    held = play(synth, 0, note, Strike(3.0, 3.1, 100, 1), pedal=((0.1, 2.0),))
    assert level(held, 1.5, 2.0) > 4 * level(dry, 1.5, 2.0)
    assert level(held, 2.8, 3.0) < 0.2 * level(held, 1.8, 2.0)


def test_a_larger_room_rings_longer_and_louder(synth: Synth) -> None:
    booth, hall = (
        synth.play(73, Performance(scale()), PLACE, space, ignore) for space in (BOOTH, HALL)
    )
    assert level(hall, 2.5, 2.8) > 5 * level(booth, 2.5, 2.6)


def test_progress_goes_from_start_to_end(synth: Synth) -> None:
    shares: list[float] = []
    play(synth, 0, *scale(4), on_progress=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > 8


def test_a_listener_can_cancel_and_the_next_piece_is_unharmed(synth: Synth) -> None:
    before = play(synth, 0, *scale())

    def stop(share: float) -> None:
        if share > 0.2:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        play(synth, 48, *scale(4), on_progress=stop)
    assert np.array_equal(before, play(synth, 0, *scale()))


def test_nothing_struck_is_nothing_heard(synth: Synth) -> None:
    assert play(synth, 0).shape == (0, 2)


def test_a_soundfont_that_is_deleted_while_running_is_one_sentence_and_comes_back(
    tmp_path: Path,
) -> None:
    file, away = tmp_path / "mine.sf2", tmp_path / "away.sf2"
    shutil.copy(find_soundfont(os.environ), file)
    with Synth(file) as synth:
        before = play(synth, 0, *scale())
        file.rename(away)
        with pytest.raises(SoundfontError, match=r"mine\.sf2 cannot be read \(No such file"):
            play(synth, 19, *scale())
        away.rename(file)
        assert np.array_equal(before, play(synth, 0, *scale()))


def test_a_soundfont_with_nothing_inside_is_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hollow = tmp_path / "hollow.sf2"
    hollow.write_bytes(WHOLE)
    with pytest.raises(SoundfontError, match="cannot load"):
        Synth(hollow)
    assert capfd.readouterr() == ("", "")


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
        play(closed, 0, *scale())


def test_nothing_is_printed_even_under_ci() -> None:
    """pyfluidsynth prints to stdout where CI is set, and libfluidsynth warns on stderr."""
    program = (
        "from engine.audio.synth import Synth;"
        "from engine.audio.soundfont import find_soundfont;"
        "from tests.engine.audio.test_synth import play, scale;"
        "play(Synth(find_soundfont({})), 0, *scale())"
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
