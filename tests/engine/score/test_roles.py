from __future__ import annotations

from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.roles import roles_of

TUNE = (67, 69, 71, 72, 71, 69, 67, 64)
ROOTS = (48, 45, 41, 43)
BARS = 4


def score(*notes: Note, resolution: int = 12) -> Score:
    return Score(resolution, BARS, tuple(sorted(notes)), (Tempo(0, 100.0),), (Meter(0, 4, 4),))


def tune(program: int, shift: int = 0, bars: range = range(BARS)) -> list[Note]:
    """Eighths that move by step."""
    return [
        Note(48 * bar + 6 * i, program, pitch + shift, 6, 90)
        for bar in bars
        for i, pitch in enumerate(TUNE)
    ]


def chords(program: int, ticks: int = 12, shift: int = 12) -> list[Note]:
    """Triads, each as long as said, the bar full of them."""
    return [
        Note(48 * bar + start, program, ROOTS[bar] + shift + step, ticks, 70)
        for bar in range(BARS)
        for start in range(0, 48, ticks)
        for step in (0, 4, 7)
    ]


def bass(program: int) -> list[Note]:
    return [
        Note(48 * bar + start, program, ROOTS[bar] - 12, 24, 80)
        for bar in range(BARS)
        for start in (0, 24)
    ]


def hits(program: int = DRUMS) -> list[Note]:
    return [Note(start, program, 36, 3, 90) for start in range(0, 48 * BARS, 12)]


def test_a_band_is_told_apart_whatever_its_instruments_are_called() -> None:
    band = score(*tune(33), *chords(73), *bass(40), *hits())
    assert roles_of(band) == {33: "melody", 40: "bass", 73: "chords", DRUMS: "drums"}


def test_the_resolution_changes_nothing() -> None:
    band = score(*tune(33), *chords(73), *bass(40), *hits())
    assert roles_of(band.at_resolution(480)) == roles_of(band)


def test_long_chords_are_a_pad() -> None:
    assert roles_of(score(*tune(73), *chords(48, ticks=48)))[48] == "pad"
    assert roles_of(score(*tune(73), *chords(48, ticks=12)))[48] == "chords"


def test_a_line_beside_the_melody_is_a_counter_melody() -> None:
    duet = score(*tune(73), *tune(71, shift=-3), *chords(0))
    assert roles_of(duet) == {0: "chords", 71: "counter", 73: "melody"}


def test_lines_that_take_turns_share_the_melody() -> None:
    duet = score(*tune(73, bars=range(2)), *tune(71, bars=range(2, 4)), *chords(0))
    assert roles_of(duet) == {0: "chords", 71: "melody", 73: "melody"}


def test_a_lone_instrument_has_the_melody_however_low_and_thick_it_is() -> None:
    assert roles_of(score(*bass(42))) == {42: "melody"}
    assert roles_of(score(*chords(0, shift=0))) == {0: "melody"}


def test_there_is_one_bass_at_most() -> None:
    roles = roles_of(score(*tune(73), *bass(32), *bass(38)))
    assert list(roles.values()).count("bass") == 1


def test_a_low_part_of_thick_chords_is_no_bass() -> None:
    assert roles_of(score(*tune(73), *chords(0, shift=0)))[0] == "chords"


def test_percussion_without_pitch_keeps_company_with_the_drums() -> None:
    assert roles_of(score(*tune(73), *hits(116)))[116] == "drums"
    assert roles_of(score(*hits(), *hits(115))) == {115: "drums", DRUMS: "drums"}


def test_silence_has_no_roles() -> None:
    assert roles_of(score()) == {}
