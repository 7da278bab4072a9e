from __future__ import annotations

from engine.ratings.raters import OWN, Opinion, weigh
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
