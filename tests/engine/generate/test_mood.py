import numpy as np

from engine.generate.constraints import Demand
from engine.generate.mood import mood_bias
from engine.score.mood import Mood, heard_as
from engine.score.theory import KEYS
from engine.tokens import vocab
from engine.tokens.control import Controls
from engine.tokens.spec import Family


def bias(valence: float, arousal: float) -> np.ndarray:
    return mood_bias(heard_as(Mood(valence, arousal)))


def of(family: Family, values: np.ndarray) -> np.ndarray:
    return values[list(vocab.ids_of(family))]


def test_no_mood_and_a_neutral_one_add_nothing() -> None:
    assert not mood_bias(None).any()
    assert np.abs(bias(0, 0)).max() < 1e-6


def test_excited_is_louder_and_shorter_calm_softer_and_longer() -> None:
    for arousal in (0.6, -0.6):
        loud, long = of(Family.VELOCITY, bias(0, arousal)), of(Family.DURATION, bias(0, arousal))
        assert np.all(np.diff(loud) * arousal > 0)
        assert np.all(np.diff(long) * arousal <= 0)
        assert (long[-1] - long[0]) * arousal < 0


def test_pleasant_is_higher_and_its_chords_are_major() -> None:
    for valence in (0.6, -0.6):
        values = bias(valence, 0)
        assert np.all(np.diff(of(Family.PITCH, values)) * valence > 0)
        assert valence * (values[vocab.chord_id(0, "")] - values[vocab.chord_id(0, "m")]) > 0


def test_a_demand_leans_where_both_sides_of_the_mood_are_said() -> None:
    said = Controls(
        valence=0.1, arousal=0.2, tempo_bpm=90, meter=(4, 4), bars=2, programs=(0,), key=KEYS[0]
    )
    assert Demand.of(said).mood == Mood(0.1, 0.2)
    half = Controls(arousal=0.2, tempo_bpm=90, meter=(4, 4), bars=2, programs=(0,))
    assert Demand.of(half).mood is None
