from __future__ import annotations

from engine.explain.chords import chords_by_half, half_edges
from engine.score.model import Score
from engine.score.theory import chord_name
from tests.engine.explain.songs import BRIDGE, VERSE, band, cadence
from tests.engine.score.pieces import chord, hits, melody, piece


def names(score: Score) -> list[str | None]:
    return [one and chord_name(one.root, one.quality) for one in chords_by_half(score)]


def test_a_band_is_heard_as_it_was_written_though_the_tune_has_passing_notes() -> None:
    bars = VERSE + BRIDGE
    assert names(band(bars)) == [name for name, _ in bars for _ in range(2)]


def test_a_tune_on_a_strange_note_does_not_change_the_chord_under_it() -> None:
    assert set(names(band([("C", (69,) * 8), ("C", (74,) * 8)]))) == {"C"}


def test_all_twelve_keys_are_heard_alike() -> None:
    original = chords_by_half(band(VERSE))
    for up in range(-5, 7):
        for ours, theirs in zip(original, chords_by_half(band(VERSE, up=up)), strict=True):
            assert ours is not None
            assert theirs is not None
            assert ((ours.root + up) % 12, ours.quality) == (theirs.root, theirs.quality)


def test_a_chord_may_change_on_the_half_bar() -> None:
    notes = [*chord(0, (48, 52, 55, 60), 24), *chord(24, (43, 50, 55, 59), 24)]
    assert names(piece(notes)) == ["C", "G"]


def test_fifths_alone_are_power_chords_until_somebody_sounds_the_third() -> None:
    riff = cadence("D5", "D5", "G5", "A5")
    assert set(names(band(riff))) == {"D5", "G5", "A5"}
    sung = [(name, (78, 78, 78, 78)) if name == "D5" else (name, ()) for name, _ in riff]
    assert names(band(sung))[:2] == ["D", "D"]


def test_a_tune_alone_has_harmony() -> None:
    assert names(piece(melody((60, 64, 67, 64)))) == ["C", "C"]


def test_silence_has_no_chord() -> None:
    assert names(piece(chord(0, (60, 64, 67), 48), bars=2)) == ["C", "C", None, None]
    assert names(piece(hits(range(0, 48, 12)))) == [None, None]


def test_there_are_two_halves_to_every_bar_of_any_meter() -> None:
    for meter in ((2, 4), (3, 4), (5, 4), (6, 8), (7, 8)):
        score = piece(chord(0, (60, 64, 67), 12), bars=3, meter=meter)
        assert len(half_edges(score)) == 7
        assert len(chords_by_half(score)) == 6
