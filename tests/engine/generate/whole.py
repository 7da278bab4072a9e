"""Whole streams, written at once."""

from collections.abc import Sequence

from engine.generate.loop import OnBars, Stream, advance
from engine.generate.order import Order
from engine.model.transformer import Transformer


def generate(
    model: Transformer,
    orders: Sequence[Order],
    *,
    context: int | None = None,
    on_bars: OnBars = lambda bars: None,
) -> list[list[int]]:
    streams = [Stream(order) for order in orders]
    advance(model, streams, context=context, on_bars=on_bars)
    return [stream.written for stream in streams]
