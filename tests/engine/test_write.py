from dataclasses import replace

import numpy as np
import pytest

from engine.choose import Candidate, choose
from engine.errors import CancelledError
from engine.generate.loop import Stream, advance
from engine.generate.order import Order
from engine.originality.index import CopiedRun, OriginalityIndex
from engine.originality.runs import ngrams, score_lines
from engine.ratings.ranker import Ranker
from engine.score.harmony import with_chords
from engine.score.theory import KEYS
from engine.tokens.control import Controls
from engine.tokens.decode import decode
from engine.write import OPENINGS, ROUNDS, Writer, candidate_seed
from tests.engine.model.toys import toy
from tests.engine.ratings.tastes import likes

DUO = Controls(tempo_bpm=90.0, meter=(4, 4), key=KEYS[0], bars=4, programs=(0, 73))


def orders(*bars: int) -> list[Order]:
    return [Order.of(replace(DUO, bars=count), seed) for seed, count in enumerate(bars)]


def busy() -> list[Order]:
    """An order for enough notes to have runs."""
    return [Order.of(replace(DUO, bars=16, density=6), 0)]


def test_each_order_gets_its_own_piece_in_the_order_asked() -> None:
    written = Writer(toy(), candidates=1)(orders(3, 1, 2))
    assert [one.score.bars for one in written] == [3, 1, 2]
    assert [one.order.seed for one in written] == [0, 1, 2]


def test_the_best_of_several_has_the_least_penalty_and_one_of_their_seeds() -> None:
    (ranked,) = Writer(toy(spread=0.4), candidates=3).ranked(orders(4))
    seeds = {one.order.seed for one in ranked}
    assert len(seeds) == 3
    assert seeds <= {candidate_seed(0, n) for n in range(3 * OPENINGS)}
    penalties = [one.penalty for one in ranked]
    assert penalties == sorted(penalties)
    assert penalties[0] < penalties[-1]
    assert sum(ranked[0].parts.values()) == pytest.approx(penalties[0])


@pytest.mark.parametrize("ranker", [None, likes("register")])
def test_those_that_begin_best_go_on(ranker: Ranker | None) -> None:
    writer = Writer(toy(spread=0.4), candidates=2, ranker=ranker)
    seeds = [candidate_seed(0, number) for number in range(2 * OPENINGS)]
    streams = [Stream(Order.of(DUO, seed)) for seed in seeds]
    advance(writer.model, streams, bars=1)
    openings = [Candidate(with_chords(decode(stream.opening()))) for stream in streams]
    best = choose(openings, DUO, ranker.score if ranker else None)[:2]
    (ranked,) = writer.ranked(orders(4))
    assert {one.order.seed for one in ranked} == {seeds[one.index] for one in best}


def test_a_piece_begins_with_its_opening_and_goes_on_as_if_it_had_been_alone() -> None:
    writer = Writer(toy(spread=0.4), candidates=2)
    (ranked,) = writer.ranked(orders(4))
    alone = replace(writer, candidates=1)
    for one in ranked:
        assert alone([one.order])[0].tokens == one.tokens


def test_a_copied_piece_is_written_anew() -> None:
    model = toy(spread=0.4)
    alone = Writer(model, candidates=1)
    (first,) = alone(busy())
    index = OriginalityIndex.of(ngrams(score_lines(first.score)).hashes)
    (checked,) = replace(alone, index=index)(busy())
    assert checked.order.seed != first.order.seed
    assert checked.copied_notes == 0


def test_where_all_is_copied_the_best_is_taken_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied = CopiedRun(notes=30, program=0, first_bar=0, last_bar=3)
    monkeypatch.setattr("engine.write.longest_copied_run", lambda score, index: copied)
    index = OriginalityIndex.of(np.zeros(0, dtype=np.uint64))
    (found,) = Writer(toy(spread=0.4), index=index, candidates=1).ranked(orders(2))
    assert {one.order.seed for one in found} == {candidate_seed(0, n) for n in range(ROUNDS)}
    assert [one.penalty for one in found] == sorted(one.penalty for one in found)
    assert all(one.parts["copied"] > 30 for one in found)


def test_progress_counts_all_bars_and_can_cancel() -> None:
    seen: list[tuple[int, int]] = []
    Writer(toy(), candidates=2)(orders(1, 2), lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)
    assert seen == sorted(seen)
    assert 1 in {done for done, _ in seen}

    def stop(done: int, total: int) -> None:
        raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        Writer(toy(), candidates=2)(orders(1), stop)
