"""What a piece is told to be and what it is heard as are the same attributes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score.measures import measure
from engine.score.model import DRUMS, Meter, Score, Tempo
from engine.score.theory import KEYS, METERS, Key
from engine.tokens import vocab
from engine.tokens.control import Controls, bar_plan, hear, prefix, with_prefix
from engine.tokens.decode import decode
from engine.tokens.encode import encode
from engine.tokens.spec import CONTROL_SLOTS, GENRES, LEVELS, Family
from tests.engine.score.any_score import grid_scores
from tests.engine.score.pieces import BASS, PIANO, chord, hits, melody, piece, two_bars

UNIT = st.floats(-1.0, 1.0)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "genre": st.sampled_from(GENRES),
    "valence": UNIT,
    "arousal": UNIT,
    "tempo_bpm": st.floats(20, 300),
    "meter": st.sampled_from(METERS),
    "key": st.sampled_from(KEYS),
    "bars": st.integers(1, 300),
    "density": st.integers(0, LEVELS - 1),
    "polyphony": st.integers(0, LEVELS - 1),
    "programs": st.sets(st.integers(0, DRUMS), min_size=1, max_size=17).map(
        lambda programs: tuple(sorted(programs))
    ),
}
CONTROLS = st.builds(Controls, **{name: st.none() | value for name, value in VALUES.items()})


def names(tokens: list[int]) -> list[str]:
    return [vocab.NAMES[token] for token in tokens]


@given(CONTROLS)
def test_the_prefix_has_every_slot_once_in_order(controls: Controls) -> None:
    tokens = prefix(controls)
    families = [vocab.FAMILY[token] for token in tokens]
    slots = len(CONTROL_SLOTS)
    assert tuple(families[:slots]) == CONTROL_SLOTS
    assert set(families[slots:-1]) == {Family.PROGRAM}
    assert tokens[-1] == vocab.WITHIN


@given(CONTROLS)
def test_the_prefix_leaves_open_what_is_open_and_nothing_else(controls: Controls) -> None:
    tokens = dict(zip(CONTROL_SLOTS, prefix(controls), strict=False))
    told = [controls.genre, controls.valence, controls.arousal, controls.tempo_bpm, controls.meter,
            controls.key, controls.bars, controls.density, controls.polyphony]  # fmt: skip
    for family, value in zip(CONTROL_SLOTS, told, strict=True):
        assert (tokens[family] == vocab.any_id(family)) == (value is None)
    assert (vocab.any_id(Family.PROGRAM) in prefix(controls)) == (controls.programs is None)


def test_nothing_said_is_all_left_open() -> None:
    assert names(prefix(Controls(), vocab.BEGIN)) == [
        "Genre_any", "Valence_any", "Arousal_any", "Tempo_any", "Meter_any", "Key_any", "Bars_any",
        "Density_any", "Polyphony_any", "Program_any", "Begin",
    ]  # fmt: skip


def test_everything_said_is_all_written() -> None:
    controls = Controls(
        "jazz", -1.0, 1.0, 120.0, (6, 8), Key(9, "minor"), 16, 0, 7, (PIANO, BASS, DRUMS)
    )
    assert names(prefix(controls)) == [
        "Genre_jazz", "Valence_0", "Arousal_4", "Tempo_63", "Meter_6/8", "Key_A minor", "Bars_16",
        "Density_0", "Polyphony_7", "Program_0", "Program_32", "Program_128", "Within",
    ]  # fmt: skip


def test_every_attribute_of_controls_is_tried_here() -> None:
    assert [field.name for field in fields(Controls)] == list(VALUES)


@pytest.mark.parametrize(
    ("name", "value"), [("genre", "polka"), ("density", -1), ("density", 8), ("polyphony", 8)]
)
def test_controls_that_have_no_token_cannot_be_made(name: str, value: object) -> None:
    with pytest.raises(ValueError, match="genre|level"):
        Controls(**{name: value})  # type: ignore[arg-type]


def test_a_piece_is_heard_as_what_it_is() -> None:
    heard = hear(two_bars(), genre="jazz")
    assert heard.genre == "jazz"
    assert heard.tempo_bpm == 120.0
    assert heard.meter == (4, 4)
    assert heard.key == Key(0, "major")
    assert heard.bars == 2
    assert heard.programs == (PIANO, BASS, DRUMS)
    assert heard.density == 2  # 5 onsets in the first bar, 6 in the second: 11 / 8 a quarter
    assert heard.polyphony == 3


def test_the_tempo_that_is_heard_is_the_first() -> None:
    score = replace(two_bars(), tempos=(Tempo(0, 70.0), Tempo(12, 140.0)))
    assert hear(score).tempo_bpm == 70.0


def test_the_meter_that_is_heard_is_that_of_most_bars() -> None:
    score = replace(
        piece(melody([60] * 14), bars=5),
        meters=(Meter(0, 4, 4), Meter(48, 3, 4), Meter(48 + 3 * 36, 4, 4)),
    )
    assert hear(score).meter == (3, 4)


def test_drums_alone_have_neither_mood_nor_key() -> None:
    heard = hear(piece(hits(range(0, 48, 3))))
    assert (heard.valence, heard.arousal, heard.key) == (None, None, None)
    assert (heard.density, heard.polyphony, heard.programs) == (7, 0, (DRUMS,))


def test_a_key_that_is_not_clear_is_left_open() -> None:
    assert hear(piece(melody(range(60, 72)), bars=3)).key is None


@given(grid_scores())
def test_whatever_is_heard_can_be_told(score: Score) -> None:
    told = prefix(hear(score))[len(CONTROL_SLOTS) : -1]
    assert [vocab.value_index(token) for token in told] == list(score.programs)


def test_the_plan_has_the_levels_of_every_bar() -> None:
    score = piece([*melody([60] * 4), *chord(48, (60, 64, 67), 48)], bars=3)
    plan = bar_plan(measure(score))
    assert plan.density == [1, 0, 0]
    assert plan.polyphony == [0, 3, 0]


def test_a_stream_is_prefix_bars_and_end() -> None:
    bars = encode(two_bars())
    whole = with_prefix(Controls(), bars, ends=True)
    assert whole == [*prefix(Controls()), *bars[0], *bars[1], vocab.END]
    assert with_prefix(Controls(), bars, ends=False) == whole[:-1]
    assert decode(whole) == decode(token for bar in bars for token in bar)
