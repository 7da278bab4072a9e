"""Keys and values of the tokens read so far, allocated once."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.model.config import ModelConfig


class KVCache:
    """Room for ``batch`` streams of ``context`` tokens; all rows have the same length.

    ``length``: tokens held. Writing beyond the room raises ValueError; ``clear`` empties it
    without freeing.
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
        shape = (config.layers, batch, config.kv_heads, self.context, config.head_width)
        self.keys = torch.zeros(shape, device=device, dtype=dtype)  # (layers, B, KV, T, D)
        self.values = torch.zeros_like(self.keys)  # (layers, B, KV, T, D)
        self.length = 0

    def clear(self) -> None:
        """Forget what was read."""
        self.length = 0

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write new keys and values behind those held; return all of this layer's.

        ``keys``, ``values``: (B, KV, new, D). The length moves on only by ``advance``, once
        all layers have written.
        """
        end = self.length + keys.shape[2]
        if end > self.context:
            raise ValueError(f"the cache holds {self.context} tokens, {end} were written")
        self.keys[layer, :, :, self.length : end] = keys
        self.values[layer, :, :, self.length : end] = values
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]

    def advance(self, new: int) -> None:
        """Count the tokens that all layers have just written."""
        self.length += new
