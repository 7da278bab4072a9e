from dataclasses import replace

import numpy as np
import pytest

from engine.choose import Candidate, choose
from engine.errors import CancelledError
from engine.generate.loop import Stream, advance
from engine.generate.order import Order
from engine.originality.index import CopiedRun, OriginalityIndex
from engine.originality.runs import ngrams, score_lines
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


def test_those_that_begin_best_go_on_and_a_taste_has_a_say() -> None:
    seed = 1
    seeds = [candidate_seed(seed, number) for number in range(2 * OPENINGS)]
    chosen = []
    for ranker in (None, likes("register")):
        writer = Writer(toy(spread=0.4), candidates=2, ranker=ranker)
        streams = [Stream(Order.of(DUO, one)) for one in seeds]
        advance(writer.model, streams, bars=1)
        openings = [Candidate(with_chords(decode(stream.opening()))) for stream in streams]
        best = choose(openings, DUO, ranker.score if ranker else None)[:2]
        (ranked,) = writer.ranked([Order.of(DUO, seed)])
        chosen.append({one.order.seed for one in ranked})
        assert chosen[-1] == {seeds[one.index] for one in best}
    assert chosen[0] != chosen[1]


def test_a_piece_begins_with_its_opening_and_goes_on_as_if_it_had_been_alone() -> None:
    writer = Writer(toy(spread=0.4), candidates=2)
    (ranked,) = writer.ranked(orders(4))
    alone = replace(writer, candidates=1)
    for one in ranked:
        assert alone([one.order])[0].tokens == one.tokens


@pytest.mark.parametrize("candidates", [1, 2])
def test_a_copied_piece_is_written_anew(candidates: int) -> None:
    writer = Writer(toy(spread=0.4), candidates=candidates)
    (first,) = writer.ranked(busy())
    runs = [ngrams(score_lines(one.score)).hashes for one in first]
    index = OriginalityIndex.of(np.unique(np.concatenate(runs)))
    (checked,) = replace(writer, index=index).ranked(busy())
    assert len({one.order.seed for one in checked}) == 2 * candidates
    assert checked[0].order.seed not in {one.order.seed for one in first}
    assert checked[0].copied_notes == 0


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
