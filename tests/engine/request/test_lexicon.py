"""The tables agree with each other, with the Score, and with the shared vocabulary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.request.lexicon import entries, index
from engine.request.lexicon.figures import KEYS, METERS, TONICS
from engine.request.lexicon.genres import FREE_STYLES, GENRES
from engine.request.lexicon.genres import STYLES as STYLE_NAMES
from engine.request.lexicon.instruments import DRUMS, INSTRUMENT_OF, INSTRUMENTS
from engine.request.lexicon.meanings import Filler
from engine.request.lexicon.moods import MOODS
from engine.request.lineup import CARRIES, PART
from engine.request.profiles import PROFILES
from engine.request.style_profiles import STYLES
from engine.request.typos import correct
from engine.request.words import normalise
from engine.score import model

VOCABULARY = Path(__file__).parents[4] / "shared" / "vocabulary.json"


@pytest.mark.skipif(not VOCABULARY.exists(), reason="the shared folder is not here")
def test_our_tables_say_what_the_shared_vocabulary_says() -> None:
    shared = json.loads(VOCABULARY.read_text(encoding="utf-8"))
    assert list(GENRES) == list(shared["genres"])
    moods = {name: (m["valence"], m["arousal"]) for name, m in shared["moods"].items()}
    assert moods == MOODS
    assert list(METERS) == shared["meters"]
    assert shared["keys"].startswith("tonic " + " ".join(TONICS) + ",")
    for name, programs in shared["instruments"].items():
        assert INSTRUMENTS[name] == ((DRUMS,) if name == "drums" else tuple(programs))
    assert len(INSTRUMENTS) == len(shared["instruments"])


def test_every_program_belongs_to_one_instrument() -> None:
    assert sorted(INSTRUMENT_OF) == list(range(129))
    assert sum(map(len, INSTRUMENTS.values())) == 129
    assert model.DRUMS == DRUMS


def test_a_phrase_has_one_meaning() -> None:
    seen: dict[tuple[str, ...], object] = {}
    for phrase, meaning in entries():
        assert seen.setdefault(phrase, meaning) == meaning, " ".join(phrase)


def test_phrases_are_written_as_the_tokens_will_be() -> None:
    for phrases in index().values():
        for phrase, _ in phrases:
            assert all(word == normalise(word) or word == "/" for word in phrase), phrase


def test_there_are_24_keys() -> None:
    assert len(set(KEYS)) == 24


def test_every_genre_and_style_has_a_profile() -> None:
    assert list(PROFILES) == list(GENRES)
    assert set(STYLES) == set(STYLE_NAMES) | set(FREE_STYLES)


@pytest.mark.parametrize("genre", GENRES)
def test_profiles_are_sound(genre: str) -> None:
    profile = PROFILES[genre]
    assert list(profile.tempo) == sorted(profile.tempo)
    assert 20 <= profile.tempo[0] <= profile.tempo[-1] <= 300
    assert 0 < profile.major < 1
    assert set(profile.meters) <= set(METERS)
    assert set(profile.moods) <= set(MOODS)
    for weight, lineup in profile.lineups:
        assert weight > 0
        assert 1 <= len(set(lineup)) == len(lineup) <= 10


def _lineups() -> list[tuple[str, tuple[int, ...]]]:
    found = [(genre, lineup) for genre, p in PROFILES.items() for _, lineup in p.lineups]
    return found + [(name, style.programs) for name, style in STYLES.items() if style.programs]


@pytest.mark.parametrize(("name", "lineup"), _lineups())
def test_every_lineup_carries_melody_harmony_and_bass(name: str, lineup: tuple[int, ...]) -> None:
    carried = set().union(*(CARRIES[INSTRUMENT_OF[program]] for program in lineup))
    assert carried == {"melody", "harmony", "bass"}, name


def test_every_instrument_has_a_part() -> None:
    assert set(PART) == set(CARRIES) == set(INSTRUMENTS)


@pytest.mark.parametrize(
    "word",
    "tune tone take mood house horse table think party music sweetheart river dragon tuna "
    "class complete business action forest castle storm train market coffee attack".split(),
)
def test_ordinary_words_are_not_bent_into_music(word: str) -> None:
    better = correct(word) if word not in index() else None
    assert better is None or all(isinstance(m, Filler) for _, m in index()[better])


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("gutiar", "guitar"),
        ("vilin", "violin"),
        ("paino", "piano"),
        ("saxaphone", "saxophone"),
        ("melancoly", "melancholy"),
        ("electornic", "electronic"),
        ("mysterous", "mysterious"),
        ("hapy", "happy"),
        ("clam", "calm"),
        ("trumpt", "trumpet"),
        ("chello", "cello"),
        ("clarinette", "clarinet"),
        ("saddest", "sad"),
        ("darkly", "dark"),
    ],
)
def test_slips_are_mended(slip: str, word: str) -> None:
    assert correct(slip) == word
