"""A second opinion: MidiTok reads the files that we write, and hears the same notes."""

from __future__ import annotations

import pytest
import symusic
from miditok import REMI, TokenizerConfig

from engine.score.midi import write_midi
from engine.score.model import DRUMS, Score
from engine.score.units import GRID
from engine.tokens.decode import decode
from engine.tokens.encode import encode
from engine.tokens.quantise import quantise
from tests.engine.score.pieces import BASS, STRINGS, chord, hits, melody, piece, two_bars
from tests.golden.write import meters_and_triplets

Onsets = set[tuple[int, int, int]]

SCORES = {
    "two bars of a band": two_bars(),
    "meters and triplets": meters_and_triplets(),
    "a waltz": piece(
        [*melody(range(60, 69)), *chord(0, (36,), 36, BASS), *chord(36, (43,), 36, BASS)],
        bars=3,
        meter=(3, 4),
        bpm=160,
    ),
    "six eight": piece(melody(range(60, 72), ticks=6, program=STRINGS), bars=2, meter=(6, 8)),
    "sextuplets": piece(melody(range(60, 84), ticks=2)),
    "drums": piece([*hits(range(0, 96, 6)), *hits(range(0, 96, 24), 36)], bars=2),
    "eight parts": piece(
        [note for i in range(8) for note in melody([60 + i] * 4, program=i * 8)], bpm=90
    ),
}


@pytest.fixture(scope="module")
def remi() -> REMI:
    return REMI(
        TokenizerConfig(
            pitch_range=(0, 127),
            beat_res={(0, 12): GRID},
            use_programs=True,
            use_tempos=True,
            use_time_signatures=True,
            time_signature_range={8: [3, 6, 7, 9, 12], 4: [1, 2, 3, 4, 5, 6]},
        )
    )


def heard_by_miditok(remi: REMI, data: bytes) -> Onsets:
    decoded = remi.decode(remi.encode(symusic.Score.from_midi(data)))
    return {
        (note.time * GRID // decoded.ticks_per_quarter, track.program, note.pitch)
        if not track.is_drum
        else (note.time * GRID // decoded.ticks_per_quarter, DRUMS, note.pitch)
        for track in decoded.tracks
        for note in track.notes
    }


def heard_by_us(score: Score) -> Onsets:
    tokens = [token for bar in encode(quantise(score)[0]) for token in bar]
    return {(note.start, note.program, note.pitch) for note in decode(tokens).notes}


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES.keys())
def test_both_hear_the_same_notes(remi: REMI, score: Score) -> None:
    onsets = {(note.start, note.program, note.pitch) for note in score.notes}
    assert heard_by_us(score) == onsets
    assert heard_by_miditok(remi, write_midi(score)) == onsets
