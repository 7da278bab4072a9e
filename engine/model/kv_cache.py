"""Keys and values of the tokens read so far, in memory that doubles when it is full."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.model.config import ModelConfig

_ROOM = 256
"""Tokens that there is memory for at first: openings are short, and many side by side."""


class KVCache:
    """Room for ``batch`` streams of ``context`` tokens; all rows have the same length.

    ``length``: tokens held. Writing beyond the room raises ValueError; ``clear`` empties it
    without freeing. Streams of unlike lengths stand right-aligned: ``starts`` says behind how many
    places of filling each row begins.
    """

    def __init__(
        self,
        config: ModelConfig,
        *,
        batch: int,
        context: int | None = None,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.context = context or config.context
        room = min(_ROOM, self.context)
        shape = (config.layers, batch, config.kv_heads, room, config.head_width)
        self.keys = torch.zeros(shape, device=device, dtype=dtype)  # (layers, B, KV, T, D)
        self.values = torch.zeros_like(self.keys)  # (layers, B, KV, T, D)
        self.length = 0
        self.starts: Tensor | None = None
        """Where each row begins (B,), if any does not begin at 0."""

    def clear(self, starts: Sequence[int] | None = None) -> None:
        """Forget what was read; ``starts``: places of filling before each row to come."""
        self.length = 0
        self.starts = None
        if starts is not None and any(starts):
            self.starts = torch.tensor(starts, device=self.keys.device)

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all rows but these, which then stand in this order."""
        index = torch.tensor(rows, device=self.keys.device)
        self.keys, self.values = self.keys[:, index], self.values[:, index]
        if self.starts is not None:
            self.starts = self.starts[index]

    def visible(self, new: int) -> Tensor | None:
        """Return what each of ``new`` places sees of itself and all before (B or 1, 1, new, all).

        None where nothing is hidden but the future, and of that there is at most one place.
        """
        total = self.length + new
        if self.starts is None and (new == 1 or not self.length):
            return None
        places = torch.arange(total, device=self.keys.device)
        seen = places <= places[self.length :, None]  # (new, all)
        if self.starts is None:
            return seen[None, None]
        # A place of filling sees itself: a row of nothing has no softmax.
        own = places == places[self.length :, None]
        real = places >= self.starts[:, None]  # (B, all)
        return ((seen & real[:, None]) | own)[:, None]

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write new keys and values behind those held; return all of this layer's.

        ``keys``, ``values``: (B, KV, new, D). The length moves on only by ``advance``, once
        all layers have written.
        """
        end = self.length + keys.shape[2]
        if end > self.context:
            raise ValueError(f"the cache holds {self.context} tokens, {end} were written")
        if end > self.keys.shape[3]:
            self._grow(end)
        self.keys[layer, :, :, self.length : end] = keys
        self.values[layer, :, :, self.length : end] = values
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]

    def advance(self, new: int) -> None:
        """Count the tokens that all layers have just written."""
        self.length += new

    def _grow(self, least: int) -> None:
        """Have memory for so many tokens and more; what was read stays."""
        room = min(self.context, max(least, 2 * self.keys.shape[3]))
        more = room - self.keys.shape[3]
        self.keys = F.pad(self.keys, (0, 0, 0, more))
        self.values = F.pad(self.values, (0, 0, 0, more))
