"""The soundfont that plays is the one chosen, whole, or the error says what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.audio.soundfont import (
    SOUNDFONTS,
    check_soundfont,
    find_soundfont,
    installed_soundfonts,
    read_catalogue,
    verify_soundfont,
)
from engine.errors import SoundfontError

EMPTY_LIST = b"LIST" + (4).to_bytes(4, "little")
WHOLE = b"RIFF" + (28).to_bytes(4, "little") + b"sfbk" + EMPTY_LIST + b"sdta" + EMPTY_LIST + b"pdta"
"""The outside of a soundfont, with nothing in it."""


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """A soundfonts/ with the real catalogue and nothing else."""
    (tmp_path / "catalogue.toml").write_bytes((SOUNDFONTS / "catalogue.toml").read_bytes())
    return tmp_path


def test_the_installed_default_is_the_one_of_the_catalogue() -> None:
    verify_soundfont(find_soundfont({}), read_catalogue()[0])


def test_another_file_is_not_the_one_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "FluidR3_GM.sf2").write_bytes(WHOLE)
    with pytest.raises(SoundfontError, match="SHA-256 differs"):
        verify_soundfont(tmp_path / "FluidR3_GM.sf2", read_catalogue()[0])


def test_a_missing_default_names_the_package(own_folder: Path) -> None:
    with pytest.raises(SoundfontError, match="apt-get install fluid-soundfont-gm"):
        find_soundfont({}, own_folder=own_folder, system_folders=())


def test_an_unknown_name_says_where_to_lay_the_file(own_folder: Path) -> None:
    with pytest.raises(SoundfontError, match=r"no soundfont 'Tiny'; lay it as .sf2 or .sf3 into"):
        find_soundfont({"CADENZA_SOUNDFONT": "Tiny"}, own_folder=own_folder, system_folders=())


@pytest.mark.parametrize("name", ["Mine", "Mine.sf3"])
def test_a_file_of_ones_own_is_found_by_name(own_folder: Path, name: str) -> None:
    (own_folder / "Mine.sf3").write_bytes(WHOLE)
    found = find_soundfont({"CADENZA_SOUNDFONT": name}, own_folder=own_folder)
    assert found == own_folder / "Mine.sf3"


def test_a_choice_wins_over_the_environment(own_folder: Path) -> None:
    chosen = own_folder / "elsewhere.sf2"
    chosen.write_bytes(WHOLE)
    environ = {"CADENZA_SOUNDFONT": "Tiny"}
    assert find_soundfont(environ, str(chosen), own_folder=own_folder) == chosen


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a soundfont"),
        (b"<!DOCTYPE html><title>404</title>", "not a soundfont"),
        (b"RIFF" + (8).to_bytes(4, "little") + b"WAVEfmt ", "not a soundfont"),
        (b"RIFF" + (999).to_bytes(4, "little") + b"sfbkLIST", "16 of 1,007 bytes"),
        (b"RIFF" + (16).to_bytes(4, "little") + b"sfbk" + EMPTY_LIST + b"sdta", "parts of it are"),
    ],
    ids=["empty", "web page", "wav", "cut short", "cut short and patched up"],
)
def test_a_damaged_soundfont_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "font.sf2"
    path.write_bytes(content)
    with pytest.raises(SoundfontError, match=reason):
        check_soundfont(path)


def test_a_damaged_catalogue_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text("[[soundfont]]\nname = 'x'\n")
    with pytest.raises(SoundfontError, match=r"catalogue\.toml cannot be read"):
        read_catalogue(tmp_path)


def test_an_unknown_name_is_answered_with_those_that_there_are(own_folder: Path) -> None:
    for name in ("Mine.sf2", "Yours.SF3", "notes.txt"):
        (own_folder / name).write_bytes(WHOLE)
    (own_folder / "Alias.sf2").symlink_to(own_folder / "Mine.sf2")
    assert list(installed_soundfonts(own_folder, ())) == ["Mine", "Yours"]
    with pytest.raises(SoundfontError, match=r"no soundfont 'Tiny'; choose Mine or Yours, or lay"):
        find_soundfont({}, "Tiny", own_folder=own_folder, system_folders=())


def test_a_file_of_the_default_s_name_in_the_working_folder_does_not_replace_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "FluidR3_GM").write_text("something else")
    monkeypatch.chdir(tmp_path)
    assert find_soundfont({}).suffix == ".sf2"


def test_a_link_to_a_large_file_elsewhere_is_one_s_own_soundfont(
    own_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "Large.sf2"
    file.write_bytes(WHOLE)
    (own_folder / "Large.sf2").symlink_to(file)
    assert list(installed_soundfonts(own_folder, ())) == ["Large"]


@pytest.mark.parametrize("name", ["x" * 300, "~nobodyofthisname/x.sf2", "a/b/c.sf2", "\n"])
def test_an_odd_name_is_no_soundfont(own_folder: Path, name: str) -> None:
    with pytest.raises(SoundfontError, match="there is no soundfont"):
        find_soundfont({}, name, own_folder=own_folder, system_folders=())
