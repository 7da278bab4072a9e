from __future__ import annotations

from engine.ratings.raters import Opinion
from engine.tuning.crossfit import Material, said_after
from engine.tuning.sense import sense
from tests.engine.ratings.rated import piece, tune

EARLY, LATE = "2026-11-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"


def test_both_models_are_asked_about_what_was_said_after_the_served_one_was_made() -> None:
    pieces = [piece("1", {"ann": 1}, at=EARLY), piece("2", {"ann": 1, "ben": 2}, at=LATE)]
    assert said_after(pieces, None) == {("ann", "1"), ("ann", "2"), ("ben", "2")}
    assert said_after(pieces, "2026-11-10T12:00:00+01:00") == {("ann", "2"), ("ben", "2")}
    assert said_after(pieces, LATE) == set()


def material(likes: dict[str, float]) -> Material:
    """One listener who said this of three tunes; the slow one is less sound than the others."""
    scores = {"moving": tune(60), "busy": tune(60, step=3), "slow": tune(60, step=24)}
    opinions = tuple(Opinion("ann", name, value, 1.0) for name, value in likes.items())
    return Material((), opinions, scores, {}, {})


def test_turning_all_ratings_round_turns_their_sense_round() -> None:
    likes = {"moving": 1.0, "busy": 0.5, "slow": -0.75}
    found = sense(material(likes))
    turned = sense(material({name: -value for name, value in likes.items()}))
    assert found is not None
    assert turned is not None
    assert found[0] == -turned[0] > 0
    assert found[1] == 3


def test_ratings_that_are_all_the_same_make_no_sense_and_no_nonsense() -> None:
    assert sense(material({"moving": 1.0, "busy": 1.0, "slow": 1.0})) is None
    assert sense(material({})) is None
