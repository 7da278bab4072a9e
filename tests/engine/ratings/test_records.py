from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from engine.ratings.records import Rating, RatingsError, forget, read_ratings, write_ratings
from tests.engine.ratings.rated import AT, piece

PIECES = [piece("1", {"ann": 2, "ben": -1}), piece("2", {"ann": 1}, request="other")]


def test_what_is_written_is_read_again_under_the_hash_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ratings.jsonl"
    said = write_ratings(path, PIECES)
    found = read_ratings(path)
    assert list(found.pieces) == PIECES
    assert found.sha256 == said == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.count, found.raters) == (3, ("ann", "ben"))


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"{}", b'{"piece": 1}', "ü".encode("latin-1"), b"null"]
)
def test_a_line_that_is_no_rated_piece_is_named_by_its_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "ratings.jsonl"
    write_ratings(path, PIECES)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(RatingsError, match="line 3 .* export the file again"):
        read_ratings(path)


def test_a_missing_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RatingsError, match="cannot be read"):
        read_ratings(tmp_path / "none.jsonl")


@pytest.mark.parametrize("score", [3, -3])
def test_a_score_beyond_the_scale_is_no_rating(score: int) -> None:
    with pytest.raises(ValueError, match="-2 to 2"):
        Rating("ann", score, own=False, at=AT)


def test_a_time_without_a_zone_is_no_rating() -> None:
    with pytest.raises(ValueError, match="zone"):
        Rating("ann", 1, own=False, at="2026-11-28T18:00:00")


def test_who_is_forgotten_is_nowhere_in_the_bytes_and_a_piece_nobody_else_rated_goes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ratings.jsonl"
    write_ratings(path, PIECES)
    assert forget(path, raters=["ann"])
    assert b"ann" not in path.read_bytes()
    assert [p.piece for p in read_ratings(path).pieces] == ["1"]
    before = path.read_bytes()
    assert not forget(path, raters=["ann"])
    assert path.read_bytes() == before
    assert forget(path, pieces=["1"])
    assert read_ratings(path).pieces == ()
