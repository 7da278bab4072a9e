from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.generate.order import Order
from engine.generate.steering import Steering, chord_bias, level_centre
from engine.score.measures import (
    DENSITY_EDGES,
    POLYPHONY_EDGES,
    density_level,
    measure,
    polyphony_level,
)
from engine.score.theory import KEYS, find_key
from engine.tokens import vocab
from engine.tokens.control import Controls
from engine.tokens.decode import decode
from engine.tokens.grammar import Grammar
from engine.tokens.spec import Family
from tests.engine.generate.whole import generate
from tests.engine.model.toys import toy

C_MAJOR = next(key for key in KEYS if key.name == "C major")
DUO = Controls(tempo_bpm=90.0, meter=(4, 4), bars=8, programs=(0, 48))


def steered(names: Sequence[str], **asked: object) -> tuple[np.ndarray, Grammar]:
    """Return the bias after these tokens."""
    steering = Steering(**{"key": None, "density": None, "polyphony": None, **asked})  # type: ignore[arg-type]
    grammar = Grammar()
    for name in names:
        grammar.read(vocab.ID[name])
        steering.read(vocab.ID[name], grammar)
    bias = np.zeros(vocab.V, dtype=np.float32)
    steering.add_to(bias, grammar)
    return bias, grammar


def begin(*names: str) -> list[str]:
    return ["Bar_3", "Meter_4/4", "Tempo_40", "Position_0", "Program_0", *names]


def note(pitch: int) -> list[str]:
    return [f"Pitch_{pitch}", "Velocity_9", "Duration_48"]


def pitch(bias: np.ndarray, value: int) -> float:
    return float(bias[vocab.FIRST[Family.PITCH] + value])


def test_where_nothing_is_asked_nothing_is_added() -> None:
    bias, _ = steered(begin("Pitch_61", "Velocity_9", "Duration_12", "Bar_2"))
    assert not bias.any()


def test_a_tone_that_sounds_too_much_gives_way_to_those_that_are_missing() -> None:
    before, _ = steered(begin(), key=C_MAJOR)
    assert np.abs(before).max() < 0.01
    after, _ = steered(begin(*note(62), "Position_12"), key=C_MAJOR)
    assert pitch(after, 62) < 0 < pitch(after, 60)
    assert pitch(after, 62) == pitch(after, 74)


def test_the_tones_of_the_planned_chord_are_preferred() -> None:
    bias, _ = steered(["Bar_3", "Meter_4/4", "Tempo_40", "Position_0", "Chord_2:m"])
    liked = {value % 12 for value in range(128) if pitch(bias, value) > 0}
    assert liked == {2, 5, 9}
    assert not chord_bias(vocab.CHORD_NONE).any()


def test_too_few_voices_call_for_longer_notes_and_more_of_them() -> None:
    for level, sign in ((7, 1), (0, -1)):
        bias, _ = steered(begin(*note(60), *note(64), "Position_12", "Pitch_67"), polyphony=level)
        durations = bias[list(vocab.ids_of(Family.DURATION))]
        assert sign * (durations[40] - durations[5]) > 0
        assert sign * pitch(bias, 72) > 0


def test_too_few_onsets_call_for_the_next_one_soon_too_many_for_patience() -> None:
    late = begin(*note(60), "Position_40", *note(60))
    busy = begin(*(token for p in range(1, 6) for token in (*note(60), f"Position_{p}")), *note(60))
    for level, names, sign in ((7, late, 1), (0, busy, -1)):
        bias, grammar = steered(names, density=level)
        first = vocab.FIRST[Family.POSITION] + grammar.position
        assert sign * (bias[first + 1] - bias[first + 7]) > 0


def test_semitones_and_minor_ninths_to_what_sounds_are_avoided_and_sevenths_are_not() -> None:
    bias, _ = steered(begin(*note(60), "Position_12"))
    assert {p for p in range(128) if pitch(bias, p) < 0} == {
        *range(61, 128, 12), *range(59, -1, -12)
    }  # fmt: skip
    gone, _ = steered(begin("Pitch_60", "Velocity_9", "Duration_6", "Position_12"))
    assert not gone.any()


@pytest.mark.parametrize("edges", [DENSITY_EDGES, POLYPHONY_EDGES])
def test_the_centre_of_a_level_lies_in_it(edges: tuple[float, ...]) -> None:
    level_of = density_level if edges is DENSITY_EDGES else polyphony_level
    assert [level_of(level_centre(level, edges)) for level in range(8)] == list(range(8))


def obtained(model_seed: int, **asked: object) -> list[float]:
    model = toy(seed=model_seed, spread=0.2)
    orders = [Order.of(replace(DUO, **asked), seed) for seed in range(3)]  # type: ignore[arg-type]
    scores = [decode(tokens) for tokens in generate(model, orders)]
    if "density" in asked:
        return [measure(score).mean_density for score in scores]
    if "polyphony" in asked:
        return [measure(score).mean_polyphony for score in scores]
    return [
        float(find_key(measure(s).pitch_class_ticks.sum(axis=0))[0] == asked["key"]) for s in scores
    ]


@pytest.mark.parametrize("control", ["density", "polyphony"])
def test_a_model_that_knows_nothing_is_brought_near_what_is_asked(control: str) -> None:
    low, middle, high = (np.mean(obtained(1, **{control: level})) for level in (0, 3, 7))
    assert low < middle < high


def test_a_model_that_knows_nothing_keeps_to_the_key() -> None:
    found = [x for key in KEYS[::6] for x in obtained(1, key=key)]
    assert np.mean(found) >= 0.8
