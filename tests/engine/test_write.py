from dataclasses import replace

import numpy as np
import pytest

from engine.errors import CancelledError
from engine.generate.order import Order
from engine.originality.index import CopiedRun, OriginalityIndex
from engine.originality.runs import ngrams, score_lines
from engine.score.theory import KEYS
from engine.tokens.control import Controls
from engine.write import ROUNDS, Writer, candidate_seed
from tests.engine.model.toys import toy

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
    assert {one.order.seed for one in ranked} == {candidate_seed(0, n) for n in range(3)}
    penalties = [one.penalty for one in ranked]
    assert penalties == sorted(penalties)
    assert penalties[0] < penalties[-1]
    assert sum(ranked[0].parts.values()) == pytest.approx(penalties[0])


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

    def stop(done: int, total: int) -> None:
        raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        Writer(toy(), candidates=2)(orders(1), stop)
