from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.ratings.credit import credits_of, shares
from engine.ratings.ranker import Ranker
from engine.ratings.traits import TRAITS, traits
from engine.tokens import vocab
from engine.tokens.decode import decode
from engine.tokens.spec import Family
from tests.engine.ratings.rated import tokens, tune

NAMES = [trait.name for trait in TRAITS]


def liking(**weights: float) -> Ranker:
    return Ranker(
        tuple(weights.get(name, 0.0) for name in NAMES), (1.0,) * len(NAMES), float("nan")
    )


def of(found: np.ndarray, stream: tuple[int, ...], family: Family) -> list[float]:
    return [
        float(value)
        for value, token in zip(found, stream, strict=True)
        if vocab.FAMILY[token] is family
    ]


def test_a_note_adds_what_the_piece_would_lack_without_it() -> None:
    stream = tokens(tune(60))
    score = decode(stream)
    added = shares(stream)
    first = min(place for place, token in enumerate(stream) if vocab.FAMILY[token] is Family.PITCH)
    assert score.notes[0].pitch == 60
    rest = traits(replace(score, notes=score.notes[1:]))
    harmony = NAMES.index("harmony")  # chords are those of the whole
    known = [place for place in range(len(NAMES)) if place != harmony]
    assert added[first][known] == pytest.approx((traits(score) - rest)[known])


def test_tokens_that_say_no_note_add_nothing() -> None:
    stream = tokens(tune(60))
    added = shares(stream)
    for place, token in enumerate(stream):
        if vocab.FAMILY[token] in (Family.BAR, Family.METER, Family.TEMPO, Family.MARK):
            assert not added[place].any()


def test_a_velocity_has_the_share_of_all_notes_that_it_is_of() -> None:
    """The tune says its velocity once a bar; all its notes are as loud."""
    stream = tokens(tune(60))
    column = shares(stream)[:, NAMES.index("pace")]
    by_velocity, by_pitch = (of(column, stream, f) for f in (Family.VELOCITY, Family.PITCH))
    assert len(by_velocity) == 2
    assert len(by_pitch) == 8
    assert by_velocity[0] == pytest.approx(sum(by_pitch[:4]))


def test_what_an_earlier_bar_said_has_no_share_in_a_later_one() -> None:
    """The second bar does not say how loud it is, so the first one's velocity is not its own."""
    stream = tokens(tune(60))
    last = max(n for n, token in enumerate(stream) if vocab.FAMILY[token] is Family.VELOCITY)
    cut = (*stream[:last], *stream[last + 1 :])
    column = shares(cut)[:, NAMES.index("pace")]
    (by_velocity,), by_pitch = (of(column, cut, f) for f in (Family.VELOCITY, Family.PITCH))
    assert by_velocity == pytest.approx(sum(by_pitch[:4]))


def test_who_likes_high_notes_credits_the_higher_ones_among_the_pitches() -> None:
    stream = tokens(tune(60))
    found = credits_of({"a": (stream, shares(stream))}, liking(register=1.0))["a"]
    low, high = of(found, stream, Family.PITCH)[:2]
    assert low < 0 < high


def test_no_family_earns_anything_in_the_mean() -> None:
    fuller = replace(tune(48), notes=tuple(sorted([*tune(48).notes, *tune(55).notes])))
    streams = {"thin": tokens(tune(60)), "full": tokens(fuller)}
    found = credits_of(
        {name: (stream, shares(stream)) for name, stream in streams.items()},
        liking(voices=1.0, register=1.0),
    )
    assert {name: len(values) for name, values in found.items()} == {
        name: len(stream) for name, stream in streams.items()
    }
    for family in Family:
        values = [v for name, stream in streams.items() for v in of(found[name], stream, family)]
        assert sum(values) == pytest.approx(0.0, abs=1e-9)


def test_what_no_single_note_gives_earns_nothing() -> None:
    stream = tokens(tune(60))
    found = credits_of({"a": (stream, shares(stream))}, liking(mode=1.0, rests=1.0))["a"]
    assert not found.any()


def test_of_nothing_nothing_is_earned() -> None:
    assert credits_of({}, liking()) == {}
