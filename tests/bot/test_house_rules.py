from __future__ import annotations

import pytest

from bot.house_rules import HouseRuleError, HouseRules, check_style
from engine.errors import RequestError
from engine.request import parse


def test_rules_come_back_from_json_and_unknown_names_are_passed_over() -> None:
    rules = HouseRules(channels=(1, 2), per_day=3, style="jazz", delete="roles", delete_roles=(9,))
    assert HouseRules.from_json(rules.to_json() | {"of_a_later_version": 1}) == rules
    assert HouseRules().to_json() == {}


def test_channels_and_roles_open_everything_while_they_are_empty() -> None:
    HouseRules().check([1], [])
    HouseRules(channels=(1,)).check([5, 1], [])  # a thread, by its channel
    HouseRules(roles=(2,)).check([1], [2, 3])


def test_who_asks_elsewhere_is_told_where() -> None:
    with pytest.raises(HouseRuleError, match="<#7>"):
        HouseRules(channels=(7,)).check([1], [])
    with pytest.raises(HouseRuleError, match="<@&8>"):
        HouseRules(roles=(8,)).check([1], [2])


@pytest.mark.parametrize(("asked", "allowed"), [(0, True), (2, True), (3, False), (4, False)])
def test_the_servers_quota_wins_over_the_usual_one(asked: int, allowed: bool) -> None:
    rules = HouseRules(per_day=3)
    if allowed:
        rules.check_quota(asked, usual=0)
    else:
        with pytest.raises(HouseRuleError, match="3 are allowed"):
            rules.check_quota(asked, usual=100)


@pytest.mark.parametrize(
    ("rules", "requester", "moderator", "roles", "may"),
    [
        (HouseRules(), True, False, [], True),
        (HouseRules(), False, True, [], True),
        (HouseRules(), False, False, [], False),
        (HouseRules(delete="requester"), False, True, [], False),
        (HouseRules(delete="requester"), True, False, [], True),
        (HouseRules(delete="roles", delete_roles=(4,)), False, True, [5], False),
        (HouseRules(delete="roles", delete_roles=(4,)), False, False, [4], True),
    ],
)
def test_who_may_delete(
    rules: HouseRules, requester: bool, moderator: bool, roles: list[int], may: bool
) -> None:
    assert rules.may_delete(roles, requester=requester, moderator=moderator) is may


def test_the_default_style_fills_in_where_neither_genre_nor_mood_is_said() -> None:
    rules = HouseRules(style="lo-fi calm with electric piano, 80 bpm")
    styled = rules.styled(parse("16 bars in D minor"))
    assert (styled.genre, styled.mood, styled.tempo_bpm, styled.bars, styled.key) == (
        "lofi", "calm", 80.0, 16, "D minor",
    )  # fmt: skip
    assert "electric_piano" in styled.instruments
    said = parse("rock")
    assert rules.styled(said) == said


def test_what_is_said_wins_over_the_default_style() -> None:
    styled = HouseRules(style="jazz with piano, 90 bpm").styled(parse("violin, 120 bpm, no piano"))
    assert styled.tempo_bpm == 120
    assert styled.instruments == ("violin",)
    assert styled.genre == "jazz"


@pytest.mark.parametrize("style", ["", "jazz", "  calm   lo-fi ", "3/4", "piano and strings"])
def test_styles_that_can_be_kept(style: str) -> None:
    assert check_style(style) == " ".join(style.split())


@pytest.mark.parametrize(("style", "reason"), [("jazz blorp", "blorp"), ("in C major", "genre")])
def test_styles_that_cannot(style: str, reason: str) -> None:
    with pytest.raises(RequestError, match=reason):
        check_style(style)
