from pathlib import Path

import pytest

from engine.errors import OutputFolderError
from engine.output import Output, piece_name, read_details, slug
from engine.request.parse import parse
from engine.request.resolve import resolve

BRIEF = resolve(parse("calm jazz"), seed=7).to_json()


def write(folder: Path, brief: dict[str, object], **files: bytes) -> Output:
    with Output(folder, piece_name("Calm jazz in C# minor-7", brief), replaces=True) as output:
        for kind, data in files.items():
            output.add(kind, data)
        output.add_json({"title": "Calm jazz", "brief": brief})
    return output


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_signal_that_comes_with_the_scratch_folder_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def stopped(folder: Path, *args: int, **options: bool) -> None:
        make(folder, *args, **options)
        if folder.name.startswith(".composing-"):
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", stopped)
    with pytest.raises(KeyboardInterrupt), Output(tmp_path / "out", "piece"):
        pass
    assert names(tmp_path / "out") == []


def test_another_wish_with_the_same_title_and_seed_lies_beside_the_first(tmp_path: Path) -> None:
    one, other = write(tmp_path, BRIEF, mid=b"1"), write(tmp_path, {**BRIEF, "bpm": 90}, mid=b"2")
    assert one.files["mid"].read_bytes() == b"1"
    assert other.files["mid"].read_bytes() == b"2"


def test_the_same_wish_replaces_its_files_and_leaves_none_of_the_old(tmp_path: Path) -> None:
    write(tmp_path, BRIEF, mid=b"old", mp3=b"old")
    again = write(tmp_path, BRIEF, mid=b"new")
    assert names(tmp_path) == sorted(path.name for path in again.files.values())
    assert again.files["mid"].read_bytes() == b"new"


def test_a_file_made_of_another_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    write(tmp_path, BRIEF, mid=b"1")
    before = names(tmp_path)
    name = piece_name("Calm jazz in C# minor-7", BRIEF)
    with Output(tmp_path, name) as output:
        output.add("mp3", b"2")
    assert names(tmp_path) == sorted([*before, f"{name}.mp3"])


def test_the_details_of_a_piece_are_found_beside_its_midi_file(tmp_path: Path) -> None:
    written = write(tmp_path, BRIEF, mid=b"1")
    assert read_details(written.files["mid"]) == {"title": "Calm jazz", "brief": BRIEF}
    (tmp_path / "other.json").write_text("[1]")
    (tmp_path / "broken.json").write_text("{")
    for name in ("other", "broken", "missing"):
        assert read_details(tmp_path / f"{name}.mid") == {}


def test_a_file_that_cannot_be_moved_takes_the_others_back(tmp_path: Path) -> None:
    name = write(tmp_path, BRIEF).name
    for path in tmp_path.iterdir():
        path.unlink()
    (tmp_path / f"{name}.png").mkdir()
    with pytest.raises(OutputFolderError, match="cannot write to"):
        write(tmp_path, BRIEF, mid=b"1", png=b"2")
    assert names(tmp_path) == [f"{name}.png"]


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Output(tmp_path, "x") as output:
            output.add("mid", b"1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Calm jazz in C# minor", "calm-jazz-in-c-sharp-minor"),
        ("  Ça va? ../..  ", "a-va"),
        ("日本", "piece"),
    ],
)
def test_a_title_becomes_a_plain_file_name(title: str, name: str) -> None:
    assert slug(title) == name
