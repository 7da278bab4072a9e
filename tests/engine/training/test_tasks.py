from collections import Counter

import numpy as np
import pytest

from engine.corpus.shard import pack
from engine.score.model import DRUMS, Score
from engine.tokens import vocab
from engine.tokens.decode import decode
from engine.tokens.grammar import first_illegal
from engine.tokens.spec import COUNTDOWN, Family
from engine.training.excerpts import Corpus, Excerpt, body
from engine.training.tasks import Task, add_part, go_on, infill, programs_in
from tests.engine.training.shards import labelled, scale_piece

PIECE = 5


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Pieces so long that an excerpt's own countdown is not the piece's."""
    pieces = [labelled(scale_piece(seed, bars=24), "train") for seed in range(PIECE + 1)]
    return Corpus([pack(pieces)], "train")


@pytest.fixture(params=[{}, {"chords": True}, {"levels": True, "transpose": 3}])
def excerpt(corpus: Corpus, request: pytest.FixtureRequest) -> Excerpt:
    first, last = (int(x) for x in corpus.piece_start[PIECE : PIECE + 2])
    return Excerpt(PIECE, first, min(last, first + 8), **request.param)


def marks(task: Task) -> list[str]:
    return [vocab.NAMES[mark] for mark, _ in task.parts]


def scores(task: Task) -> list[Score]:
    for _, bars in task.parts:
        assert first_illegal(bars.tolist()) is None
    return [decode(bars.tolist()) for _, bars in task.parts]


def events(score: Score) -> Counter[tuple[int, ...]]:
    return Counter((n.start, n.program, n.pitch, n.duration, n.velocity) for n in score.notes)


def shifted(score: Score, bars: int) -> Counter[tuple[int, ...]]:
    ticks = bars * 48
    return Counter((s + ticks, *rest) for (s, *rest) in events(score).elements())


def countdown(bars: np.ndarray) -> list[str]:
    return [vocab.NAMES[t] for t in bars if vocab.FAMILY[t] is Family.BAR]


def test_infill_gives_both_sides_and_asks_the_bars_between(
    corpus: Corpus, excerpt: Excerpt
) -> None:
    task = infill(corpus, excerpt, (excerpt.first + 3, excerpt.first + 5))
    assert marks(task) == ["Past", "Future", "Fill"]
    past, future, fill = scores(task)
    whole = decode(body(corpus, excerpt).tolist())
    assert events(past) + shifted(fill, 3) + shifted(future, 5) == events(whole)
    assert task.controls.bars == 2
    assert countdown(task.parts[2][1]) == ["Bar_1", "Bar_0"]
    assert task.parts[2][1][-1] == vocab.END


def test_going_on_gives_the_beginning_and_asks_the_rest(corpus: Corpus, excerpt: Excerpt) -> None:
    task = go_on(corpus, excerpt, excerpt.first + 6)
    assert marks(task) == ["Past", "Fill"]
    past, fill = scores(task)
    whole = decode(body(corpus, excerpt).tolist())
    assert events(past) + shifted(fill, 6) == events(whole)
    assert task.controls.bars == excerpt.last - excerpt.first - 6


@pytest.mark.parametrize("program", [0, DRUMS])
def test_adding_a_part_gives_all_others_and_asks_it_alone(
    corpus: Corpus, excerpt: Excerpt, program: int
) -> None:
    task = add_part(corpus, excerpt, program)
    assert marks(task) == ["Source", "Target"]
    source, target = scores(task)
    assert target.programs == (program,) == task.controls.programs
    assert program not in source.programs
    whole = decode(body(corpus, excerpt).tolist())
    assert events(source) + events(target) == events(whole)
    given, asked = (countdown(bars) for _, bars in task.parts)
    assert given == asked == [f"Bar_{7 - i}" for i in range(8)]
    assert task.controls.polyphony is None
    # No program is said twice in a row, no position stands alone.
    for _, bars in task.parts:
        names = [vocab.NAMES[t] for t in bars]
        family = [vocab.FAMILY[t] for t in bars]
        last = ""
        for name, kind in zip(names, family, strict=True):
            if kind in (Family.PROGRAM, Family.BAR):
                assert name != last
                last = name


def test_a_long_gap_counts_down_only_its_last_bars() -> None:
    long = Corpus([pack([labelled(scale_piece(1, bars=COUNTDOWN + 4), "train")])], "train")
    task = add_part(long, Excerpt(0, 0, COUNTDOWN + 4), 0)
    names = countdown(task.parts[1][1])
    assert names[-1] == "Bar_0"
    assert names[-COUNTDOWN] == f"Bar_{COUNTDOWN - 1}"
    assert names[:-COUNTDOWN] == ["Bar"] * 4


def test_the_programs_are_those_that_play(corpus: Corpus, excerpt: Excerpt) -> None:
    ids = body(corpus, excerpt)
    assert tuple(programs_in(ids)) == decode(ids.tolist()).programs
