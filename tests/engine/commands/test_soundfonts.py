"""``soundfonts`` names what can be chosen and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.commands import soundfonts
from tests.engine.audio.test_soundfont import WHOLE


def test_the_default_is_listed_first_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["soundfonts"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "FluidR3_GM: whole (MIT)"


def test_ones_own_and_what_is_missing_or_damaged_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cut, whole = tmp_path / "Cut.sf2", tmp_path / "Whole.sf3"
    cut.write_bytes(b"RIFF" + (999).to_bytes(4, "little") + b"sfbkLIST")
    whole.write_bytes(WHOLE)
    there = {"Cut": cut, "Whole": whole}
    monkeypatch.setattr(soundfonts, "installed_soundfonts", lambda: there)
    assert main(["soundfonts", "--json"]) == 0
    states = {row["name"]: row["state"] for row in json.loads(capsys.readouterr().out)}
    assert states == {
        "FluidR3_GM": "missing; install it with 'sudo apt-get install fluid-soundfont-gm'",
        "MuseScore_General_Full": (
            "missing; install it with 'sudo apt-get install musescore-general-soundfont'"
        ),
        "Cut": f"the soundfont {cut} is damaged: 16 of 1,007 bytes are there; install it again",
        "Whole": "readable, and not in the catalogue",
    }
