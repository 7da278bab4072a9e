"""What is heard in excerpts small enough to be checked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from engine.evaluation.features import FEATURES, NOTES_ALONE, describe
from engine.score.model import Note, Score, Tempo
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import (
    BASS,
    HAT,
    KICK,
    PIANO,
    SNARE,
    STRINGS,
    chord,
    hits,
    melody,
    piece,
)

BAR = 48


def heard(score: Score) -> dict[str, float]:
    return dict(zip(FEATURES, describe(score).tolist(), strict=True))


def slots(features: dict[str, float], stem: str) -> dict[int, float]:
    """The slots of a bar in which something begins, and in which share of the bars."""
    return {i: share for i in range(16) if (share := features[f"{stem}_{i}"])}


def every_bar(*ticks: int, bars: int = 4) -> list[int]:
    return [bar * BAR + tick for bar in range(bars) for tick in ticks]


def band() -> Score:
    """Four bars of a small band in C."""
    tune = melody((60, 64, 67, 72, 71, 67, 65, 62, 60, 65, 69, 72, 67, 62, 59, 60))
    return piece(
        [
            *tune,
            *chord(0, (48, 52, 55), 96, STRINGS),
            *chord(96, (48, 53, 57), 48, STRINGS),
            *chord(144, (47, 50, 55), 48, STRINGS),
            *(Note(tick, BASS, 36, 12, 92) for tick in every_bar(0, 24)),
            *hits(every_bar(0, 24), KICK),
        ],
        bars=4,
    )


def test_every_place_has_one_name() -> None:
    assert len(describe(band())) == len(FEATURES) == len(NOTES_ALONE) == len(set(FEATURES))


@settings(max_examples=40)
@given(grid_scores())
def test_whatever_is_played_the_features_are_finite(score: Score) -> None:
    if score.bars:
        assert np.isfinite(describe(score)).all()


@pytest.mark.parametrize("notes", [[], hits(every_bar(0, 24), KICK), melody([60])])
def test_silence_drums_alone_and_one_note_can_be_described(notes: list[Note]) -> None:
    assert np.isfinite(describe(piece(notes, bars=4))).all()


def test_no_bars_or_another_resolution_cannot_be_described() -> None:
    with pytest.raises(ValueError, match="bars"):
        describe(piece([], bars=0))
    with pytest.raises(ValueError, match="ticks"):
        describe(band().at_resolution(24))


def test_notes_alone_know_neither_instruments_nor_tempo() -> None:
    """A trio played by others, twice as fast: only what is kept apart may change."""
    there = band()
    others = {PIANO: 73, STRINGS: 80, BASS: 58}
    notes = [n._replace(program=others.get(n.program, n.program)) for n in there.notes]
    changed = replace(there, notes=tuple(sorted(notes)), tempos=(Tempo(0, 240.0),))
    before, after = describe(there), describe(changed)
    assert after[NOTES_ALONE] == pytest.approx(before[NOTES_ALONE])
    moved = {FEATURES[i] for i in np.flatnonzero(~np.isclose(before, after))}
    assert {name.partition(".")[0] for name in moved} == {"instruments", "tempo"}
    assert {"instruments.share_bass", "tempo.octaves_above_120_bpm"} <= moved


def test_transposing_moves_registers_and_nothing_else() -> None:
    there = band()
    notes = [n if n.program == 128 else n._replace(pitch=n.pitch + 5) for n in there.notes]
    moved = describe(replace(there, notes=tuple(notes))) - describe(there)
    registers = {
        *(f"pitch.percentile_{percent}" for percent in (5, 25, 50, 75, 95)),
        *("pitch.mean", "pitch.low_line", "pitch.high_line", "bass.mean"),
    }
    for name, change in zip(FEATURES, moved, strict=True):
        assert change == pytest.approx(5.0 if name in registers else 0.0), name


def test_a_rock_beat_is_seen_where_it_is_played() -> None:
    features = heard(
        piece(
            [
                *hits(every_bar(0, 24), KICK),
                *hits(every_bar(12, 36), SNARE),
                *hits(every_bar(*range(0, BAR, 6)), HAT),
            ],
            bars=4,
        )
    )
    assert slots(features, "drums.kick") == {0: 1.0, 8: 1.0}
    assert slots(features, "drums.snare") == {4: 1.0, 12: 1.0}
    assert slots(features, "drums.hat") == dict.fromkeys(range(0, 16, 2), 1.0)
    assert slots(features, "drums.ride") == {}
    assert features["drums.repeated_bars"] == 1.0
    assert features["drums.share_kick"] == pytest.approx(2 / 12)


def test_a_beat_of_every_other_bar_counts_half() -> None:
    features = heard(piece(hits([0, 2 * BAR], KICK), bars=4))
    assert slots(features, "drums.kick") == {0: 0.5}


@pytest.mark.parametrize(("off_beat", "swing"), [(8, 1.0), (6, 0.0)])
def test_swung_eighths_are_told_from_straight_ones(off_beat: int, swing: float) -> None:
    ticks = [tick for beat in range(0, BAR, 12) for tick in (beat, beat + off_beat)]
    features = heard(piece([Note(tick, PIANO, 60, 4, 80) for tick in ticks]))
    assert features["rhythm.at_swing"] == swing
    assert features["rhythm.at_0"] == 0.5


def test_a_note_held_over_the_beat_is_a_syncopation() -> None:
    straight = [Note(tick, PIANO, 60, 12, 80) for tick in every_bar(0, 12, 24, 36)]
    pushed = [Note(tick, PIANO, 60, 12, 80) for tick in every_bar(6, 18, 30, 42)]
    assert heard(piece(straight, bars=5))["rhythm.held_over_the_beat"] == 0.0
    assert heard(piece(pushed, bars=5))["rhythm.held_over_the_beat"] == 1.0


@pytest.mark.parametrize(
    ("intervals", "quality"),
    [((0, 7), "5"), ((0, 4, 7, 10), "7"), ((0, 3, 7), "m"), ((0, 4, 7, 11), "M7")],
)
def test_chords_are_known_by_their_quality(intervals: tuple[int, ...], quality: str) -> None:
    notes = [n for bar in range(4) for n in chord(bar * BAR, [43 + i for i in intervals], BAR)]
    features = heard(piece(notes, bars=4))
    assert features[f"chords.quality_{quality}"] == 1.0
    assert features["chords.bass_on_root"] == 1.0


def test_a_bass_that_walks_is_told_from_one_that_stands() -> None:
    walk = [Note(12 * i, BASS, p, 12, 90) for i, p in enumerate((36, 38, 40, 41, 43, 41, 40, 38))]
    stand = [Note(12 * i, BASS, 36, 12, 90) for i in range(8)]
    assert heard(piece(walk, bars=2))["bass.walking"] == pytest.approx(7 / 8)
    assert heard(piece(stand, bars=2))["bass.walking"] == 0.0
    assert heard(piece(stand, bars=2))["bass.moves_unison"] == 1.0


def test_the_bass_is_the_lowest_voice_whatever_sounds_above() -> None:
    features = heard(piece([Note(0, BASS, 36, 48, 90), *melody((60, 62, 64, 65))]))
    assert slots(features, "bass.slot") == {0: 1.0}
    assert features["pitch.low_line"] == 36.0


def test_articulation_is_how_much_of_the_way_to_the_next_note_is_held() -> None:
    def tune(ticks: int) -> dict[str, float]:
        return heard(piece([n._replace(duration=ticks) for n in melody((60, 62, 64, 65))]))

    assert tune(3)["lengths.legato"] == pytest.approx(0.25)
    assert tune(3)["lengths.staccato"] == 1.0
    assert tune(12)["lengths.legato"] == pytest.approx(1.0)
    assert tune(18)["lengths.overlapping"] == 1.0


def test_notes_outside_the_scale_are_chromatic() -> None:
    scale = heard(piece(melody((60, 64, 67, 72, 67, 65, 64, 62, 60, 59, 60, 60)), bars=3))
    bent = heard(piece(melody((60, 64, 67, 72, 67, 66, 64, 63, 60, 61, 60, 60)), bars=3))
    assert scale["pitch.outside_scale"] == pytest.approx(0.0)
    assert bent["pitch.outside_scale"] == pytest.approx(3 / 12)


def test_bars_repeat_when_nothing_in_them_changes() -> None:
    same = melody((60, 62, 64, 65) * 4)
    other = melody((60, 62, 64, 65, 65, 64, 62, 60))
    assert heard(piece(same, bars=4))["rhythm.repeated_bars"] == 1.0
    assert heard(piece(other, bars=2))["rhythm.repeated_bars"] == 0.0
    assert heard(piece(other, bars=2))["rhythm.repeated_rhythms"] == 1.0


def test_loudness_is_seen_in_the_steps_of_the_tokens() -> None:
    """A finished piece has its velocities loosened by a few; that is no more shades."""
    plain = [n._replace(velocity=84) for n in melody((60, 62, 64, 65))]
    loose = [n._replace(velocity=80 + i) for i, n in enumerate(plain)]
    assert heard(piece(loose))["loudness.values"] == heard(piece(plain))["loudness.values"] == 1.0
