"""A matrix that can wear a low-rank addition without being changed."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F


class Addition(NamedTuple):
    """What a layer adds to what it says; it belongs to an adapter, not to the layer."""

    down: Tensor
    """(rank, in)"""
    up: Tensor
    """(out, rank), scaled."""
    shift: Tensor
    """(out,)"""

    def of(self, x: Tensor) -> Tensor:
        """Return what is added (…, out) for ``x`` (…, in)."""
        return F.linear(F.linear(x, self.down), self.up, self.shift)


class Linear(nn.Linear):
    """``x W^T`` without a bias, and with what is added while an adapter is worn."""

    addition: Addition | None = None

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__(inside, outside, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (…, out) of ``x`` (…, in)."""
        y = F.linear(x, self.weight)  # (…, out)
        return y if self.addition is None else y + self.addition.of(x)
