"""Every instrument is heard at the level of its role, and refusals are sentences."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audio.loudness import loudness_lufs
from engine.audio.mix import MAX_GAIN_DB, ROLE_LUFS, instruments, mix
from engine.audio.production import ORCHESTRA, PRODUCTIONS, STANDARD, STUDIO
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Preset, Synth
from engine.errors import BadInputError, CancelledError
from engine.score.model import DRUMS, Note, Score, Tempo
from tests.engine.audio.pieces import QUARTER, band, piece


def ignore(share: float) -> None:
    """Nobody listens."""


def test_instruments_stand_at_the_loudness_of_their_roles(synth: Synth) -> None:
    for channel, sound in instruments(band(), synth, STUDIO, ignore):
        assert channel.gain_db is not None
        assert abs(channel.gain_db) < MAX_GAIN_DB
        assert loudness_lufs(sound) == pytest.approx(ROLE_LUFS[channel.role], abs=0.3)


def test_a_genre_moves_its_rhythm_section(synth: Synth) -> None:
    for genre, role in (("reggae", "bass"), ("hiphop", "drums")):
        production = PRODUCTIONS[genre]
        moved = {"bass": production.bass_db, "drums": production.drums_db}[role]
        assert moved > 0
        levels = {
            c.role: loudness_lufs(s) for c, s in instruments(band(), synth, production, ignore)
        }
        assert levels[role] == pytest.approx(ROLE_LUFS[role] + moved, abs=0.3)


def test_the_mix_is_the_sum_of_its_instruments_and_knows_the_loudest_of_all(synth: Synth) -> None:
    mixed = mix(band(), synth, STUDIO, ignore)
    total = np.zeros_like(mixed.pcm)
    for _, sound in instruments(band(), synth, STUDIO, ignore):
        total[: len(sound)] += sound
        assert (mixed.loudest[: len(sound)] >= np.abs(sound).max(axis=1)).all()
    assert np.array_equal(total, mixed.pcm)
    assert (mixed.loudest >= np.abs(mixed.pcm).max(axis=1)).all()


def test_an_instrument_is_on_its_side_of_the_stage(synth: Synth) -> None:
    notes = [Note(i * QUARTER, p, 60 + i, QUARTER, 90) for i in range(8) for p in (40, 60)]
    sounds = {c.program: s for c, s in instruments(piece(notes), synth, STUDIO, ignore)}
    energy = {program: (sound**2).sum(axis=0) for program, sound in sounds.items()}
    assert energy[40][0] > 1.5 * energy[40][1]  # violins left
    assert energy[60][1] > 1.5 * energy[60][0]  # horns right


def test_a_band_of_a_kind_shares_its_level(synth: Synth) -> None:
    """Four of a role are each 3 dB softer than one would be."""
    chords = [Note(0, p, 60 + i, 8 * QUARTER, 80) for p in (24, 25, 26, 27) for i in (0, 4, 7)]
    tune = [Note(i * QUARTER, 73, 76 + i % 5, QUARTER, 90) for i in range(8)]
    heard = list(instruments(piece([*chords, *tune]), synth, STUDIO, ignore))
    assert [channel.role for channel, _ in heard].count(heard[0][0].role) == 4
    for channel, sound in heard[:4]:
        assert loudness_lufs(sound) == pytest.approx(ROLE_LUFS[channel.role] - 3, abs=0.3)


@pytest.mark.parametrize(("key", "same"), [(42, True), (47, True), (51, True), (36, False)])
def test_the_orchestra_has_no_timpani_where_the_band_has_hi_hats(
    synth: Synth, key: int, same: bool
) -> None:
    """Keys of hi-hats, toms and rides are timpani and cymbals in the orchestral kit."""
    hits = piece([Note(i * 12, DRUMS, key, 3, 90) for i in range(8)])
    heard = [
        next(instruments(hits, synth, replace(STUDIO, kit=kit), ignore))[1]
        for kit in (ORCHESTRA, STANDARD)
    ]
    assert np.array_equal(*heard) == same


def test_lofi_has_no_treble(synth: Synth) -> None:
    hits = piece([Note(i * 6, DRUMS, 42, 3, 90) for i in range(16)])

    def treble(genre: str) -> float:
        ((_, sound),) = instruments(hits, synth, PRODUCTIONS[genre], ignore)
        spectrum = np.abs(np.fft.rfft(sound[:, 0], 2**18)) ** 2
        return float(spectrum[int(9000 / 44_100 * 2**18) :].sum() / spectrum.sum())

    assert treble("lofi") < 0.3 * treble("soul")


def test_64_instruments_are_all_heard(synth: Synth) -> None:
    programs = range(0, 128, 2)
    notes = [Note(i % 4 * QUARTER, p, 60, QUARTER, 90) for i, p in enumerate(programs)]
    mixed = mix(piece(notes), synth, STUDIO, ignore)
    assert [channel.program for channel in mixed.channels] == list(programs)
    assert np.abs(mixed.pcm).max() > 0.05


def test_one_note_is_a_piece(synth: Synth) -> None:
    mixed = mix(piece([Note(0, 0, 60, QUARTER, 90)], bars=1), synth, STUDIO, ignore)
    assert np.abs(mixed.pcm).max() > 0.02


def test_progress_goes_on_over_all_instruments(synth: Synth) -> None:
    shares: list[float] = []
    mix(band(), synth, STUDIO, shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_a_listener_can_cancel_between_instruments(synth: Synth) -> None:
    def stop(share: float) -> None:
        if share > 0.5:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        mix(band(), synth, STUDIO, stop)


def test_nothing_to_hear_is_said_so(synth: Synth) -> None:
    with pytest.raises(BadInputError, match="nothing to hear"):
        mix(piece([]), synth, STUDIO, ignore)


def test_a_piece_of_half_an_hour_is_refused(synth: Synth) -> None:
    with pytest.raises(BadInputError, match="lasts 30:00 minutes; at most 15"):
        mix(piece([Note(3600 * QUARTER - 1, 0, 60, 1, 90)]), synth, STUDIO, ignore)


def test_what_the_soundfont_cannot_sound_is_left_out_and_said(synth: Synth) -> None:
    """FluidSynth's guard against denormals was once turned up to a click at full scale."""
    silent = [Note(0, 0, 127, QUARTER, 90)]
    flute = [Note(i * QUARTER, 73, 72 + i % 5, QUARTER, 90) for i in range(8)]
    channels = mix(piece([*silent, *flute]), synth, STUDIO, ignore).channels
    piano, flute_channel = channels
    assert flute_channel.remark is None
    assert piano.gain_db is None
    assert piano.remark == (
        "the Acoustic Grand Piano cannot be heard: "
        "the soundfont FluidR3_GM is silent at its pitches"
    )
    with pytest.raises(BadInputError, match="nothing to hear: the soundfont FluidR3_GM is silent"):
        mix(piece(silent), synth, STUDIO, ignore)


def test_the_softest_note_is_heard(synth: Synth) -> None:
    assert np.abs(mix(piece([Note(0, 0, 60, QUARTER, 1)]), synth, STUDIO, ignore).pcm).max() > 1e-5


def test_thousands_of_tempo_changes_take_no_longer(synth: Synth) -> None:
    """They were once walked through for each of themselves: 3,000 took half a minute."""
    tempos = tuple(Tempo(tick, 60.0 + tick % 90) for tick in range(20_000))
    notes = [Note(i * QUARTER, 73, 72 + i % 5, QUARTER, 90) for i in range(8)]
    plain = piece(notes, bars=600)
    mapped = replace(plain, tempos=tempos)
    assert np.abs(mix(mapped, synth, STUDIO, ignore).pcm).max() > 0.01


class NoKit(Synth):
    """A soundfont without drums, as one's own piano usually is."""

    def preset_name(self, preset: Preset) -> str | None:
        return None if preset.bank == 128 else super().preset_name(preset)


def test_a_soundfont_without_drums_plays_the_rest_and_says_so() -> None:
    path = find_soundfont(os.environ)
    with NoKit(path) as synth:
        mixed = mix(band(), synth, STUDIO, ignore)
    assert mixed.channels[-1].remark == (
        f"the standard kit cannot be heard: the soundfont {path.stem} lacks it"
    )
    assert np.abs(mixed.pcm).max() > 0.05


class PianoAlone(Synth):
    """A soundfont with a grand piano and nothing else."""

    def preset_name(self, preset: Preset) -> str | None:
        return super().preset_name(preset) if preset in ((0, 0), (128, 0)) else None


def test_a_soundfont_without_the_instrument_plays_its_next_of_kin_and_says_so() -> None:
    score: Score = piece([Note(0, 6, 60, QUARTER, 90), Note(0, 40, 60, QUARTER, 90)])
    path: Path = find_soundfont(os.environ)
    with PianoAlone(path) as synth:
        remarks = [channel.remark for channel in mix(score, synth, STUDIO, ignore).channels]
    assert remarks == [
        f"the soundfont {path.stem} has no Harpsichord; Yamaha Grand Piano plays its part",
        f"the soundfont {path.stem} has no Violin; Yamaha Grand Piano plays its part",
    ]
