"""Make hands a prompt over as it was typed, and set-up installs only what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def executable(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/bash\n" + script)
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the Makefile with everything set up, whose Python prints what it is told."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    executable(tmp_path / "tools" / "system-parts.sh", "exit 0")
    executable(tmp_path / "tools" / "python-parts.sh", "echo installing; exit 1")
    executable(tmp_path / ".venv" / "bin" / "python", "printf '%s\\n' \"$@\"")
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def make(checkout: Path, *words: str, **environ: str) -> list[str]:
    """Run make as at a desk, not as the child of the make that runs the tests."""
    inherited = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    inherited.pop("MFLAGS", None)
    done = subprocess.run(
        ["make", *words],
        cwd=checkout,
        env={**inherited, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "prompt",
    [
        "jazz calm 90bpm",
        'it\'s a "sad" waltz',
        "costs $5, $HOME, $(shell id) and `ls`",
        "F# minor; rm -rf nothing & *",
        "back\\slash %d 100% \u266b",
        "--help",
        "",
    ],
)
def test_a_prompt_arrives_as_it_was_typed(checkout: Path, prompt: str) -> None:
    told = ["-m", "engine", "compose", "--out", "out", "--", prompt]
    assert make(checkout, "compose", f"PROMPT={prompt}") == told
    assert make(checkout, "compose", PROMPT=prompt) == told


def test_seed_and_folder_can_be_given(checkout: Path) -> None:
    told = make(checkout, "compose", "PROMPT=x", "SEED=7", "OUT=my music")
    assert told == ["-m", "engine", "compose", "--out", "my music", "--seed", "7", "--", "x"]


def system_parts(
    tmp_path: Path, libraries: tuple[str, ...], *, apt_get: bool
) -> subprocess.CompletedProcess[str]:
    """Run the real script on a machine that has these libraries only."""
    for name in ("bash", "grep", "dirname", "id", "env"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    executable(tmp_path / "sudo", '"$@"')
    there = "\n".join(f"echo {name}.so.3" for name in libraries)
    executable(tmp_path / "ldconfig", there or "true")
    if apt_get:
        executable(tmp_path / "apt-get", 'echo "apt-get $*" >&2')
    return subprocess.run(
        [ROOT / "tools" / "system-parts.sh"],
        env={"PATH": str(tmp_path), "LDCONFIG": str(tmp_path / "ldconfig")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_installed_where_nothing_is_missing(tmp_path: Path) -> None:
    done = system_parts(tmp_path, ("libfluidsynth", "libcairo"), apt_get=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_the_missing_is_installed(tmp_path: Path) -> None:
    done = system_parts(tmp_path, ("libfluidsynth",), apt_get=True)
    assert done.returncode == 0
    assert "apt-get install -y -qq --no-install-recommends libcairo2\n" in done.stderr


def test_elsewhere_one_sentence_names_what_to_install(tmp_path: Path) -> None:
    done = system_parts(tmp_path, (), apt_get=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for manager in ("apt-get install", "dnf install", "brew install"):
        assert manager in done.stderr
