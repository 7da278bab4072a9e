"""Promotions and rollbacks in each scope, as an undo list would have them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.state import PROMOTE, ROLLBACK, TRIAL, State, Step, Trial

SCOPES = (None, "1", "2")
moves = st.lists(
    st.tuples(st.sampled_from(SCOPES), st.sampled_from(["a", "b", "c", ROLLBACK])), max_size=30
)


def step(state: State, action: str, server: str | None, after: str | None) -> Step:
    return Step("2026-11-28T12:00:00+00:00", action, server, state.holds(server), after, "test")


@given(moves)
def test_rollbacks_undo_promotions_one_by_one_and_no_other_scopes(
    wished: list[tuple[str | None, str]],
) -> None:
    undo: dict[str | None, list[str | None]] = {scope: [None] for scope in SCOPES}
    state = State()
    for server, move in wished:
        if move == undo[server][-1]:
            continue  # the registry makes no step of it
        if move != ROLLBACK:
            undo[server].append(move)
            state = state.moved(step(state, PROMOTE, server, move))
        elif len(undo[server]) > 1:
            undo[server].pop()
            state = state.moved(step(state, ROLLBACK, server, undo[server][-1]))
        for scope, held in undo.items():
            assert state.holds(scope) == held[-1]
            assert state.way_back(scope) == held[-2::-1]
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
    for server in ("1", "2"):
        gone = state.without(server)
        assert gone.holds(server) is None
        assert all(step.server != server for step in gone.history)
        assert (gone.holds(None), gone.way_back(None)) == (undo[None][-1], undo[None][-2::-1])


def test_a_rollback_over_several_takes_all_of_them_back() -> None:
    state = State()
    for model in ("a", "b", "c"):
        state = state.moved(step(state, PROMOTE, None, model))
    state = state.moved(step(state, ROLLBACK, None, "a"))
    assert (state.everyone, state.way_back(None)) == ("a", [None])


def test_a_trial_is_no_step_on_the_way_back() -> None:
    state = State().moved(Step("2026-11-28T12:00:00+00:00", PROMOTE, None, None, "a", "test"))
    tried = Step("2026-11-28T12:00:00+00:00", TRIAL, None, None, "b", "test")
    assert State("a", {}, Trial("b", 0.2), (*state.history, tried)).way_back(None) == [None]


def test_a_history_told_anew_changes_nobody_else_and_nothing_that_is_served() -> None:
    state = State()
    for model, by in (("a", "7"), ("b", "77"), ("c", "7")):
        move = step(state, PROMOTE, None, model)
        state = state.moved(replace(move, by=by))
    told = state.retold("7", "owner")
    assert [move.by for move in told.history] == ["owner", "77", "owner"]
    assert told.retold("owner", "7") == state


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"everyone": 7},
        {"servers": ["1"]},
        {"servers": {"1": {}}},
        {"trial": {"model": "a", "share": 0}},
        {"trial": {"model": "a", "share": float("nan")}},
        {"history": [{}]},
        {"history": None},
    ],
)
def test_what_is_no_state_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        State.from_json(State().to_json() | change)
