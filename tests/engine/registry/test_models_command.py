"""``models list, promote, rollback`` as scripts and owners see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.commands import models
from engine.registry.registry import Registry
from tests.engine.registry.candidates import NOON, A, B, make_candidate, make_registry

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = make_registry(tmp_path, A)
    made.add(make_candidate(made.folder / ".making-one", made.base, B, passed=False))
    monkeypatch.setenv("CADENZA_MODEL", str(made.base))
    monkeypatch.setenv("CADENZA_MODELS", str(made.folder))
    monkeypatch.setattr(models, "network_loads", lambda base: None)
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*argv: str) -> tuple[int, str, str]:
        try:
            status = main(["models", *argv])
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_the_list_shows_verdicts_and_who_is_served_what(registry: Registry, run: Run) -> None:
    registry.promote(A, by="test", at=NOON)
    registry.promote("small-4", server="42", by="test", at=NOON)
    registry.set_trial(B, 0.2, by="test", at=NOON)
    status, out, err = run("list")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "42         small-4              base     -",
        "everyone   tuned-20261128-aaaa  adapter  2026-11-28 12:00 UTC, 412 ratings  "
        "passed: tuned-20261128-aaaa was judged",
        "trial 20%  tuned-20261128-bbbb  adapter  2026-11-28 12:00 UTC, 412 ratings  "
        "not passed: tuned-20261128-bbbb was judged",
    ]
    rows = json.loads(run("list", "--json")[1])
    assert [(r["id"], r["everyone"], r["servers"], r["trial"]) for r in rows] == [
        ("small-4", False, ["42"], None),
        (A, True, [], None),
        (B, False, [], 0.2),
    ]


def test_what_is_not_served_although_it_should_be_is_said(registry: Registry, run: Run) -> None:
    registry.promote(A, by="test", at=NOON)
    (registry.folder / A / "adapter.safetensors").unlink()
    status, out, err = run("list")
    assert status == 0
    assert out.splitlines()[0].startswith("everyone  small-4")
    assert "cannot be served: its adapter.safetensors is missing" in out
    assert err.startswith(f"everyone is served small-4 in place of {A}: ")


def test_promoting_and_rolling_back_say_what_is_served(registry: Registry, run: Run) -> None:
    assert run("promote", A) == (0, f"everyone is served {A}\n", "")
    assert run("promote", "small-4", "--server", "42")[1] == "server 42 is served small-4\n"
    assert run("rollback", "--server", "42")[1] == f"server 42 is served {A}\n"
    row = json.loads(run("rollback", "--json")[1])
    assert (row["id"], row["kind"], row["everyone"]) == ("small-4", "base", True)
    assert {step.by for step in registry.history()} == {models.BY}
    status, out, err = run("rollback")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_refusal_names_the_reason_and_the_way_around_it(registry: Registry, run: Run) -> None:
    assert run("promote", B) == (
        2,
        "",
        f"{B} has not passed the gate: {B} was judged; --force promotes it all the same\n",
    )
    assert run("promote", B, "--force") == (0, f"everyone is served {B}\n", "")
    assert registry.history()[0].forced


def test_unknown_models_and_servers_are_one_line_and_exit_2(registry: Registry, run: Run) -> None:
    for argv in (["promote", "tuned"], ["promote", A, "--server", "my server"], ["rollback"]):
        status, out, err = run(*argv)
        assert (status, out, err.count("\n")) == (2, "", 1)
    assert registry.history() == []


def test_another_folder_can_be_named(registry: Registry, run: Run, tmp_path: Path) -> None:
    registry.promote(A, by="test", at=NOON)
    other = str(tmp_path / "other")
    assert run("list", "--models", other)[1] == "everyone  small-4  base  -\n"
    assert run("promote", A, "--models", other)[0] == 2
    assert registry.served().id == A
