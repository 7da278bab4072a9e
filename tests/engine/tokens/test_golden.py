"""Small pieces as text, one bar a line; `python -m tests.golden.write` makes them anew."""

from __future__ import annotations

import pytest

from engine.score.model import Score
from engine.tokens import vocab
from engine.tokens.decode import decode
from engine.tokens.grammar import first_illegal
from engine.tokens.quantise import quantise
from engine.tokens.spec import Family
from tests.engine.score.pieces import two_bars
from tests.golden import write

SPOKEN: dict[str, Score] = {
    "two_bars_tokens.txt": two_bars(),
    "meters_and_triplets_tokens.txt": write.meters_and_triplets(),
}


def ids_in(line: str) -> list[int]:
    """The tokens of a line; a key is the one name with a space in it."""
    joined = line.replace(" major", "~major").replace(" minor", "~minor")
    return [vocab.ID[word.replace("~", " ")] for word in joined.split()]


@pytest.mark.parametrize("name", write.GOLDEN)
def test_the_golden_file_is_what_we_write_today(name: str) -> None:
    assert write.GOLDEN[name]() == (write.FOLDER / name).read_text(encoding="utf-8")


def test_every_golden_file_is_compared() -> None:
    assert {path.name for path in write.FOLDER.glob("*.txt")} == write.GOLDEN.keys()


@pytest.mark.parametrize("name", SPOKEN)
def test_the_text_reads_back_as_the_piece(name: str) -> None:
    lines = (write.FOLDER / name).read_text(encoding="utf-8").splitlines()
    heard = decode(token for line in lines for token in ids_in(line))
    grid = quantise(SPOKEN[name])[0]
    assert heard.notes == grid.notes
    assert heard.tempos == grid.tempos
    assert heard.meters == grid.meters
    assert heard.bars == grid.bars


@pytest.mark.parametrize("name", SPOKEN)
def test_every_line_begins_with_its_bar_and_the_stream_is_legal(name: str) -> None:
    _, *bars, end = (write.FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert end == "End"
    assert all(vocab.FAMILY[ids_in(bar)[0]] is Family.BAR for bar in bars)
    assert first_illegal([token for line in [*bars, end] for token in ids_in(line)]) is None
