"""A matrix that can wear a low-rank addition without being changed."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Linear(nn.Linear):
    """``x W^T`` without a bias, and beside it ``x A^T B^T`` while an adapter is worn."""

    low_rank: tuple[Tensor, Tensor] | None = None
    """A (rank, in) and B (out, rank), scaled; they belong to the adapter, not to this layer."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__(inside, outside, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (…, out) of ``x`` (…, in)."""
        y = F.linear(x, self.weight)  # (…, out)
        if self.low_rank is not None:
            down, up = self.low_rank
            y = y + F.linear(F.linear(x, down), up)  # (…, out)
        return y
