"""Prefill, step, loop: a model writes streams token by token until their bars are full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.generate.constraints import Constraint
from engine.generate.order import Order
from engine.generate.sampler import draw
from engine.model.kv_cache import KVCache
from engine.model.transformer import Transformer
from engine.tokens import vocab
from engine.tokens.control import Controls, prefix
from engine.tokens.spec import Family

OnBars = Callable[[int], None]
"""Called with the complete bars of all streams, whenever there are more; it may raise
CancelledError to stop."""

_ROOM_AFTER_TRIM = 0.5
"""Share of the context that the latest tokens take when it was full."""
_OPENING = 3
"""Tokens at the head of the first bar that is read: its line, its meter, its tempo."""


def _silent(bars: int) -> None:
    """Report nothing."""


@torch.inference_mode()
def prefill(model: Transformer, cache: KVCache, streams: Sequence[Sequence[int]]) -> Tensor:
    """Read whole streams into an emptied cache; return the logits of the next (B, V).

    Shorter streams get filling in front, which no later token sees.
    """
    longest = max(map(len, streams))
    filling = [longest - len(stream) for stream in streams]
    cache.clear(filling)
    rows = [[vocab.PAD] * more + list(s) for more, s in zip(filling, streams, strict=True)]
    tokens = torch.tensor(rows, device=cache.keys.device)  # (B, T)
    return model.read_out(model.states(tokens, cache)[:, -1])


@torch.inference_mode()
def step(model: Transformer, cache: KVCache, tokens: Tensor) -> Tensor:
    """Read one token a stream (B, 1); return the logits of the next (B, V)."""
    return model.read_out(model.states(tokens, cache)[:, -1])


class Stream:
    """One order being written."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.constraint = Constraint(order.demand)
        self.written: list[int] = []
        self._rng = np.random.default_rng(order.seed)

    @property
    def done(self) -> bool:
        """Whether the last bar is complete."""
        return self.constraint.done

    @property
    def bars(self) -> int:
        """Bars that are complete."""
        return self.order.demand.bars if self.done else max(0, self.constraint.grammar.bar)

    def has(self, bars: int | None) -> bool:
        """Whether so many bars are complete, or all; None: all."""
        return self.done or (bars is not None and self.bars >= bars)

    def opening(self) -> list[int]:
        """Return a stream of the complete bars alone; there is one at least."""
        ends = [i for i, token in enumerate(self.written) if vocab.FAMILY[token] is Family.BAR]
        return list(self.written) if self.done else [*self.written[: ends[-1]], vocab.END]

    def write(self, logits: NDArray[np.float32]) -> int:
        """Return the next token, now written."""
        token = self.constraint.forced()
        if token is None:
            preferred = logits + self.constraint.preferences()
            token = draw(preferred, self.constraint.mask(), self.order.sampling, self._rng)
        self.constraint.read(token)
        self.written.append(token)
        return token


@torch.inference_mode()
def advance(
    model: Transformer,
    streams: Sequence[Stream],
    *,
    bars: int | None = None,
    context: int | None = None,
    on_bars: OnBars = _silent,
) -> None:
    """Write on until every stream has ``bars`` complete bars, or all of its own, End included.

    A stream is a function of the model, its order and, through rounding, of its company and the
    machine.
    All are written side by side in one batch, which shrinks as they are done. Streams may be at
    unlike places and are taken up where they are: what was written is read once, as far as it fits.
    ``context``: how many tokens back the model looks, its sizes' own if not given.
    """
    active = [stream for stream in streams if not stream.has(bars)]
    if not active:
        return
    guided = any(stream.order.sampling.guidance != 1.0 for stream in active)
    cache = KVCache(
        model.config,
        batch=len(active) * (2 if guided else 1),
        context=context,
        device=next(model.parameters()).device,
    )
    reached = sum(stream.bars for stream in streams)
    heads = max(len(prefix(stream.order.controls, vocab.WITHIN)) for stream in active)
    room = cache.context - heads - _OPENING
    logits = prefill(model, cache, _read_so_far(active, guided, room))
    while True:
        rows = logits.float().cpu().numpy()  # (B, V), guided: (2 B, V)
        if guided:
            rows = _guided(rows, active)
        tokens = [
            vocab.PAD if stream.has(bars) else stream.write(row)
            for stream, row in zip(active, rows, strict=True)
        ]
        if (now := sum(stream.bars for stream in streams)) > reached:
            reached = now
            on_bars(reached)
        unfinished = [row for row, stream in enumerate(active) if not stream.has(bars)]
        if not unfinished:
            return
        if len(unfinished) <= len(active) // 2:
            cache.keep([*unfinished, *(row + len(active) for row in unfinished if guided)])
            active = [active[row] for row in unfinished]
            tokens = [tokens[row] for row in unfinished]
        if cache.length == cache.context:
            room = int(cache.context * _ROOM_AFTER_TRIM)
            logits = prefill(model, cache, _read_so_far(active, guided, room))
        else:
            both = tokens * 2 if guided else tokens
            column = torch.tensor(both, device=cache.keys.device)[:, None]  # (B, 1)
            logits = step(model, cache, column)


def _guided(rows: NDArray[np.float32], active: Sequence[Stream]) -> NDArray[np.float32]:
    """Return the logits (B, V) of rows with controls and, below them, without (2 B, V)."""
    told, bare = rows[: len(active)], rows[len(active) :]
    factor = np.array([stream.order.sampling.guidance for stream in active], dtype=np.float32)
    return np.asarray(bare + factor[:, None] * (told - bare))


def _read_so_far(active: Sequence[Stream], guided: bool, room: int) -> list[list[int]]:
    """Return what the model reads before the next token: the prefix and the latest bars.

    Guided: once more for every stream, with nothing said in the prefix. See ``latest``.
    """
    told = [latest(stream.order, stream.written, room) for stream in active]
    bare = [latest(stream.order, stream.written, room, bare=True) for stream in active]
    return told + bare if guided else told


def latest(order: Order, written: Sequence[int], room: int, *, bare: bool = False) -> list[int]:
    """Return a prefix and the latest bars of a stream, ``room`` tokens and a bar at most.

    As an excerpt of the corpus looks: the prefix counts the bars from there to the end, and the
    first bar says meter and tempo. ``bare``: the prefix says nothing.
    """
    demand = order.demand
    lines = [i for i, token in enumerate(written) if vocab.FAMILY[token] is Family.BAR]
    late = [line for line in lines if line >= len(written) - room]
    line = late[0] if late else lines[-1] if lines else 0
    gone = lines.index(line) if lines else 0
    controls = Controls() if bare else replace(order.controls, bars=demand.bars - gone)
    # The countdown tells the model how the piece goes on, so it is written as an excerpt: many
    # pieces that begin with Begin open with a bar of next to nothing.
    head = prefix(controls, vocab.WITHIN)
    if not lines:
        return head
    said = line + 1
    while said < len(written) and vocab.FAMILY[written[said]] in (Family.METER, Family.TEMPO):
        said += 1
    opening = [written[line], vocab.meter_id(*demand.meter), vocab.tempo_id(demand.tempo_bpm)]
    # A bar that is itself longer than the room is read from somewhere within.
    return [*head, *opening, *written[said:][-room:]]
