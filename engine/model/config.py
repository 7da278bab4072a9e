"""Sizes of the Transformer, and the two presets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from engine.tokens import vocab


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Everything that shapes the network; travels with its weights."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    """Keys and values are shared by heads / kv_heads queries each."""
    hidden: int
    """Width of the gated feed-forward layer."""
    context: int = 2048
    """Longest stream in tokens."""
    vocabulary: int = vocab.V
    rope_base: float = 10_000.0

    def __post_init__(self) -> None:
        if self.width % self.heads or self.heads % self.kv_heads or self.head_width % 2:
            raise ValueError("width must divide into heads of even width, heads into kv_heads")

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


PRESETS = {
    # 10 million parameters: trains on a CPU in hours.
    "small": ModelConfig(width=384, layers=6, heads=6, kv_heads=2, hidden=1024),
    # 25 million parameters: for a GPU, minutes there.
    "base": ModelConfig(width=512, layers=8, heads=8, kv_heads=4, hidden=1408),
    # A toy that trains in seconds, for tests and rehearsals.
    "tiny": ModelConfig(width=64, layers=2, heads=2, kv_heads=1, hidden=128, context=512),
}
