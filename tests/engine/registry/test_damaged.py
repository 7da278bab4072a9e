"""A candidate that is not what its card says is never served, added or promoted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.registry.errors import RegistryError
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

DAMAGES: dict[str, Callable[[Path], object]] = {
    "its adapter.safetensors is damaged": lambda folder: flip(folder / "adapter.safetensors"),
    "its ranker.json is missing": lambda folder: (folder / "ranker.json").unlink(),
    "its card.json is missing": lambda folder: (folder / "card.json").unlink(),
    "its card.json is damaged": lambda folder: (folder / "card.json").write_bytes(
        (folder / "card.json").read_bytes()[:-40]
    ),
    f"its card.json is that of {C}": lambda folder: (folder / "card.json").write_text(
        (folder / "card.json").read_text().replace(folder.name, C)
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_candidate_is_neither_promoted_nor_added(tmp_path: Path, damage: str) -> None:
    registry = make_registry(tmp_path, A)
    DAMAGES[damage](registry.folder / A)
    with pytest.raises(RegistryError) as refused:
        registry.promote(A, by="ann", at=NOON, forced=True)
    assert str(refused.value).startswith(f"{A} cannot be served: {damage}; tune again, or")
    if C not in damage:  # a card of another name is right in the making
        making = make_candidate(registry.folder / ".making-one", registry.base, B)
        DAMAGES[damage](making)
        with pytest.raises(RegistryError, match=f"is no candidate: {damage}; tune again"):
            registry.add(making)
        assert [entry.id for entry in registry.entries()] == ["small-4", A]


@pytest.mark.parametrize("damage", DAMAGES)
def test_in_place_of_a_damaged_one_what_was_served_before_is(tmp_path: Path, damage: str) -> None:
    registry = make_registry(tmp_path, A, B)
    promote(registry, A, B)
    promote(registry, B, server="1")
    assert registry.served().id == B
    DAMAGES[damage](registry.folder / B)
    assert [registry.served().id, registry.served("1").id] == [A, A]
    everyone, server = registry.damaged()
    assert everyone.startswith(f"everyone is served {A} in place of {B}: {B} cannot be served: ")
    assert server.startswith(f"server 1 is served {A} in place of {B}: ")
    shutil.rmtree(registry.folder / A)
    assert [registry.served().id, registry.served("1").id] == ["small-4", "small-4"]
    # The same object has seen both whole; it must not remember that.
    assert {entry.unfit for entry in registry.entries()[1:]} == {damage}


def test_a_deleted_one_is_passed_over_by_a_rollback_which_says_so(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B, C)
    promote(registry, A, B, C)
    shutil.rmtree(registry.folder / B)
    assert rollback(registry) == A
    assert registry.history()[-1].reason.startswith(f"there is no model '{B}'")
    assert rollback(registry) == "small-4"


def test_a_rollback_never_ends_where_it_began(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B)
    promote(registry, A, B, A)
    shutil.rmtree(registry.folder / B)
    assert rollback(registry) == "small-4"


def test_a_card_may_hold_anything_and_is_never_more_than_damaged(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    path = registry.folder / A / "card.json"
    card = json.loads(path.read_text())
    for value in (None, 7, "text", [], {}, {"name": 1}, "../../etc/passwd"):
        for field in card.keys() - {"verdict", "ratings"}:
            path.write_text(json.dumps(card | {field: value}))
            entry = registry.entry(A)
            assert (entry.unfit or "").startswith("its card.json "), (field, value)
            assert (entry.kind, entry.passed) == ("unknown", False)
    for rubbish in ("", "null", "[]", "7", "[" * 100_000, '{"format": 1}'):
        path.write_text(rubbish)
        assert registry.entry(A).unfit == "its card.json is damaged"


def test_a_file_outside_of_the_candidate_is_none_of_it(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    path = registry.folder / A / "card.json"
    card = json.loads(path.read_text())
    card["files"]["../secret"] = "00"
    path.write_text(json.dumps(card))
    assert registry.entry(A).unfit == "its card.json is damaged"


def test_a_candidate_of_a_newer_format_says_so(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    path = registry.folder / A / "card.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    assert registry.entry(A).unfit == "its card.json has format 2, this code reads 1"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("small-5", "it was made over another base, small-4, and this one is small-5"),
        ("small-4", "it was made over another small-4"),
    ],
)
def test_one_made_over_another_base_is_not_served(tmp_path: Path, name: str, says: str) -> None:
    registry = make_registry(tmp_path, A)
    promote(registry, A)
    make_base(registry.base, name, ("33",))
    assert registry.served().id == name
    with pytest.raises(RegistryError, match=f"{A} cannot be served: {says}"):
        registry.promote(A, by="ann", at=NOON, forced=True)
    making = registry.folder / ".making-one"
    old = make_base(tmp_path / "old")
    with pytest.raises(RegistryError, match=f"is no candidate: {says}"):
        registry.add(make_candidate(making, old, B))


@pytest.mark.parametrize("rubbish", [None, "{", '{"name": "small-4"}'])
def test_a_damaged_base_is_a_missing_part(tmp_path: Path, rubbish: str | None) -> None:
    registry = make_registry(tmp_path, A)
    card = registry.base / "card.json"
    card.unlink() if rubbish is None else card.write_text(rubbish)
    with pytest.raises(ModelError, match="restore it with git checkout"):
        registry.served()


def test_adding_the_same_once_more_keeps_what_is_there(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    making = registry.folder / ".making-one"
    assert registry.add(make_candidate(making, registry.base, A, kind="ranker")).kind == "adapter"
    assert not making.exists()


def test_another_model_of_the_same_name_is_refused(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    making = registry.folder / ".making-one"
    other = json.loads((registry.folder / A / "card.json").read_text())["files"]
    make_candidate(making, registry.base, A, files={"adapter.safetensors": other["ranker.json"]})
    (making / "adapter.safetensors").write_bytes(b"{}")
    with pytest.raises(RegistryError, match=f"there is another model {A}; choose another id"):
        registry.add(making)
    with pytest.raises(RegistryError, match="there is another model small-4"):
        registry.add(make_candidate(registry.folder / ".making-two", registry.base, "small-4"))
    assert registry.ready(A).card["files"] == other


@pytest.mark.parametrize("damage", DAMAGES)
def test_tuning_again_mends_a_damaged_candidate(tmp_path: Path, damage: str) -> None:
    registry = make_registry(tmp_path, A)
    DAMAGES[damage](registry.folder / A)
    registry.add(make_candidate(registry.folder / ".making-one", registry.base, A))
    promote(registry, A)
    assert registry.served().id == A
