"""Ids follow from the table, and never change under trained weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score.theory import CHORD_QUALITIES, METERS
from engine.score.units import MAX_BPM, MIN_BPM
from engine.tokens import vocab
from engine.tokens.spec import (
    BAR_COUNTS,
    CONTROL_SLOTS,
    COUNTDOWN,
    DURATIONS,
    RESERVED,
    SUCCESSORS,
    TABLE,
    TEMPO_STEPS,
    VELOCITY_STEPS,
    Family,
    tempo_bpm,
)


def test_the_vocabulary_is_the_one_that_the_weights_were_trained_on() -> None:
    # A trained model has learned ids, not names: were any id to change its meaning, it would
    # play other notes than it means. If this fails, take the change back, or train anew.
    assert vocab.fingerprint() == "07bb10f65188"
    assert vocab.V == 974


def test_every_token_has_a_name_of_its_own() -> None:
    assert len(set(vocab.NAMES)) == vocab.V == len(vocab.FAMILY)
    assert [vocab.ID[name] for name in vocab.NAMES] == list(range(vocab.V))


def test_families_lie_end_to_end_in_the_order_of_the_table() -> None:
    place = 0
    for row in TABLE:
        assert vocab.FIRST[row.family] == place
        assert vocab.SIZE[row.family] == len(row.values)
        assert {vocab.FAMILY[token] for token in vocab.ids_of(row.family)} == {row.family}
        place += len(row.values)
    assert place == vocab.V
    assert {row.family for row in TABLE} == set(Family)


def test_padding_is_zero_and_ids_fit_into_sixteen_bits() -> None:
    assert vocab.PAD == 0
    assert vocab.V < 2**16


def test_room_is_kept_for_tokens_to_come() -> None:
    assert vocab.SIZE[Family.RESERVED] == RESERVED > 0


def test_a_token_knows_its_place_in_its_family() -> None:
    for family in Family:
        places = [vocab.value_index(token) for token in vocab.ids_of(family)]
        assert places == list(range(vocab.SIZE[family]))


@pytest.mark.parametrize("family", [*CONTROL_SLOTS, Family.PROGRAM])
def test_every_control_can_be_left_open(family: Family) -> None:
    assert vocab.any_id(family) in vocab.ids_of(family)
    assert vocab.NAMES[vocab.any_id(family)].endswith("_any")


def test_successors_are_families_of_the_bars() -> None:
    spoken = {Family.MARK, *SUCCESSORS}
    assert set().union(*SUCCESSORS.values()) <= spoken


@pytest.mark.parametrize("step", range(TEMPO_STEPS))
def test_a_tempo_step_is_read_as_itself(step: int) -> None:
    assert vocab.tempo_step(tempo_bpm(step)) == step


@given(st.floats(MIN_BPM, MAX_BPM))
def test_a_tempo_is_said_within_a_step_and_a_half_of_a_percent(bpm: float) -> None:
    assert tempo_bpm(vocab.tempo_step(bpm)) == pytest.approx(bpm, rel=0.0145)


@pytest.mark.parametrize(("bpm", "step"), [(0.0, 0), (1.0, 0), (19.0, 0), (1e9, TEMPO_STEPS - 1)])
def test_tempi_beyond_the_scale_are_its_ends(bpm: float, step: int) -> None:
    assert vocab.tempo_step(bpm) == step


def test_velocities_are_said_within_half_a_step() -> None:
    for velocity in range(1, 128):
        step = vocab.velocity_step(velocity)
        assert 0 <= step < VELOCITY_STEPS
        assert abs(vocab.velocity_of(step) - velocity) <= 4
        assert vocab.velocity_step(vocab.velocity_of(step)) == step


def test_durations_are_said_exactly_where_there_is_a_token() -> None:
    for index, ticks in enumerate(DURATIONS):
        assert vocab.duration_id(ticks) == vocab.FIRST[Family.DURATION] + index
    assert list(DURATIONS) == sorted(set(DURATIONS))


@given(st.integers(1, 600))
def test_a_duration_is_said_by_the_nearest_token(ticks: int) -> None:
    said = DURATIONS[vocab.value_index(vocab.duration_id(ticks))]
    assert abs(said - ticks) == min(abs(other - ticks) for other in DURATIONS)


def test_of_two_that_are_as_near_the_shorter_is_taken() -> None:
    assert vocab.nearest((16, 18), 17) == 0
    assert vocab.nearest((16, 18), 1) == 0
    assert vocab.nearest((16, 18), 99) == 1


@given(st.integers(1, 400))
def test_a_length_in_bars_is_said_by_the_nearest_token(bars: int) -> None:
    said = BAR_COUNTS[vocab.value_index(vocab.bars_id(bars))]
    assert abs(said - bars) == min(abs(other - bars) for other in BAR_COUNTS)


def test_the_last_bars_are_counted_down() -> None:
    assert vocab.NAMES[vocab.bar_id(0)] == "Bar_0"
    assert vocab.NAMES[vocab.bar_id(COUNTDOWN - 1)] == f"Bar_{COUNTDOWN - 1}"
    assert vocab.NAMES[vocab.bar_id(COUNTDOWN)] == "Bar"
    assert vocab.bar_id(999) == vocab.BAR_OPEN


def test_every_chord_has_its_token() -> None:
    tokens = set()
    for quality in CHORD_QUALITIES:
        for root in range(12):
            token = vocab.chord_id(root, quality)
            assert vocab.chord_of(token) == (root, quality)
            assert vocab.NAMES[token] == f"Chord_{root}:{quality}"
            tokens.add(token)
    assert tokens == set(vocab.ids_of(Family.CHORD)) - {vocab.CHORD_NONE}


@pytest.mark.parametrize("meter", METERS)
def test_every_meter_has_its_token(meter: tuple[int, int]) -> None:
    assert vocab.NAMES[vocab.meter_id(*meter)] == f"Meter_{meter[0]}/{meter[1]}"


def test_moods_are_five_steps_from_end_to_end() -> None:
    steps = [vocab.mood_step(value) for value in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    assert steps == [0, 1, 2, 3, 4]
    assert vocab.mood_step(-9.0) == 0
    assert vocab.mood_step(9.0) == 4
