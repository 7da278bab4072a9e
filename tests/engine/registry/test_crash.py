"""Whoever dies at any step leaves what was before, or what shall be."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.registry import durable
from engine.registry.errors import RegistryError
from engine.registry.pointer import KEPT, NAME
from engine.registry.registry import Registry
from tests.engine.registry.candidates import NOON, A, B, make_candidate, make_registry

ROOT = Path(__file__).parents[3]


def after_deaths(folder: Path, what: str) -> list[dict[str, Any]]:
    """Return what is said of each state of the disk that a death at any step leaves, in order."""
    command = [sys.executable, "-m", "tests.engine.registry.killed", str(folder), what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    # Fewer would mean that steps were not counted.
    assert found["deaths"] > 100
    assert len(found["states"]) > 1
    states: list[dict[str, Any]] = found["states"]
    return states


def once(values: list[Any]) -> list[Any]:
    """Return the values without repetitions in a row."""
    return values[:1] + [after for before, after in pairwise(values) if before != after]


def test_a_promotion_killed_at_any_step_has_happened_or_not(tmp_path: Path) -> None:
    found = after_deaths(tmp_path, "promote")
    assert once([row["served"] for row in found]) == [A, B]
    assert all(row["registry"] == row["served"] and not row["damaged"] for row in found)
    assert {row["then"] for row in found} == {B}
    # Tried again it is one promotion, not two: a rollback then leads to A and not to B itself.
    assert {row["steps"] for row in found} == {2}
    assert {row["at_last"] for row in found} == {A}


def test_a_rollback_killed_at_any_step_has_happened_or_not(tmp_path: Path) -> None:
    found = after_deaths(tmp_path, "rollback")
    assert once([row["served"] for row in found]) == [A, "small-4"]
    assert {row["then"] for row in found} == {"small-4"}
    assert not any(row["damaged"] for row in found)


def test_a_candidate_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    found = after_deaths(tmp_path, "add")
    assert once([row["entries"] for row in found]) == [["small-4", A], ["small-4", A, B]]
    assert all(row["entries"] == row["whole"] for row in found)
    assert {row["served"] for row in found} == {A}
    assert {row["at_last"] for row in found} == {A}


def test_a_torn_candidate_is_replaced_whole_or_stays_unserved(tmp_path: Path) -> None:
    found = after_deaths(tmp_path, "repair")
    assert once([row["whole"] for row in found]) == [["small-4", A], ["small-4", A, B]]
    assert {row["served"] for row in found} == {A}


def test_what_is_moved_is_on_the_disk_and_the_move_is_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killing a process does not show this: the kernel forgets only when the power goes."""
    events: list[tuple[str, set[int], int]] = []
    real_sync, real_replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        events.append(("sync", set(), os.fstat(handle).st_ino))
        real_sync(handle)

    def replace(source: Path, target: Path) -> None:
        moved = {path.stat().st_ino for path in (source, *source.rglob("*"))}
        real_replace(source, target)
        events.append((target.name, moved, target.parent.stat().st_ino))

    registry = make_registry(tmp_path)
    made = make_candidate(registry.folder / ".making-one", registry.base, A)
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    registry.add(made)
    registry.promote(A, by="test", at=NOON)
    moves = [at for at, (what, _, _) in enumerate(events) if what != "sync"]
    assert [events[at][0] for at in moves] == [A, NAME, KEPT]
    for at in moves:
        _, moved, folder = events[at]
        assert moved <= {place for what, _, place in events[:at] if what == "sync"}
        assert events[at + 1] == ("sync", set(), folder)


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A, B)
    many = (
        "import sys; from pathlib import Path; from engine.registry.registry import Registry; "
        "from tests.engine.registry.candidates import NOON, A, B; "
        "r = Registry(Path(sys.argv[1]), Path(sys.argv[2])); print(flush=True); input(); "
        "[r.promote((A, B)[i % 2], server=sys.argv[3], by=str(i), at=NOON) for i in range(30)]"
    )
    command = [sys.executable, "-c", many, str(registry.folder), str(registry.base)]
    both = [
        subprocess.Popen(
            [*command, server], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for server in ("1", "2")
    ]
    for process in both:
        assert process.stdout is not None
        process.stdout.readline()
    for process in both:
        process.communicate("go\n")
        assert process.returncode == 0
    done = [(step.server, step.by) for step in registry.history()]
    assert sorted(done) == sorted((server, str(i)) for server in ("1", "2") for i in range(30))
    assert [registry.served(server).id for server in ("1", "2", None)] == [B, B, "small-4"]


def test_who_changes_something_is_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = make_registry(tmp_path, A)
    real = durable.write

    def write(path: Path, data: bytes) -> None:
        with (
            (registry.folder / ".registry.lock").open("ab") as file,
            pytest.raises(BlockingIOError),
        ):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        real(path, data)

    monkeypatch.setattr(durable, "write", write)
    assert registry.promote(A, by="test", at=NOON).id == A


@pytest.mark.parametrize("name", [NAME, KEPT])
def test_a_registry_cut_short_anywhere_is_answered_from_the_other(
    tmp_path: Path, name: str
) -> None:
    registry = make_registry(tmp_path, A, B)
    registry.promote(A, by="test", at=NOON)
    path = registry.folder / name
    data = path.read_bytes()
    # All but the last byte, a newline, is needed.
    for length in range(len(data) - 1):
        path.write_bytes(data[:length])
        assert registry.served().id == A
        assert len(registry.damaged()) == (name == NAME)
    registry.promote(B, by="test", at=NOON)
    assert path.read_bytes() == (registry.folder / NAME).read_bytes()
    assert not registry.damaged()
    assert registry.rollback(by="test", at=NOON).id == A


def test_a_lost_registry_is_answered_from_the_kept_copy(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    registry.promote(A, by="test", at=NOON)
    (registry.folder / NAME).unlink()
    assert registry.served().id == A
    assert "registry.kept.json answers" in registry.damaged()[0]


def test_where_both_are_damaged_the_base_is_served_until_somebody_promotes(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    registry.promote(A, by="test", at=NOON)
    for name, rubbish in ((NAME, b"\xff\x00"), (KEPT, b'{"format": 1}')):
        (registry.folder / name).write_bytes(rubbish)
    assert registry.served().id == "small-4"
    assert registry.damaged()[0].endswith("restore one of them from a copy, or promote again")
    assert registry.promote(A, by="test", at=NOON) == registry.served()
    assert not registry.damaged()


def test_promoting_what_is_served_mends_a_damaged_registry(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, A)
    registry.promote(A, by="test", at=NOON)
    (registry.folder / NAME).write_bytes(b"{")
    registry.promote(A, by="test", at=NOON)
    assert not registry.damaged()
    assert len(registry.history()) == 1


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = make_registry(tmp_path, A, B)
    registry.promote(A, by="test", at=NOON)
    real = durable.write
    for last in (NAME, KEPT):

        def write(path: Path, data: bytes, last: str = last) -> None:
            if path.name == f".{last}.part":
                real(path, data[:10])
                raise OSError(28, "No space left on device")
            real(path, data)

        monkeypatch.setattr(durable, "write", write)
        with pytest.raises(RegistryError, match=r"No space left on device\); make room"):
            registry.promote(B, by="test", at=NOON)
        assert registry.served().id == A
        assert not registry.damaged()


def test_a_folder_that_cannot_be_written_to_is_named_in_one_sentence(tmp_path: Path) -> None:
    """Permissions do not hold a superuser, who runs containers; a file in the way holds anyone."""
    base = make_registry(tmp_path).base
    (tmp_path / "file").write_bytes(b"")
    registry = Registry(tmp_path / "file" / "models", base)
    assert [registry.served().id, [e.id for e in registry.entries()]] == ["small-4", ["small-4"]]
    with pytest.raises(RegistryError) as refused:
        registry.promote("small-4", server="1", by="test", at=NOON)
    assert str(refused.value).startswith(
        f"{registry.folder} cannot be written to (Not a directory)"
    )
    assert "\n" not in str(refused.value)
