from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from engine.ratings.records import Rating, RatingsError, keep_only, read_ratings, write_ratings
from engine.tokens import vocab
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


def with_line(folder: Path, **changes: Any) -> Path:
    """A file of PIECES and of a third one, which differs from what an export holds."""
    path = folder / "ratings.jsonl"
    write_ratings(path, PIECES)
    line = json.dumps({**PIECES[0].to_json(), "piece": "3", **changes})
    path.write_bytes(path.read_bytes() + line.encode() + b"\n")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(RatingsError) as refused:
        read_ratings(path)
    return str(refused.value)


def test_only_what_is_changed_makes_a_third_line_wrong(tmp_path: Path) -> None:
    assert len(read_ratings(with_line(tmp_path)).pieces) == 3


@pytest.mark.parametrize("number", ["1", 1])
def test_a_piece_stands_in_a_file_once(tmp_path: Path, number: object) -> None:
    """A file that was put together from two exports had a piece twice.

    Its listeners counted twice, and only the notes of the second line were learned from.
    """
    path = with_line(tmp_path, piece=number)
    assert refusal(path) == (
        f"line 3 of {path} holds piece '1' again, which stands in line 1; "
        "take one of them out, or export the file again"
    )


@pytest.mark.parametrize(
    ("rater", "said"), [(5, "5"), (None, "None"), (["ann"], "['ann']"), ("", "''"), (1.5, "1.5")]
)
def test_a_rater_is_a_string(tmp_path: Path, rater: object, said: str) -> None:
    """A rater that was a number was read, and then could not be sorted among the others."""
    path = with_line(tmp_path, ratings=[{"rater": rater, "score": 1, "own": False, "at": AT}])
    assert refusal(path) == (
        f"line 3 of {path} is no rated piece (a rater is a pseudonym in quotes, got {said}); "
        "export the file again"
    )


@pytest.mark.parametrize("tokens", [[vocab.END], [vocab.ID["Pitch_60"], vocab.END]])
def test_tokens_without_a_bar_are_no_piece(tmp_path: Path, tokens: list[int]) -> None:
    """A piece of no length was read, and opinions of it taught what listeners think of nothing."""
    path = with_line(tmp_path, tokens=tokens)
    assert refusal(path) == (
        f"line 3 of {path} is no rated piece (its tokens hold no bar, so there is nothing to "
        "hear); export the file again"
    )


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
    others = {(p.piece, r.rater, r.at) for p in PIECES for r in p.ratings if r.rater != "ann"}
    assert keep_only(path, others)
    assert b"ann" not in path.read_bytes()
    assert [p.piece for p in read_ratings(path).pieces] == ["1"]
    before = path.read_bytes()
    assert not keep_only(path, others)
    assert path.read_bytes() == before
    assert keep_only(path, {("2", rater, at) for _, rater, at in others})
    assert read_ratings(path).pieces == ()
