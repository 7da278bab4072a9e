"""What was said is kept exactly; what was not is chosen by the seed, fittingly."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from engine.errors import RequestError
from engine.request import ComposeRequest, parse, resolve
from engine.request.lexicon.figures import KEYS, METERS
from engine.request.lexicon.genres import GENRES
from engine.request.lexicon.instruments import INSTRUMENTS, default_program
from engine.request.lexicon.moods import MOODS
from engine.request.profiles import PROFILES
from tests.engine.request.prompts import PROMPTS

SEEDS = range(40)


def test_the_same_request_and_seed_give_the_same_brief() -> None:
    for prompt, _ in PROMPTS[::7]:
        request = parse(prompt)
        assert resolve(request, seed=5) == resolve(request, seed=5)


def test_the_brief_does_not_depend_on_hash_randomisation() -> None:
    code = (
        "from engine.request import parse, resolve; "
        "print([resolve(parse(t), seed=s).to_json() for t in ('', 'sad', 'jazz with sax, no bass')"
        " for s in range(5)])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_the_seed_of_the_request_wins() -> None:
    assert resolve(parse("jazz seed 9"), seed=1) == resolve(parse("jazz seed 9"), seed=2)
    assert resolve(parse("jazz seed 9"), seed=1).seed == 9
    assert resolve(parse("jazz"), seed=3).seed == 3


def test_different_seeds_choose_differently() -> None:
    briefs = [resolve(parse(""), seed=seed) for seed in SEEDS]
    assert len({brief.genre for brief in briefs}) > 8
    assert len({brief.key for brief in briefs}) > 8


def test_saying_one_thing_more_leaves_the_other_choices_alone() -> None:
    plain = resolve(parse("jazz, calm"), seed=11)
    slower = resolve(parse("jazz, calm, 66 bpm"), seed=11)
    assert (slower.key, slower.meter, slower.programs) == (plain.key, plain.meter, plain.programs)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_said_is_kept_exactly(seed: int) -> None:
    text = "jazz, sad, 97.5 bpm, F# minor, 5/4, 24 bars, solo cello, density 2, polyphony 1"
    brief = resolve(parse(text), seed=seed)
    assert brief.genre == "jazz"
    assert (brief.mood, brief.valence, brief.arousal) == ("sad", *MOODS["sad"])
    assert (brief.tempo_bpm, brief.key, brief.meter, brief.bars) == (97.5, "F# minor", "5/4", 24)
    assert brief.programs == (42,)
    assert (brief.density, brief.polyphony, brief.seed) == (2, 1, seed)


def test_only_density_and_polyphony_stay_open() -> None:
    brief = resolve(parse(""), seed=0)
    assert [name for name, value in brief.to_json().items() if value is None] == [
        "density",
        "polyphony",
    ]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_an_instrument_gives_exactly_its_default_sound(instrument: str) -> None:
    name = instrument.replace("_", " ")
    for seed in range(4):
        assert resolve(parse(f"solo {name}"), seed=seed).programs == (default_program(instrument),)
        asked = resolve(parse(f"pop with {name}"), seed=seed)
        assert default_program(instrument) in asked.programs
        refused = resolve(parse(f"pop without {name}"), seed=seed)
        assert instrument not in refused.instruments


def test_a_closed_list_is_exactly_what_plays() -> None:
    for seed in SEEDS:
        assert resolve(parse("for piano and strings"), seed=seed).programs == (0, 48)
        assert resolve(parse("string quartet, jazz"), seed=seed).programs == (40, 41, 42)


def test_an_open_list_is_completed_with_the_usual_rhythm_section() -> None:
    for seed in SEEDS:
        names = resolve(parse("jazz with saxophone"), seed=seed).instruments
        assert "saxophone" in names
        assert "upright_bass" in names
        assert "drums" in names
        assert len(names) >= 4
        assert "drums" not in resolve(parse("jazz with saxophone, no drums"), seed=seed).instruments


def test_no_bass_means_none_of_the_basses() -> None:
    basses = {"bass", "upright_bass", "synth_bass"}
    for seed in SEEDS:
        assert not basses & set(resolve(parse("no bass"), seed=seed).instruments)


def test_acoustic_means_nothing_plugged_in() -> None:
    plugged = {"electric_guitar", "distorted_guitar", "bass", "synth_bass", "synth_lead"}
    for genre in GENRES:
        brief = resolve(parse(f"acoustic {genre}"), seed=3)
        assert not plugged & set(brief.instruments), genre


@pytest.mark.parametrize("genre", GENRES)
def test_tempo_follows_the_genre_and_the_mood(genre: str) -> None:
    calm = [resolve(parse(f"{genre} calm"), seed=s).tempo_bpm for s in SEEDS]
    wild = [resolve(parse(f"{genre} energetic"), seed=s).tempo_bpm for s in SEEDS]
    assert all(c < w for c, w in zip(calm, wild, strict=True))
    low, high = PROFILES[genre].tempo[0], PROFILES[genre].tempo[-1]
    assert all(low <= bpm <= high for bpm in calm + wild)


def test_mode_follows_the_mood() -> None:
    happy = Counter(resolve(parse("pop happy"), seed=s).mode for s in SEEDS)
    sad = Counter(resolve(parse("pop sad"), seed=s).mode for s in SEEDS)
    assert happy["major"] > 0.8 * len(SEEDS)
    assert sad["minor"] > 0.7 * len(SEEDS)
    assert {resolve(parse("in a minor key"), seed=s).mode for s in SEEDS} == {"minor"}


def test_several_moods_are_averaged() -> None:
    brief = resolve(parse("sad and angry"), seed=0)
    assert brief.mood == "sad"
    assert brief.valence == pytest.approx(-0.75)
    assert brief.arousal == pytest.approx(0.15)


def test_what_is_to_be_avoided_is_avoided() -> None:
    for seed in range(200):
        brief = resolve(parse("not jazz, not sad"), seed=seed)
        assert brief.genre != "jazz"
        assert brief.mood != "sad"


def test_a_default_length_is_about_half_a_minute() -> None:
    for seed in range(200):
        brief = resolve(parse(""), seed=seed)
        assert brief.bars in (8, 12, 16)
        assert 11 <= brief.seconds <= 50


@pytest.mark.parametrize("seconds", [1, 5, 10, 30, 60, 90, 180, 600])
def test_seconds_become_the_nearest_bars(seconds: int) -> None:
    for seed in range(60):
        brief = resolve(parse(f"{seconds} seconds"), seed=seed)
        assert abs(brief.seconds - seconds) <= max(
            0.02 * seconds, 0.75 * brief.seconds / brief.bars
        )
    exact = resolve(parse(f"{seconds} seconds, 60 bpm, 4/4"), seed=0)
    assert exact.bars == max(1, int(seconds / 4 + 0.5))


def test_bars_and_seconds_together_set_an_open_tempo() -> None:
    brief = resolve(parse("16 bars, 32 seconds, 4/4"), seed=0)
    assert (brief.bars, brief.tempo_bpm) == (16, 120.0)


def test_bars_win_over_seconds_that_nearly_agree() -> None:
    assert resolve(parse("16 bars, 30 seconds, 120 bpm, 4/4"), seed=0).bars == 16


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        (
            "16 bars, 10 seconds, 90 bpm, 4/4",
            "16 bars of 4/4 at 90 BPM last 43 seconds, not 10; say either bars or seconds",
        ),
        (
            "200 bars, 10 seconds, 4/4",
            "200 bars of 4/4 in 10 seconds would need 4800 BPM, outside 20-300; "
            "say either bars or seconds",
        ),
        (
            "600 seconds, 300 bpm, 2/4",
            "600 seconds of 2/4 at 300 BPM are 1500 bars, the limit is 256; "
            "ask for 102 seconds at most",
        ),
        (
            "".join(f"not {genre}, " for genre in GENRES),
            "every genre was ruled out, leave at least one",
        ),
        (
            "".join(f"not {mood}, " for mood in MOODS),
            "every mood was ruled out, leave at least one",
        ),
    ],
)
def test_contradictions_are_refused_with_the_reason(prompt: str, reason: str) -> None:
    with pytest.raises(RequestError) as refusal:
        resolve(parse(prompt), seed=0)
    assert str(refusal.value) == reason


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_outside_its_range_is_refused(seed: int) -> None:
    with pytest.raises(RequestError, match="seed must be between"):
        resolve(ComposeRequest(), seed=seed)


def test_a_style_brings_its_tempo_meter_and_band() -> None:
    for seed in SEEDS:
        assert 124 <= resolve(parse("techno"), seed=seed).tempo_bpm <= 138
        assert resolve(parse("a jig"), seed=seed).meter == "6/8"
        assert "accordion" in resolve(parse("tango"), seed=seed).instruments


def test_choices_stay_within_the_vocabulary() -> None:
    for seed in range(200):
        brief = resolve(ComposeRequest(), seed=seed)
        assert brief.key in KEYS
        assert brief.meter in METERS
        assert 1 <= len(brief.programs) <= 10
