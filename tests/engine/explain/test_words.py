from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import BadMidiError
from engine.explain.analysis import analyse
from engine.explain.pace import is_compound, italian, meter_words
from engine.explain.parts import note_name
from engine.explain.words import chart, explain, paragraph
from engine.request.lexicon.tempo import ITALIAN
from engine.score.midi import read_midi_file
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.theory import METERS
from tests.engine.explain.songs import BRIDGE, VERSE, band, cadence, joined
from tests.engine.score.pieces import chord, hits, melody, piece

AWKWARD = sorted((Path(__file__).parents[2] / "midi").glob("*.mid"))


def test_a_song_is_told_in_plain_words() -> None:
    assert paragraph(analyse(band(VERSE + VERSE + BRIDGE + VERSE))) == (
        "The piece has 32 bars and lasts 1:04. It is in 4/4 (four beats to the bar) at 120 "
        "quarter notes a minute, allegro. The key is clearly C major. It rests mostly on C (I), "
        "G7 (V7), F (IV) and Am (vi). It is built of phrases of 8 bars, A A B A: A is "
        "repeated, B is new in bar 17 and A returns in bar 25. The flute (F4 to C6) has the "
        "melody; the acoustic grand piano (C3 to F4) plays the chords; and the acoustic bass "
        "(C2 to A2) is the bass. The rhythm is moderate, and the sound is full, "
        "five or so notes at once."
    )


def test_the_chart_has_four_bars_a_line_and_numerals_under_them() -> None:
    assert chart(analyse(band(VERSE))).splitlines() == [
        "1 | C  | Am | F  | G7 |",
        "  | I  | vi | IV | V7 |",
        "5 | C  | Dm | G7 | C  |",
        "  | I  | ii | V7 | I  |",
    ]


def test_a_chord_on_the_half_bar_and_a_silent_one_are_in_the_chart() -> None:
    notes = [*chord(0, (43, 50, 55, 59), 24), *chord(24, (48, 52, 55, 60), 24)]
    assert chart(analyse(piece(notes, bars=2))).splitlines() == [
        "1 | G C  | N.C. |",
        "  | V I  | –    |",
    ]


def test_the_json_is_plain_and_has_what_its_docstring_names() -> None:
    found = json.loads(json.dumps(analyse(band(VERSE + BRIDGE)).to_json()))
    text = type(analyse(band(VERSE))).to_json.__doc__ or ""
    assert all(f"``{name}``" in text for name in found)
    assert found["key"]["name"] == "C major"
    assert found["chords"][0] == {"bar": 1, "half": 1, "name": "C", "numeral": "I"}
    assert found["parts"][0]["lowest"] == "F4"
    assert found["tempo"]["italian"] == "allegro"
    assert [one["section"] for one in found["form"]] == ["A", "B"]


@pytest.mark.parametrize("file", AWKWARD, ids=lambda path: path.stem)
def test_whatever_can_be_read_can_be_explained(file: Path) -> None:
    try:
        score = read_midi_file(file)
    except BadMidiError:
        return  # refused with a reason, which the tests of the reader look at
    analysis = analyse(score)
    text = explain(analysis)
    assert text.startswith("The piece has ")
    assert "nan" not in text
    assert "None" not in text
    assert paragraph(analysis).count(". ") <= 8
    json.dumps(analysis.to_json(), allow_nan=False)


def test_drums_alone_have_no_key_and_no_chart() -> None:
    text = explain(analyse(piece(hits(range(0, 96, 12)), bars=2)))
    assert "neither key nor chord" in text
    assert "The drums play alone." in text
    assert "|" not in text


def test_one_note_is_explained() -> None:
    text = explain(analyse(piece([Note(0, 40, 69, 12, 80)])))
    assert "The violin plays alone, only A4." in text
    assert "The piece has 1 bar and" in text


def test_silence_is_called_silence() -> None:
    assert explain(analyse(piece([], bars=2))) == "Silence: 2 bars without a note."


def test_a_thousand_bars_are_explained_in_as_few_words() -> None:
    song = joined(*[band(VERSE + BRIDGE)] * 63)
    assert song.bars == 1008
    assert len(paragraph(analyse(song))) < 1200


def test_a_change_of_key_is_told_with_its_bar() -> None:
    text = paragraph(analyse(joined(band(VERSE + VERSE), band(VERSE + VERSE, up=2))))
    assert "The key changes: it is C major then D major from bar 17 on." in text


def test_a_chord_that_leads_on_once_and_not_again_is_told_by_its_own_degree() -> None:
    row = cadence("C", "D7", "G", "C", "D7", "F", "C", "C")
    assert "D7 (II7)" in paragraph(analyse(band(row)))


def test_parts_that_share_a_role_share_a_sentence() -> None:
    first = [note for note in band(VERSE).notes if note.program != 73]
    tune = [note for note in band(VERSE).notes if note.program == 73]
    turns = [n if n.start < 4 * 48 else n._replace(program=71) for n in tune]
    text = paragraph(analyse(piece([*first, *turns, *hits(range(0, 384, 12))], bars=8)))
    assert (
        "The clarinet (G4 to A5, in 50% of the bars) and the flute (G4 to G5, in 50% of the bars) "
        "share the melody;" in text
    )
    assert "and the drum kit keeps time." in text


def test_compound_meters_are_counted_in_dotted_quarters() -> None:
    jig = piece(melody((60, 62, 64) * 4, ticks=6), bars=2, bpm=150.0, meter=(6, 8))
    pace = analyse(jig).pace
    assert (round(pace.bpm, 3), pace.beat, pace.italian) == (100.0, "dotted quarter", "andante")
    assert "100 dotted quarter notes a minute" in paragraph(analyse(jig))
    assert [name for name in METERS if is_compound(Meter(0, *name))] == [(6, 8), (9, 8), (12, 8)]


def test_the_tempo_is_that_of_most_of_the_time() -> None:
    notes = tuple(melody((60, 62, 64, 65) * 4))
    score = Score(12, 4, notes, (Tempo(0, 60.0), Tempo(48, 90.0)), (Meter(0, 4, 4),))
    assert analyse(score).pace.bpm == 90.0
    assert "though the tempo moves between 60 and 90" in paragraph(analyse(score))


def test_the_tempo_is_the_files_own_and_not_the_nearest_that_tokens_can_say() -> None:
    """A piece that was asked for at 90 BPM was told to have 91: the grid's tempi are steps."""
    told = analyse(piece(melody((60, 62, 64, 65) * 4), bars=4, bpm=90.0)).pace
    assert (told.bpm, told.slowest_bpm, told.fastest_bpm) == (90.0, 90.0, 90.0)


def test_a_file_that_was_played_by_hand_is_heard_as_on_the_grid() -> None:
    straight = band(VERSE + VERSE + BRIDGE + VERSE).at_resolution(480)
    played = replace(
        straight,
        notes=tuple(sorted(n._replace(start=n.start + 7 * n.pitch % 15) for n in straight.notes)),
    )
    assert explain(analyse(played)) == explain(analyse(straight))


def test_a_change_of_meter_is_told() -> None:
    notes = tuple(melody((60, 62, 64, 65) * 3))
    score = Score(12, 4, notes, (Tempo(0, 90.0),), (Meter(0, 3, 4), Meter(108, 4, 4)))
    assert analyse(score).meters == ("3/4", "4/4")
    assert "some bars are in 4/4" in paragraph(analyse(score))


@pytest.mark.parametrize(
    "word",
    "grave largo larghetto adagio andante moderato allegro vivace presto prestissimo".split(),
)
def test_a_tempo_word_that_can_be_asked_for_is_told_of_what_it_brings(word: str) -> None:
    assert italian(ITALIAN[word]) == word


def test_every_meter_has_words() -> None:
    assert all(meter_words(f"{n}/{d}") != f"in {n}/{d}" for n, d in METERS)
    assert meter_words("11/8") == "in 11/8"


def test_middle_c_is_c4() -> None:
    assert [note_name(pitch) for pitch in (0, 60, 69, 127)] == ["C-1", "C4", "A4", "G9"]


def test_drum_parts_have_no_range() -> None:
    (part,) = analyse(piece(hits((0, 12)))).parts
    assert (part.program, part.lowest, part.highest) == (DRUMS, None, None)
