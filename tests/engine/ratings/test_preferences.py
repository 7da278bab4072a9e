from __future__ import annotations

from collections import Counter

from engine.ratings.preferences import FOLDS, folds, preferences
from engine.ratings.raters import Opinion, weigh
from tests.engine.ratings.rated import piece


def opinion(rater: str, name: str, value: float, weight: float = 1.0) -> Opinion:
    return Opinion(rater, name, value, weight)


VERSIONS = [piece("a", {"x": 1}), piece("b", {"x": 1}), piece("c", {"x": 1}, request="other")]


def test_two_versions_that_one_listener_rated_apart_are_a_pair() -> None:
    found = preferences(VERSIONS, [opinion("ann", "a", 1.5), opinion("ann", "b", -0.5, 0.5)])
    (pair,) = found.pairs
    assert (pair.chosen, pair.rejected, pair.weight) == ("a", "b", 1.0)
    assert found.singles == ()


def test_pieces_of_different_requests_and_of_different_listeners_are_no_pair() -> None:
    found = preferences(VERSIONS, [opinion("ann", "a", 1.5), opinion("ann", "c", -1.0)])
    assert found.pairs == ()
    assert {single.piece: single.value for single in found.singles} == {"a": 1.5, "c": -1.0}
    assert preferences(VERSIONS, [opinion("ann", "a", 1), opinion("ben", "b", -1)]).pairs == ()


def test_listeners_who_contradict_each_other_cancel_out() -> None:
    ann = [opinion("ann", "a", 1.0), opinion("ann", "b", -1.0)]
    ben = [opinion("ben", "a", -1.0), opinion("ben", "b", 1.0)]
    assert preferences(VERSIONS, [*ann, *ben]).pairs == ()


def test_every_opinion_is_held_out_once_and_learned_otherwise() -> None:
    pieces = [
        piece(f"{n}", {f"l{m}": 1 if (n + m) % 2 else -1 for m in range(7)}, request=f"{n // 4}")
        for n in range(16)
    ]
    opinions = weigh(pieces).opinions
    found, words = folds(pieces, opinions, seed=3)
    assert len(found) == FOLDS
    assert "listeners" in words
    assert Counter(one for fold in found for one in fold.held_out) == Counter(opinions)
    for fold in found:
        assert not {one.rater for one in fold.learned} & {one.rater for one in fold.held_out}
        assert len(fold.learned) + len(fold.held_out) == len(opinions)


def test_with_few_listeners_whole_requests_are_held_out() -> None:
    pieces = [piece(f"{n}", {"ann": 1, "ben": -1}, request=f"{n // 4}") for n in range(16)]
    found, words = folds(pieces, weigh(pieces).opinions, seed=3)
    assert "requests" in words
    for fold in found:
        request = {p.piece: p.request for p in pieces}
        assert not {request[o.piece] for o in fold.learned} & {
            request[o.piece] for o in fold.held_out
        }
