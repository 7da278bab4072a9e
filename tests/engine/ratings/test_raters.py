from __future__ import annotations

import numpy as np
import pytest

from engine.ratings import raters
from engine.ratings.raters import OWN, Opinion, weigh
from engine.ratings.records import RatedPiece
from tests.engine.ratings.rated import piece

GOOD, BAD = 2, -1


def opinion(found: tuple[Opinion, ...], rater: str, name: str) -> Opinion:
    return next(one for one in found if (one.rater, one.piece) == (rater, name))


def crowd(pieces: int = 12, **others: int) -> list[object]:
    """Three who agree on which pieces are good, and others who always say the same."""
    return [
        piece(f"{n}", dict.fromkeys(("ann", "ben", "cleo"), GOOD if n % 2 else BAD) | others)
        for n in range(pieces)
    ]


def test_a_listeners_own_mean_is_taken_out() -> None:
    found = weigh(crowd()).opinions  # type: ignore[arg-type]
    mine = [one.value for one in found if one.rater == "ann"]
    assert max(mine) > 0 > min(mine)
    assert abs(sum(mine) / len(mine)) < 0.2


def test_who_gives_everything_the_same_says_nothing_and_is_named() -> None:
    found = weigh(crowd(dora=2))  # type: ignore[arg-type]
    said = [abs(one.value) for one in found.opinions if one.rater == "dora"]
    assert max(said) < 0.5
    assert any("every piece the same teaches nothing: 4" in r for r in found.remarks())


def test_a_loud_voice_counts_for_no_more_than_two_usual_ones() -> None:
    quiet = [piece(f"{n}", {f"q{m}": 1 for m in range(5)}) for n in range(10)]
    loud = [piece(f"l{n}", {"loud": GOOD if n % 2 else BAD}) for n in range(100)]
    found = weigh([*quiet, *loud])
    total = sum(one.weight for one in found.opinions if one.rater == "loud")
    assert total <= 2 * 10 + 1e-9


def test_an_opinion_on_ones_own_piece_counts_half() -> None:
    pieces = [piece("1", {"ann": 2, "ben": 2}, own="ann"), piece("2", {"ann": -1, "ben": -1})]
    found = weigh(pieces).opinions
    assert opinion(found, "ann", "1").weight == OWN * opinion(found, "ben", "1").weight
    assert opinion(found, "ann", "2").weight == opinion(found, "ben", "2").weight


def test_who_says_the_contrary_of_all_others_keeps_a_small_voice_and_is_named() -> None:
    heard = {"ann": range(12), "ben": range(2, 12), "cleo": range(9), "troll": range(12)}
    pieces = [
        piece(
            f"{n}",
            {
                who: (GOOD if n % 2 else BAD) if who != "troll" else (BAD if n % 2 else GOOD)
                for who, pieces_heard in heard.items()
                if n in pieces_heard
            },
        )
        for n in range(12)
    ]
    found = weigh(pieces)
    weights = {rater.name: rater.weight for rater in found.raters}
    assert weights["troll"] <= 0.3
    assert weights["ann"] == weights["ben"] == 1.0
    assert any("listener 4 goes against the others" in r for r in found.remarks())


def mixed(seed: int, trolls: int) -> list[RatedPiece]:
    """120 pieces, of which each of nine hears a third, with tastes of their own beside a common
    one, and so do trolls, who want the contrary of all of it."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=120)
    tastes = rng.normal(size=(3, 120))
    wants = [0.6 * common + tastes[n % 3] for n in range(9)]
    wants += [-common - tastes.sum(0) / 2] * trolls
    heard = rng.random((len(wants), 120)) < 1 / 3
    felt = np.array(wants) + rng.normal(scale=0.5, size=(len(wants), 120))
    scores = np.where(felt > 0, 1, -1) * heard
    names = [f"honest{n}" for n in range(9)] + [f"troll{n}" for n in range(trolls)]
    return [piece(f"{n}", dict(zip(names, scores[:, n], strict=True))) for n in range(120)]


def voices(pieces: list[RatedPiece]) -> tuple[float, float]:
    """How much the honest and the trolls count, in the mean."""
    weights = {one.name: one.weight for one in weigh(pieces).raters}
    honest = [weight for name, weight in weights.items() if name.startswith("honest")]
    trolls = [weight for name, weight in weights.items() if name.startswith("troll")]
    return float(np.mean(honest)), float(np.mean(trolls)) if trolls else 0.0


@pytest.mark.parametrize("seed", range(4))
def test_trolls_who_agree_with_each_other_lose_their_voice(seed: int) -> None:
    honest, trolls = voices(mixed(seed, 3))  # a quarter of all
    assert honest > 0.9
    assert trolls < 0.5


def test_one_round_of_trust_finds_fewer_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = np.mean([voices(mixed(seed, 3))[1] for seed in range(4)])
    monkeypatch.setattr(raters, "ROUNDS", 1)
    assert np.mean([voices(mixed(seed, 3))[1] for seed in range(4)]) > settled + 0.1


def test_trust_settles_where_two_contradict_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It used to swing, and the last round decided."""
    signs = {"one": [1, -1] * 8, "other": [-1, 1] * 8, "third": [1, 1, -1, -1] * 4}
    pieces = [piece(f"{n}", {who: said[n] for who, said in signs.items()}) for n in range(16)]
    weights = [one.weight for one in weigh(pieces).raters]
    monkeypatch.setattr(raters, "ROUNDS", raters.ROUNDS + 1)
    assert [one.weight for one in weigh(pieces).raters] == pytest.approx(weights, abs=0.01)


def test_of_two_who_disagree_neither_loses_the_voice() -> None:
    pieces = [piece(f"{n}", {"one": (1, -1)[n % 2], "other": (-1, 1)[n % 2]}) for n in range(16)]
    assert [one.weight for one in weigh(pieces).raters] == [1.0, 1.0]


@pytest.mark.parametrize("seed", range(4))
def test_whose_taste_is_another_keeps_the_voice(seed: int) -> None:
    assert voices(mixed(seed, 0))[0] > 0.95


def test_many_accounts_of_one_person_do_not_silence_the_others() -> None:
    pieces = mixed(0, 0)
    puppets = [f"puppet{n}" for n in range(12)]
    against = [
        piece(
            one.piece,
            {r.rater: r.score for r in one.ratings} | dict.fromkeys(puppets, -one.ratings[0].score),
        )
        for one in pieces
        if one.ratings
    ]
    assert voices(against)[0] > 0.9


def test_accounts_that_vote_as_one_at_the_same_time_count_as_one_voice() -> None:
    honest = {n: {"ann": GOOD if n % 3 else BAD, "ben": GOOD if n % 4 else BAD} for n in range(12)}
    gang = {f"bot{m}": GOOD if m < 9 else BAD for m in range(3)}
    pieces = [
        piece(f"{n}", honest[n] | dict.fromkeys(gang, GOOD if n % 2 else BAD)) for n in range(12)
    ]
    found = weigh(pieces)
    weights = {rater.name: rater.weight for rater in found.raters}
    assert sum(weights[name] for name in gang) <= weights["ann"] + 1e-9
    assert any("listeners 3, 4, 5 vote as one" in remark for remark in found.remarks())
    assert not any(name in remark for remark in found.remarks() for name in ("ann", *gang))


def test_two_friends_who_agree_are_no_gang() -> None:
    both = ("ann", "ben")
    pieces = [piece(f"{n}", dict.fromkeys(both, GOOD if n % 2 else BAD)) for n in range(12)]
    assert {rater.gang for rater in weigh(pieces).raters} == {()}


def test_nobody_rated_nothing_is_heard() -> None:
    assert weigh([]).opinions == ()
    assert weigh([]).remarks() == ()
