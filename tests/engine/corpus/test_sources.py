"""Folders and archives become pieces; songs stay on one side; nothing escapes its folder."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.corpus.genres import CANONICAL
from engine.corpus.sources import find_pieces, split_of
from engine.errors import BadInputError
from engine.tokens.spec import GENRES
from tests.engine.corpus.tunes import save

Pack = Callable[[Path, Path], Path]
NAMES = ("jazz/a.mid", "jazz/b.MID", "drums_rock/c.midi", "folk/deep/d.mid")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "in", NAMES)
    (tmp_path / "in" / "jazz" / "notes.txt").write_text("not music")
    return tmp_path / "in"


def pack_zip(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as packed:
        for name in NAMES:
            packed.write(folder / name, name)
    return archive


def pack_tar(folder: Path, archive: Path) -> Path:
    with tarfile.open(archive, "w:xz") as packed:
        for name in NAMES:
            packed.add(folder / name, name)
    return archive


def names(sources: list[Path], unpack_to: Path, **options: object) -> list[str]:
    return [piece.name for piece in find_pieces(sources, unpack_to, **options)]  # type: ignore[arg-type]


def test_a_folder_gives_its_midi_files_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    assert sorted(names([folder], tmp_path / "un")) == sorted(NAMES)


@pytest.mark.parametrize(("pack", "name"), [(pack_zip, "a.zip"), (pack_tar, "a.tar.xz")])
def test_an_archive_gives_the_same_pieces_as_its_folder(
    folder: Path, tmp_path: Path, pack: Pack, name: str
) -> None:
    archive = pack(folder, tmp_path / name)
    from_folder = find_pieces([folder], tmp_path / "un")
    from_archive = find_pieces([archive], tmp_path / "un")
    assert [(p.name, p.split, p.genre) for p in from_archive] == [
        (p.name, p.split, p.genre) for p in from_folder
    ]
    for one, other in zip(from_archive, from_folder, strict=True):
        assert one.file.read_bytes() == other.file.read_bytes()


def test_an_archive_inside_a_folder_is_opened_too(folder: Path, tmp_path: Path) -> None:
    inside = tmp_path / "archives"
    inside.mkdir()
    pack_zip(folder, inside / "a.zip")
    assert sorted(names([inside], tmp_path / "un")) == sorted(NAMES)


def test_an_archive_is_unpacked_once(folder: Path, tmp_path: Path) -> None:
    archive = pack_tar(folder, tmp_path / "a.tar.xz")
    (first, *_) = find_pieces([archive], tmp_path / "un")
    before = first.file.stat().st_ino
    find_pieces([archive], tmp_path / "un")
    assert first.file.stat().st_ino == before


def test_an_unpacking_that_broke_off_begins_anew(folder: Path, tmp_path: Path) -> None:
    archive = pack_tar(folder, tmp_path / "a.tar.xz")
    half = tmp_path / "un" / "a.tar.xz" / "jazz"
    half.mkdir(parents=True)
    (half / "half.mid").write_bytes(b"MThd")
    assert sorted(names([archive], tmp_path / "un")) == sorted(NAMES)


def test_shards_kept_inside_their_own_folder_are_not_music(folder: Path) -> None:
    """Unpacked files were once found a second time, under other names and in other splits."""
    pack_zip(folder, folder / "more.zip")
    assert sorted(names([folder], folder / "shards" / "unpacked")) == sorted(NAMES)


def test_the_order_mixes_and_never_varies(tmp_path: Path) -> None:
    save(tmp_path / "in", [f"{genre}/{i}.mid" for genre in ("folk", "jazz") for i in range(12)])
    first = names([tmp_path / "in"], tmp_path / "un")
    assert first == names([tmp_path / "in"], tmp_path / "un")
    assert first != sorted(first)
    assert {name.partition("/")[0] for name in first[:12]} == {"folk", "jazz"}


def test_the_manifest_beside_tells_song_genre_tier_and_source(folder: Path, tmp_path: Path) -> None:
    archive = pack_tar(folder, tmp_path / "a.tar.xz")
    (tmp_path / "manifest.csv").write_text(
        "path,song,genre,tier,source\n"
        "jazz/a.mid,blue,blues,A,people\n"
        "jazz/b.MID,blue,nonsense,U,arranged\n"
    )
    (tmp_path / "chords.csv").write_text("path,chords\njazz/a.mid,0:C\n")
    found = {piece.name: piece for piece in find_pieces([archive], tmp_path / "un")}
    a, b, c = found["jazz/a.mid"], found["jazz/b.MID"], found["drums_rock/c.midi"]
    assert (a.song, a.genre, a.tier, a.source) == ("blue", "blues", "A", "people")
    assert (b.song, b.genre, b.tier, b.source) == ("blue", None, "U", "arranged")
    assert (c.song, c.genre, c.tier, c.source) == (c.name, "rock", "unknown", "unknown")
    assert a.split == b.split


def test_a_manifest_from_a_spreadsheet_is_read(folder: Path, tmp_path: Path) -> None:
    """The byte order mark in front once hid the column ``path``, and with it all songs."""
    text = "path,song,genre,tier\njazz/a.mid,blue,blues,A\n"
    (folder / "manifest.csv").write_text(text, encoding="utf-8-sig")
    found = {piece.name: piece for piece in find_pieces([folder], tmp_path / "un")}
    assert found["jazz/a.mid"].song == "blue"


def test_a_manifest_that_is_no_text_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.csv").write_bytes(b"path,genre\nr\xeaverie.mid,folk\n")
    with pytest.raises(BadInputError, match=r"manifest\.csv cannot be read as a manifest"):
        find_pieces([folder], tmp_path / "un")


def test_tiers_keep_only_their_pieces(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.csv").write_text(
        "path,genre,tier\njazz/a.mid,jazz,A\njazz/b.MID,jazz,A-\nfolk/deep/d.mid,folk,U\n"
    )
    assert names([folder], tmp_path / "un", tiers=["A"]) == ["jazz/a.mid"]
    assert len(names([folder], tmp_path / "un", tiers=["A", "A-"])) == 2
    with pytest.raises(BadInputError, match="no piece of tier B"):
        find_pieces([folder], tmp_path / "un", tiers=["B"])


def test_nothing_to_build_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no MIDI files in"):
        find_pieces([tmp_path], tmp_path / "un")
    with pytest.raises(BadInputError, match=r"nowhere does not exist"):
        find_pieces([tmp_path / "nowhere"], tmp_path / "un")


def evil_tar(archive: Path, name: str, link: str | None = None) -> Path:
    with tarfile.open(archive, "w") as packed:
        member = tarfile.TarInfo(name)
        if link is not None:
            member.type, member.linkname = tarfile.SYMTYPE, link
        else:
            member.size = 4
        packed.addfile(member, io.BytesIO(b"MThd"))
    return archive


@pytest.mark.parametrize("name", ["../evil.mid", "a/../../evil.mid"])
def test_a_tar_cannot_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    archive = evil_tar(tmp_path / "evil.tar", name)
    with pytest.raises(BadInputError, match="cannot be unpacked"):
        find_pieces([archive], tmp_path / "deep" / "un")
    assert not list(tmp_path.rglob("*.mid"))


def test_a_tar_cannot_link_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.mid").write_bytes(b"MThd")
    archive = evil_tar(tmp_path / "evil.tar", "link.mid", str(tmp_path / "secret.mid"))
    with pytest.raises(BadInputError, match="cannot be unpacked"):
        find_pieces([archive], tmp_path / "un")


@pytest.mark.parametrize("name", ["../evil.mid", "/evil.mid", "a/../../../evil.mid"])
def test_a_zip_cannot_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(name, b"MThd")
    find_pieces([archive], tmp_path / "deep" / "un")
    inside = tmp_path / "deep" / "un" / "evil.zip"
    assert all(file.is_relative_to(inside) for file in tmp_path.rglob("*.mid"))
    assert not Path("/evil.mid").exists()


def pack_gz(folder: Path, archive: Path) -> Path:
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folder, "in")
    return archive


@pytest.mark.parametrize(
    ("pack", "name", "damage"),
    [
        (pack_zip, "a.zip", "cut in the middle"),
        (pack_zip, "a.zip", "empty"),
        (pack_tar, "a.tar.xz", "cut in the middle"),
        (pack_tar, "a.tar.xz", "spoilt in the middle"),
        (pack_tar, "a.tar.xz", "empty"),
        (pack_gz, "a.tar.gz", "cut in the middle"),
        (pack_gz, "a.tar.gz", "empty"),
        # Spoilt bytes of a zip or gz may decode, and tarfile does not read gzip's checksum: then
        # it is the MIDI file that is damaged, and named when it is read.
    ],
)
def test_a_damaged_archive_is_refused_in_one_sentence(
    folder: Path, tmp_path: Path, pack: Pack, name: str, damage: str
) -> None:
    """A cut or spoilt .tar.xz once ended the build with EOFError or LZMAError."""
    data = pack(folder, tmp_path / name).read_bytes()
    middle = len(data) // 2
    spoilt = data[:middle] + b"\xff" * 40 + data[middle + 40 :]
    kept = {"cut in the middle": data[:middle], "spoilt in the middle": spoilt, "empty": b""}
    (tmp_path / name).write_bytes(kept[damage])
    with pytest.raises(BadInputError, match=f"{name} cannot be unpacked: [^\n]+$"):
        find_pieces([tmp_path / name], tmp_path / "un")


def test_every_genre_of_a_collection_has_a_canonical_one() -> None:
    assert set(CANONICAL.values()) == set(GENRES)
    assert all(CANONICAL[genre] == genre for genre in GENRES)
    assert CANONICAL["drums_afrocuban"] == "latin"
    assert "nonsense" not in CANONICAL


@given(st.text())
def test_a_song_is_on_one_side_whatever_else_there_is(song: str) -> None:
    assert split_of(song) == split_of(song)
    assert split_of(song) in ("train", "validation", "test")


def test_splits_are_what_they_were() -> None:
    # Models are compared on these songs: a song must never change its side.
    assert [split_of(f"song {i}") for i in (0, 40, 13)] == ["train", "validation", "test"]


def test_two_percent_of_the_songs_are_held_out_for_each_purpose() -> None:
    shares = Counter(split_of(f"song {i}") for i in range(20_000))
    assert 300 < shares["validation"] < 500
    assert 300 < shares["test"] < 500


def test_versions_of_a_song_never_part(tmp_path: Path) -> None:
    files = [f"folk/{i}.mid" for i in range(60)]
    save(tmp_path / "in", files)
    rows = "".join(f"{name},folk,song {i % 9 * 7}\n" for i, name in enumerate(files))
    (tmp_path / "in" / "manifest.csv").write_text(f"path,genre,song\n{rows}")
    sides: dict[str, set[str]] = {}
    for piece in find_pieces([tmp_path / "in"], tmp_path / "un"):
        sides.setdefault(piece.song, set()).add(piece.split)
    assert len(sides) == 9
    assert all(len(side) == 1 for side in sides.values())


def test_two_sources_with_the_same_path_keep_both_pieces_and_their_genre(tmp_path: Path) -> None:
    for name, data in (("a", b"one"), ("b", b"two"), ("c", b"one")):
        (tmp_path / name / "Hip-Hop").mkdir(parents=True)
        (tmp_path / name / "Hip-Hop" / "1.mid").write_bytes(data)
    pieces = find_pieces([tmp_path / name for name in "abc"], tmp_path / "unpacked")
    assert sorted(piece.name for piece in pieces) == ["2:Hip-Hop/1.mid", "Hip-Hop/1.mid"]
    assert {piece.genre for piece in pieces} == {"hiphop"}
    assert len({piece.split for piece in pieces}) == 1


def test_one_midi_file_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "one.MID").write_bytes(b"x")
    assert [p.name for p in find_pieces([tmp_path / "one.MID"], tmp_path / "u")] == ["one.MID"]
