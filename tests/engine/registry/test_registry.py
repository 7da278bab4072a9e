"""Which model is served to whom, whatever becomes of its files."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.registry.entry import Entry, base_hash
from engine.registry.errors import NotPassedError, RegistryError
from engine.registry.pointer import KEPT, NAME
from engine.registry.registry import MODELS, Registry
from engine.registry.served import SHIPPED
from engine.registry.state import Trial
from tests.engine.registry.candidates import (
    NOON,
    A,
    B,
    C,
    flip,
    make_base,
    make_candidate,
    make_registry,
    promote,
    rollback,
)


def test_without_any_file_the_base_is_served_to_all(tmp_path: Path) -> None:
    registry = make_registry(tmp_path)
    base = Entry("small-4", None, json.loads((registry.base / "card.json").read_text()), None, None)
    assert registry.served() == registry.served("1") == base
    assert registry.entries() == [base]
    assert (registry.history(), registry.trial, registry.damaged()) == ([], None, [])


def test_what_changes_nothing_leaves_no_folder(tmp_path: Path) -> None:
    registry = make_registry(tmp_path)
    promote(registry, "small-4")
    registry.forget("1")
    registry.retell("ann", "owner")
    registry.set_trial(None, by="ann", at=NOON)
    with pytest.raises(RegistryError):
        rollback(registry)
    assert not registry.folder.exists()


def test_the_folder_is_an_argument_else_a_variable_else_the_usual_one(tmp_path: Path) -> None:
    environ = {"CADENZA_MODELS": str(tmp_path / "named"), "CADENZA_MODEL": str(tmp_path / "base")}
    chosen = Registry.open(environ, folder=tmp_path / "chosen")
    named, usual = Registry.open(environ), Registry.open({})
    assert [chosen.folder.name, named.folder.name, usual.folder] == ["chosen", "named", MODELS]
    assert [named.base, usual.base] == [tmp_path / "base", SHIPPED]


def test_the_shipped_model_can_be_a_base() -> None:
    assert len(base_hash(SHIPPED)) == 64
    assert Registry(Path("nowhere"), SHIPPED).served().kind == "base"


def test_a_base_is_known_by_its_parts_in_their_order(tmp_path: Path) -> None:
    hashes = [
        base_hash(make_base(tmp_path, name, parts))
        for name, parts in (("a", ("11", "22")), ("b", ("11", "22")), ("a", ("22", "11")))
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_what_was_promoted_is_served_and_known_to_a_fresh_registry(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B)
    entry = registry.promote(A, by="ann", at=NOON)
    assert entry == registry.served() == Registry(registry.folder, registry.base).served("1")
    assert (entry.id, entry.kind, entry.passed) == (A, "adapter", True)
    assert entry.folder == registry.folder / A
    step = registry.history()[0]
    assert step.to_json() == {
        "at": "2026-11-28T12:00:00+00:00",
        "action": "promote",
        "server": None,
        "from": None,
        "to": A,
        "by": "ann",
        "forced": False,
        "reason": f"{A} was judged",
    }


def test_entries_are_the_base_and_then_candidates_by_age(tmp_path: Path) -> None:
    registry = make_registry(tmp_path)
    for model_id, made_at in (
        # Noon in Chatham is the night before in UTC.
        (A, "2026-11-28T13:00:00+00:00"),
        (B, "2026-11-28T12:30:00+00:00"),
        (C, "2026-11-28T13:00:00+13:45"),
    ):
        making = registry.folder / ".making-one"
        registry.add(make_candidate(making, registry.base, model_id, made_at=made_at))
    (registry.folder / "no-card").mkdir()
    assert [entry.id for entry in registry.entries()] == ["small-4", C, B, A, "no-card"]
    assert registry.entry("no-card").unfit == "its card.json is missing"


def test_what_is_in_the_making_is_no_entry(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    make_candidate(registry.folder / ".making-tuned", registry.base, B)
    assert [entry.id for entry in registry.entries()] == ["small-4", A]
    for name in (".making-tuned", "", "..", f"../models/{A}", "registry.json"):
        with pytest.raises(RegistryError, match=f"there is no model '{name}'; there are: small-4"):
            registry.entry(name)


def test_an_unknown_model_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B)
    with pytest.raises(RegistryError) as refused:
        promote(registry, "tuned")
    assert str(refused.value) == f"there is no model 'tuned'; there are: small-4, {A}, {B}"


def test_rollbacks_go_back_promotion_by_promotion_until_there_is_none(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B, C)
    promote(registry, A, B)
    assert [rollback(registry), registry.served().id] == [A, A]
    promote(registry, C)
    assert [rollback(registry), rollback(registry)] == [A, "small-4"]
    with pytest.raises(RegistryError, match="nothing was served to everyone before small-4"):
        rollback(registry)
    assert [step.after for step in registry.history()] == [A, B, A, C, A, None]


def test_a_refused_rollback_leaves_no_step(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    with pytest.raises(RegistryError):
        rollback(registry)
    promote(registry, A)
    with pytest.raises(RegistryError, match="server 1 has no model of its own .* is served tuned"):
        rollback(registry, "1")
    assert len(registry.history()) == 1


def test_promoting_what_is_served_is_no_step(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    promote(registry, "small-4", A, A)
    promote(registry, A, A, server="1")
    assert [(step.server, step.after) for step in registry.history()] == [(None, A), ("1", A)]
    assert rollback(registry) == "small-4"


def test_a_server_has_its_own_and_follows_everyone_again_after_it(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B, C)
    promote(registry, A)
    promote(registry, B, server="1")
    promote(registry, "small-4", server="2")
    promote(registry, C)
    assert {scope: entry.id for scope, entry in registry.served_to().items()} == {
        None: C,
        "1": B,
        "2": "small-4",
    }
    assert [registry.served(scope).id for scope in ("1", "2", "3")] == [B, "small-4", C]
    assert rollback(registry) == A
    assert [registry.served(scope).id for scope in ("1", "2", "3")] == [B, "small-4", A]
    assert [rollback(registry, "1"), rollback(registry, "2")] == [A, A]
    assert registry.served_to().keys() == {None}


def test_forgetting_a_server_leaves_nothing_of_it(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B)
    promote(registry, A)
    promote(registry, B, server="4242")
    registry.forget("4242")
    assert registry.served("4242").id == A
    assert all(b"4242" not in path.read_bytes() for path in registry.folder.glob("*.json"))


def test_a_base_that_was_updated_is_everyones_who_has_none_of_their_own(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    promote(registry, A, "small-4")
    make_base(registry.base, "small-5", ("33",))
    assert [registry.served().id, registry.damaged()] == ["small-5", []]


def test_what_has_not_passed_is_promoted_by_force_alone_and_that_is_kept(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, passed=False)
    with pytest.raises(NotPassedError) as refused:
        promote(registry, A)
    assert str(refused.value) == f"{A} has not passed the gate: {A} was judged"
    assert registry.history() == []
    registry.promote(A, by="ann", at=NOON, forced=True)
    assert [registry.served().id, registry.history()[0].forced] == [A, True]


def test_a_passed_verdict_needs_no_force_and_is_not_called_forced(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    registry.promote(A, by="ann", at=NOON, forced=True)
    assert not registry.history()[0].forced


@pytest.mark.parametrize("verdict", [{}, {"passed": "yes"}, {"passed": 1, "reason": None}])
def test_nothing_but_true_is_a_passed_verdict(tmp_path: Path, verdict: dict[str, object]) -> None:
    registry = make_registry(tmp_path, A, verdict=verdict)
    with pytest.raises(NotPassedError, match="it was never judged"):
        promote(registry, A)


def test_what_does_not_load_is_not_promoted_even_by_force(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    asked = []

    def loads(entry: Entry) -> None:
        asked.append(entry.id)
        raise ModelError("the adapter is of another shape")

    for act in (
        lambda: registry.promote(A, by="ann", at=NOON, forced=True, loads=loads),
        lambda: registry.set_trial(A, 0.2, by="ann", at=NOON, loads=loads),
    ):
        with pytest.raises(RegistryError, match="cannot be loaded: the adapter is of another"):
            act()
    assert (asked, registry.history(), registry.served().id) == ([A, A], [], "small-4")


def test_a_trial_rests_while_its_model_is_damaged_and_ends_with_its_promotion(
    tmp_path: Path,
) -> None:
    registry = make_registry(tmp_path, A, B, passed=False)
    registry.set_trial(A, 0.2, by="ann", at=NOON)
    assert registry.trial == Trial(A, 0.2)
    weights = registry.folder / A / "adapter.safetensors"
    flip(weights)
    assert registry.trial is None
    assert registry.damaged()[0].startswith(f"the trial rests: {A} cannot be served: its adapter")
    flip(weights)
    registry.promote(A, server="1", by="ann", at=NOON, forced=True)
    assert registry.trial == Trial(A, 0.2)
    registry.promote(A, by="ann", at=NOON, forced=True)
    assert [registry.trial, rollback(registry), registry.trial] == [None, "small-4", None]


def test_a_trial_is_ended_by_naming_none(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    for share in (0.2, 0.2, 0.5):
        registry.set_trial(A, share, by="ann", at=NOON)
    assert registry.set_trial(None, by="ann", at=NOON) is None
    assert registry.trial is None
    assert [(s.action, s.before, s.after, s.reason) for s in registry.history()] == [
        ("trial", None, A, "20% of the requests"),
        ("trial", A, A, "50% of the requests"),
        ("trial", A, None, ""),
    ]
    with pytest.raises(RegistryError, match="there is no model"):
        registry.set_trial(B, 0.2, by="ann", at=NOON)
    with pytest.raises(ValueError, match="a share is above 0"):
        registry.set_trial(A, 0.0, by="ann", at=NOON)


def test_a_time_has_a_zone(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    with pytest.raises(ValueError, match="a time has a zone"):
        registry.promote(A, by="ann", at=datetime(2026, 11, 28))  # noqa: DTZ001
    assert registry.served().id == "small-4"


@pytest.mark.parametrize(("made_for", "server"), [("7", None), (None, "7"), ("7", "8")])
def test_a_verdict_counts_for_the_scope_it_was_made_for_alone(
    tmp_path: Path, made_for: str | None, server: str | None
) -> None:
    against = {"model": "small-4", "server": made_for}
    registry = make_registry(tmp_path, "tuned-1", against=against)
    with pytest.raises(NotPassedError, match="tune for this scope"):
        promote(registry, "tuned-1", server=server)
    promote(registry, "tuned-1", server=made_for)
    assert registry.served(made_for).id == "tuned-1"


def test_a_verdict_counts_against_what_was_served_then(tmp_path: Path) -> None:
    """Two runs began against the base; what the second proved says nothing against the first."""
    against = {"model": "small-4", "server": None}
    registry = make_registry(tmp_path, "tuned-1", "tuned-2", against=against)
    promote(registry, "tuned-1")
    with pytest.raises(NotPassedError, match="judged against small-4, and tuned-1 is served"):
        promote(registry, "tuned-2")
    registry.promote("tuned-2", by="owner", at=NOON, forced=True)
    assert registry.served().id == "tuned-2"


def test_a_trial_of_a_servers_own_model_is_refused_since_it_plays_to_everyone(
    tmp_path: Path,
) -> None:
    registry = make_registry(tmp_path, "tuned-1", against={"model": "small-4", "server": "7"})
    with pytest.raises(RegistryError, match="plays to everyone"):
        registry.set_trial("tuned-1", 0.2, by="owner", at=NOON)
    assert registry.trial is None


def test_a_history_is_told_anew_in_both_files(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    registry.promote(A, by="somebody", at=NOON)
    registry.retell("somebody", "owner")
    assert [step.by for step in registry.history()] == ["owner"]
    files = [registry.folder / name for name in (NAME, KEPT)]
    assert not any("somebody" in file.read_text() for file in files)
    # Damaged files may still be mended by hand: whom they do not concern leaves them alone.
    for file in files:
        file.write_text("{")
    registry.retell("somebody", "owner")
    assert {file.read_text() for file in files} == {"{"}
