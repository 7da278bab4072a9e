"""Prefill, step, loop: a model writes streams token by token until their bars are full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.generate.constraints import Constraint, Demand
from engine.generate.sampler import Sampling, draw
from engine.model.kv_cache import KVCache
from engine.model.transformer import Transformer
from engine.tokens import vocab
from engine.tokens.control import Controls, prefix
from engine.tokens.spec import Family

OnProgress = Callable[[int, int], None]
"""Called with bars written and bars asked; it may raise CancelledError to stop."""

_ROOM_AFTER_TRIM = 0.5
"""Share of the context that is kept when it is full: the prefix and the latest tokens."""


def _silent(done: int, total: int) -> None:
    """Report nothing."""


@torch.inference_mode()
def prefill(model: Transformer, cache: KVCache, streams: Tensor) -> Tensor:
    """Read whole streams (B, T) into an empty cache; return the logits of the next (B, V)."""
    cache.clear()
    return model.read_out(model.states(streams, cache)[:, -1])


@torch.inference_mode()
def step(model: Transformer, cache: KVCache, tokens: Tensor) -> Tensor:
    """Read one token a stream (B, 1); return the logits of the next (B, V)."""
    return model.read_out(model.states(tokens, cache)[:, -1])


def generate(
    model: Transformer,
    controls: Controls,
    demand: Demand,
    *,
    seeds: Sequence[int],
    sampling: Sampling | None = None,
    context: int | None = None,
    on_progress: OnProgress = _silent,
) -> list[list[int]]:
    """Return one stream of bars for each seed, End included, all as demanded.

    All streams are written side by side in one batch. They are a function of the model, controls,
    demand, sampling, seeds and, through rounding, of the machine. ``context``: how many tokens
    back the model looks, the sizes' own if not given. ``on_progress`` is called at every bar of
    the slowest stream.
    """
    sampling = sampling or Sampling()
    device = next(model.parameters()).device
    rngs = [np.random.default_rng(seed) for seed in seeds]
    constraints = [Constraint(demand) for _ in seeds]
    written: list[list[int]] = [[] for _ in seeds]
    cache = KVCache(model.config, batch=len(seeds), context=context, device=device)
    # The countdown tells the model how the piece goes on, so it is written as an excerpt: many
    # pieces that begin with Begin open with a bar of next to nothing.
    begun = torch.tensor([prefix(controls, vocab.WITHIN)] * len(seeds), device=device)  # (B, T)
    logits = prefill(model, cache, begun)
    reached = 0
    while not all(constraint.done for constraint in constraints):
        rows = logits.float().cpu().numpy()  # (B, V)
        tokens = [
            _next(constraint, row, sampling, rng)
            for constraint, row, rng in zip(constraints, rows, rngs, strict=True)
        ]
        for stream, token in zip(written, tokens, strict=True):
            if token != vocab.PAD:
                stream.append(token)
        slowest = min(demand.bars if c.done else c.grammar.bar for c in constraints)
        if slowest > reached:
            reached = slowest
            on_progress(reached, demand.bars)
        if cache.length == cache.context:
            latest = resumed(controls, demand, written, int(cache.context * _ROOM_AFTER_TRIM))
            logits = prefill(model, cache, torch.tensor(latest, device=device))
        else:
            logits = step(model, cache, torch.tensor(tokens, device=device)[:, None])
    return written


def _next(
    constraint: Constraint,
    logits: NDArray[np.float32],
    sampling: Sampling,
    rng: np.random.Generator,
) -> int:
    """Return the token that a stream takes; Pad once it is done."""
    if constraint.done:
        return vocab.PAD
    token = constraint.forced()
    if token is None:
        token = draw(logits + constraint.preferences(), constraint.mask(), sampling, rng)
    constraint.read(token)
    return token


def resumed(
    controls: Controls, demand: Demand, written: Sequence[Sequence[int]], room: int
) -> list[list[int]]:
    """Return for each stream what to read when the cache is full: a prefix and its latest bars.

    As an excerpt of the corpus looks: the prefix counts the bars from there to the end, and the
    first bar says meter and tempo. All rows are as long as the longest, ``room`` tokens and a
    bar at most; the shorter have older tokens in front, as rows of training examples do.
    """
    tails = [_tail(controls, demand, stream, room) for stream in written]
    longest = max(len(tail) for _, tail in tails)
    rows = []
    for older, tail in tails:
        short = longest - len(tail)
        filler = [*[vocab.PAD] * short, *older][len(older) :] if short else []
        rows.append([*filler, *tail])
    return rows


def _tail(
    controls: Controls, demand: Demand, stream: Sequence[int], room: int
) -> tuple[list[int], list[int]]:
    """Return the tokens before a stream's latest bars, and these with a prefix of their own."""
    lines = [i for i, token in enumerate(stream) if vocab.FAMILY[token] is Family.BAR]
    late = [line for line in lines if line >= len(stream) - room]
    line = late[0] if late else lines[-1]
    head = prefix(replace(controls, bars=demand.bars - lines.index(line)), vocab.WITHIN)
    said = line + 1
    while said < len(stream) and vocab.FAMILY[stream[said]] in (Family.METER, Family.TEMPO):
        said += 1
    opening = [stream[line], vocab.meter_id(*demand.meter), vocab.tempo_id(demand.tempo_bpm)]
    # A bar that is itself longer than the room is read from somewhere within.
    return list(stream[:line]), [*head, *opening, *stream[said:][-room:]]
