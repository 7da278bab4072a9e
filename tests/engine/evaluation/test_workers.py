from dataclasses import replace
from pathlib import Path

from engine.evaluation.workers import Workers
from engine.generate.order import Order
from engine.model.checkpoint import load_model, save_model
from engine.tokens.control import Controls
from engine.write import Writer
from tests.engine.model.toys import toy

DUO = Controls(tempo_bpm=90.0, meter=(4, 4), bars=1, programs=(0, 73))


def test_pieces_of_several_processes_come_in_their_order_and_as_one_would_write_them(
    tmp_path: Path,
) -> None:
    save_model(toy(), tmp_path, name="toy", about={})
    orders = [Order.of(replace(DUO, bars=bars), seed) for seed, bars in enumerate((2, 1, 3))]
    with Workers(tmp_path, 1, device="cpu", count=2) as workers:
        written = workers(orders)
    assert [one.order for one in written] == orders
    alone = Writer(load_model(tmp_path)[0], candidates=1)
    assert [one.score for one in written] == [alone([order])[0].score for order in orders]
