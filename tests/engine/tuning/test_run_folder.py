from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import OutputFolderError
from engine.tuning.run_folder import PLAN, RunFolder

FULL = Path("/dev/full")
"""Where nothing can be written for want of room."""


def test_what_was_kept_is_there_when_the_same_plan_comes_again(tmp_path: Path) -> None:
    RunFolder(tmp_path, {"seed": 1}).keep("told.json", [1, 2])
    again = RunFolder(tmp_path, {"seed": 1})
    assert again.json("told.json") == [1, 2]
    assert again.json("other.json") is None


def test_another_plan_finds_nothing_of_the_first(tmp_path: Path) -> None:
    RunFolder(tmp_path, {"seed": 1}).keep("told.json", [1, 2])
    other = RunFolder(tmp_path, {"seed": 2})
    assert not other.has("told.json")


def test_a_torn_file_counts_as_none(tmp_path: Path) -> None:
    run = RunFolder(tmp_path, {})
    run.keep("told.json", [1, 2])
    run.path("told.json").write_text("[1, ")
    assert run.json("told.json") is None


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "novel.txt").write_text("Call me")
    with pytest.raises(OutputFolderError, match="choose another --run"):
        RunFolder(tmp_path, {})
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["novel.txt"]


def test_a_full_disk_is_told_in_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    run = RunFolder(tmp_path, {})
    run.keep("told.json", [1])
    run.path(".told.json.part").symlink_to(FULL)
    with pytest.raises(OutputFolderError, match="No space left.*the same command goes on$"):
        run.keep("told.json", [1, 2])
    assert run.json("told.json") == [1]
    with pytest.raises(OutputFolderError, match="goes on"), run.room():
        save_file({"a": torch.zeros(1)}, tmp_path / "nowhere" / "adapter.safetensors")
    assert run.has(PLAN)
