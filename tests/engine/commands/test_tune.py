"""``tune`` on the command line: what is said when it is stopped, and that it is true."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch

from engine.__main__ import main
from engine.ratings.records import write_ratings
from engine.tuning.crossfit import Crossfit, crossfit
from tests.engine.ratings.rated import piece, tune

FEW_LISTENERS = [
    piece(f"{request}-{pitch}", {f"l{n}": likes for n in range(4)}, request=f"{request}",
          score=tune(pitch, velocity=60 + 8 * request))
    for request in range(4)
    for pitch, likes in ((45, -1), (76, 1))
]  # fmt: skip
"""Four who like high notes: enough for a ranker, too few for a network."""


class StoppedHere:
    """Stands where the way from ratings to a candidate is stopped."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self._stop = stop

    def __call__(self, *_arguments: Any, **_options: Any) -> NoReturn:
        self._stop()
        raise AssertionError("nothing stopped it")


def ctrl_c() -> NoReturn:
    raise KeyboardInterrupt


def sigterm() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The command that makes a candidate of few ratings; nothing is played."""
    torch.set_num_threads(1)
    write_ratings(tmp_path / "ratings.jsonl", FEW_LISTENERS)
    paths = {"ratings": "ratings.jsonl", "run": "run", "models": "models", "corpus": "none"}
    options = [word for name, at in paths.items() for word in (f"--{name}", str(tmp_path / at))]
    return ["tune", *options, "--pieces", "8", "--no-sound", "--json"]


@pytest.mark.parametrize("stop", [ctrl_c, sigterm])
def test_who_stops_it_is_told_that_the_same_command_goes_on(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stop: Callable[[], object],
) -> None:
    """It said what all commands say, that nothing was left behind: an hour seemed to be lost."""
    monkeypatch.setattr("engine.commands.tune.learn", StoppedHere(stop))
    assert main(command) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"stopped; what was reached is kept in {tmp_path / 'run'}, "
        "and the same command goes on where it stopped\n"
    )


def test_the_same_command_does_not_ask_again_what_was_asked_before_it_was_stopped(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(*arguments: Any, **options: Any) -> Crossfit:
        asked.append(1)
        return crossfit(*arguments, **options)

    monkeypatch.setattr("engine.learn.crossfit", counted)
    monkeypatch.setattr("engine.learn.trial_pieces", StoppedHere(ctrl_c))
    assert [main(command), main(command)] == [130, 130]
    assert len(asked) == 1
