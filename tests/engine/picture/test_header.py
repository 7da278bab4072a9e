"""Title, facts and legend keep to their lines."""

from __future__ import annotations

from engine.picture.draw_header import legend_of, prominent
from engine.picture.lettering import printable, shortened, width
from engine.score.model import DRUMS, Note
from tests.engine.picture.scores import band, piece


def shown(programs: tuple[int, ...]) -> list[int]:
    return [program for row in legend_of(programs).rows for program in row]


def test_a_band_is_named_in_everyday_words_with_the_drums_last() -> None:
    legend = legend_of(prominent(band()))
    assert [legend.names[program] for program in shown(prominent(band()))] == [
        "Piano",
        "Upright bass",
        "Drums",
    ]
    assert legend.more == ""


def test_instruments_that_share_an_everyday_name_are_named_exactly() -> None:
    assert legend_of((24, 25, 33)).names == {24: "Nylon Guitar", 25: "Steel Guitar", 33: "Bass"}


def test_sixty_four_instruments_take_two_rows_and_say_how_many_are_left() -> None:
    programs = tuple(range(0, 128, 2))
    legend = legend_of(programs)
    assert len(legend.rows) <= 2
    assert legend.more == f"+ {64 - len(shown(programs))} more"
    assert len(shown(programs)) >= 6
    assert legend.height < 240


def test_those_that_play_most_are_named() -> None:
    notes = [Note(i, program, 60, 1, 90) for program in range(0, 126, 2) for i in range(3)]
    score = piece([*notes, *(Note(i, 127, 60, 1, 90) for i in range(9))])
    assert 127 in shown(prominent(score))


def test_silence_has_no_legend() -> None:
    assert legend_of(()).rows == ()


def test_the_drums_count_as_an_instrument() -> None:
    assert prominent(piece([Note(0, DRUMS, 38, 1, 90)])) == (DRUMS,)


def test_a_long_title_ends_in_an_ellipsis_and_fits() -> None:
    line = shortened("a very long title " * 20, 56, 1000)
    assert line.endswith("…")
    assert 900 < width(line, 56) <= 1000
    assert shortened("short", 56, 1000) == "short"


def test_what_the_font_lacks_is_written_without_it() -> None:
    assert printable("C# major · 4/4 · 90 BPM") == "C# major · 4/4 · 90 BPM"
    assert printable("Été à Škofja") == "Ete a Skofja"
    assert printable("\u97f3\u697d for two \U0001f3b7\ufe0f") == "? for two ?"
    assert printable("\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440") == "?"
    assert printable("a\n\tb\u200d\x00c") == "a bc"
    assert printable("a \u97f3 \u697d b") == "a ? b"
