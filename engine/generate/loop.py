"""Prefill, step, loop: a model writes streams token by token until their bars are full."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.generate.constraints import Constraint, Demand
from engine.generate.sampler import Sampling, draw
from engine.model.kv_cache import KVCache
from engine.model.transformer import Transformer
from engine.tokens import vocab

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
    prefix: Sequence[int],
    demand: Demand,
    *,
    seeds: Sequence[int],
    sampling: Sampling | None = None,
    context: int | None = None,
    on_progress: OnProgress = _silent,
) -> list[list[int]]:
    """Return one stream of bars for each seed, End included, all as demanded.

    All streams are written side by side in one batch. They are a function of the model, prefix,
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
    logits = prefill(model, cache, torch.tensor([list(prefix)] * len(seeds), device=device))
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
            open_rows = [not constraint.done for constraint in constraints]
            logits = prefill(
                model, cache, _trimmed(prefix, written, open_rows, cache.context, device)
            )
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


def _trimmed(
    prefix: Sequence[int],
    written: Sequence[Sequence[int]],
    unfinished: Sequence[bool],
    context: int,
    device: torch.device,
) -> Tensor:
    """Return prefix and latest tokens of every stream, all of one length.

    (B, T); finished streams are filled with Pad, nothing is drawn from them any more.
    """
    keep = int(context * _ROOM_AFTER_TRIM)
    keep = min(keep, *(len(w) for w, more in zip(written, unfinished, strict=True) if more), keep)
    rows = [
        [*prefix, *(stream[-keep:] if more else [vocab.PAD] * keep)]
        for stream, more in zip(written, unfinished, strict=True)
    ]
    return torch.tensor(rows, device=device)
