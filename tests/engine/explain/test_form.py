from __future__ import annotations

from dataclasses import replace

import pytest

from engine.explain.analysis import analyse
from engine.explain.form import Section, letter
from engine.explain.words import form_words
from engine.score.model import Score
from tests.engine.explain.songs import BRIDGE, FLUTE, VERSE, Bars, band, cadence, joined
from tests.engine.score.pieces import hits, piece

BLUES = (
    ("C", (72, 75, 77, 78, 79, 77, 75, 72)), ("F", (72, 72, 75, 72, 77, 72, 75, 72)),
    ("C", (79, 79, 76, 72, 79, 79, 76, 72)), ("C", (72,) * 8),
    ("F", (84, 81, 77, 75, 72, 75, 77, 81)), ("F", (77, 77, 75, 75, 72, 72, 69, 69)),
    ("C", (76, 76, 79, 79, 82, 82, 79, 79)), ("C", (72, 67, 72, 67, 72, 67, 72, 67)),
    ("G7", (79, 83, 86, 83, 79, 83, 86, 89)), ("F", (84, 82, 81, 79, 77, 75, 74, 72)),
    ("C", (72, 73, 74, 75, 76, 77, 78, 79)), ("G7", (79, 78, 77, 76, 75, 74, 73, 72)),
)  # fmt: skip


def form(score: Score) -> str:
    return " ".join(section.name or "-" for section in analyse(score).form)


def with_new_tune(bars: Bars) -> Bars:
    """The same chords under a tune that is turned upside down."""
    return [(name, tuple(140 - pitch for pitch in tune)) for name, tune in bars]


def test_a_song_form_is_found() -> None:
    assert form(band(VERSE + VERSE + BRIDGE + VERSE)) == "A A B A"
    assert form(band(VERSE + BRIDGE + VERSE + BRIDGE)) == "A B A B"


def test_an_opening_and_a_close_stand_apart() -> None:
    opening = (("G", (55,) * 8), ("G7", (53,) * 8), ("G", (50,) * 8))
    song = analyse(band((*opening, *VERSE, *VERSE, *BRIDGE, *VERSE, *opening))).form
    assert [section.name for section in song] == ["", "A", "A", "B", "A", ""]
    assert [section.first_bar for section in song] == [1, 4, 12, 20, 28, 36]


def test_a_blues_has_twelve_bars() -> None:
    sections = analyse(band(BLUES * 3)).form
    assert [(section.name, section.bars) for section in sections] == [("A", 12)] * 3


def test_the_same_harmony_under_another_tune_is_a_variation() -> None:
    assert form(band((*VERSE, *BRIDGE, *with_new_tune(VERSE)))) == "A B A'"


def test_a_transposed_phrase_is_no_return() -> None:
    assert form(joined(band(VERSE), band(VERSE), band(VERSE, up=2))) == "A A B"


@pytest.mark.parametrize("bars", [1, 7, 8, 9, 15, 16, 17, 31, 33, 50])
def test_sections_cover_every_bar_once(bars: int) -> None:
    song = (VERSE + BRIDGE) * 4
    sections = analyse(band(song[:bars])).form
    covered = [bar for one in sections for bar in range(one.first_bar, one.last_bar + 1)]
    assert covered == list(range(1, bars + 1))


def test_drums_alone_have_a_form_too() -> None:
    beat = hits([start + tick for start in range(0, 16 * 48, 48) for tick in (0, 12, 24, 36)])
    assert form(piece(beat, bars=16)) == "A A A A"


def test_the_words_say_what_returns_and_where() -> None:
    aaba = analyse(band(VERSE + VERSE + BRIDGE + VERSE)).form
    assert form_words(aaba) == (
        "It is built of phrases of 8 bars, A A B A: A is repeated, B is new in bar 17 and A "
        "returns in bar 25."
    )
    opening = (("G", (55,) * 8), ("G7", (53,) * 8), ("G", (50,) * 8))
    framed = analyse(band((*opening, *VERSE, *with_new_tune(VERSE), *BRIDGE, *opening))).form
    assert form_words(framed) == (
        "After an opening of 3 bars it is built of phrases of 8 bars, A A' B, and a close of 3 "
        "bars: A is repeated with changes, B is new in bar 20 and A does not come back."
    )
    loop = analyse(band(cadence(*("C", "F", "G7", "C") * 4), tune=False)).form
    assert "unchanged" in form_words(loop)
    assert form_words(analyse(band(VERSE[:4])).form) == "It is too short to speak of a form."
    assert form_words(analyse(band(VERSE + BRIDGE)).form) == (
        "No phrase of 8 bars returns: it goes on to something new each time."
    )


def test_a_form_does_not_hang_on_the_order_of_tracks() -> None:
    song = band(VERSE + VERSE + BRIDGE + VERSE)
    other = replace(
        song,
        notes=tuple(
            sorted(n._replace(program=75) if n.program == FLUTE else n for n in song.notes)
        ),
    )
    assert form(song) == form(other)


def test_letters_never_run_out() -> None:
    assert [letter(index) for index in (0, 25, 26, 51, 52)] == ["A", "Z", "A2", "Z2", "A3"]
    assert Section("A", True, 3, 4).name == "A'"
    assert Section("A", True, 3, 4).last_bar == 6
