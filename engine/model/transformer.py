"""The network: a decoder-only Transformer that predicts the next token of a stream.

RMSNorm before each block (Zhang and Sennrich 2019), rotary positions (Su et al. 2021), SwiGLU
(Shazeer 2020), grouped keys and values (Ainslie et al. 2023), queries and keys normalised
(Henry et al. 2020). No biases. B batch, T time, V vocabulary, H heads, KV key heads, D head width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.config import ModelConfig
from engine.model.kv_cache import KVCache
from engine.model.linear import Linear


def rotary_table(config: ModelConfig) -> Tensor:
    """Return cosines and sines of every position. (2, T, D / 2)"""
    half = config.head_width // 2
    rates = config.rope_base ** (-torch.arange(half, dtype=torch.float32) / half)  # (D/2,)
    angles = torch.outer(torch.arange(config.context, dtype=torch.float32), rates)  # (T, D/2)
    return torch.stack([angles.cos(), angles.sin()])


def rotate(x: Tensor, table: Tensor) -> Tensor:
    """Return ``x`` (B, H, T, D) turned by its positions; ``table`` (2, T, D / 2)."""
    first, second = x.chunk(2, dim=-1)  # (B, H, T, D/2) each
    cos, sin = table[0].to(x.dtype), table[1].to(x.dtype)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class RMSNorm(nn.Module):
    """Scales the last axis to a root mean square of one, times a learned weight."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` scaled, in its own type."""
        # The weight takes the type of the input: mixed types would leave the fused kernel.
        return F.rms_norm(x, (self.width,), self.weight.to(x.dtype), 1e-6)


class Attention(nn.Module):
    """Causal self-attention with grouped keys and values."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        kv_width = config.kv_heads * config.head_width
        self.query = Linear(config.width, config.width)
        self.key = Linear(config.width, kv_width)
        self.value = Linear(config.width, kv_width)
        self.out = Linear(config.width, config.width)
        self.query_norm = RMSNorm(config.head_width)
        self.key_norm = RMSNorm(config.head_width)

    def forward(
        self, x: Tensor, table: Tensor, mask: Tensor | None, cache: KVCache | None, layer: int
    ) -> Tensor:
        """Return what each place (B, T, width) takes from itself and those before it."""
        batch, time, width = x.shape
        config = self.config
        q = self.query(x).view(batch, time, config.heads, -1).transpose(1, 2)  # (B, H, T, D)
        k = self.key(x).view(batch, time, config.kv_heads, -1).transpose(1, 2)  # (B, KV, T, D)
        v = self.value(x).view(batch, time, config.kv_heads, -1).transpose(1, 2)  # (B, KV, T, D)
        q = rotate(self.query_norm(q), table)
        k = rotate(self.key_norm(k), table)
        if cache is not None:
            k, v = cache.extend(layer, k, v)  # (B, KV, past + T, D)
        group = config.heads // config.kv_heads
        if time == 1:
            # Queries that share a key stand side by side as if they were places: no key is copied.
            q = q.view(batch, config.kv_heads, group, -1)  # (B, KV, group, D)
        elif group > 1:
            k = k.repeat_interleave(group, dim=1)  # (B, H, past + T, D)
            v = v.repeat_interleave(group, dim=1)  # (B, H, past + T, D)
        causal = time > 1 and mask is None
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        if time == 1:
            y = y.view(batch, config.heads, 1, -1)  # (B, H, 1, D)
        merged: Tensor = self.out(y.transpose(1, 2).reshape(batch, time, width))  # (B, T, width)
        return merged


class FeedForward(nn.Module):
    """SwiGLU: a gated layer, twice as wide and more."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate = Linear(config.width, config.hidden)
        self.up = Linear(config.width, config.hidden)
        self.down = Linear(config.hidden, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, T, width) of (B, T, width), each place by itself."""
        y: Tensor = self.down(F.silu(self.gate(x)) * self.up(x))  # (B, T, width)
        return y


class Block(nn.Module):
    """Attention, then the feed-forward layer, each added to what came in."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(config.width)
        self.attention = Attention(config)
        self.feed_norm = RMSNorm(config.width)
        self.feed = FeedForward(config)

    def forward(
        self, x: Tensor, table: Tensor, mask: Tensor | None, cache: KVCache | None, layer: int
    ) -> Tensor:
        """Return the stream (B, T, width) with what this layer adds."""
        x = x + self.attention(self.attention_norm(x), table, mask, cache, layer)  # (B, T, width)
        y: Tensor = x + self.feed(self.feed_norm(x))  # (B, T, width)
        return y


class Transformer(nn.Module):
    """Token ids to logits of the next token, at every place of the stream."""

    rotary: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.width)
        self.head = Linear(config.width, config.vocabulary)
        self.register_buffer("rotary", rotary_table(config), persistent=False)
        self.initialise()

    def initialise(self) -> None:
        """Draw the weights anew from torch's generator; residual branches begin at zero."""
        for name, weight in self.named_parameters():
            if weight.dim() < 2:
                nn.init.ones_(weight)
            elif name.endswith(("out.weight", "down.weight")) or name == "head.weight":
                nn.init.zeros_(weight)
            elif name == "embedding.weight":
                nn.init.normal_(weight, std=0.5)
            else:
                nn.init.normal_(weight, std=weight.shape[1] ** -0.5)

    def forward(self, tokens: Tensor, cache: KVCache | None = None) -> Tensor:
        """Return logits (B, T, V) for ``tokens`` (B, T), which stand behind those in the cache."""
        return self.read_out(self.states(tokens, cache))

    def states(self, tokens: Tensor, cache: KVCache | None = None) -> Tensor:
        """Return the last layer's states (B, T, width)."""
        past = cache.length if cache is not None else 0
        table = self.rotary[:, past : past + tokens.shape[1]]  # (2, T, D/2)
        mask = None if cache is None else cache.visible(tokens.shape[1])  # (B or 1, 1, T, past + T)
        x: Tensor = self.embedding(tokens)  # (B, T, width)
        for layer, block in enumerate(self.blocks):
            x = block(x, table, mask, cache, layer)  # (B, T, width)
        if cache is not None:
            cache.advance(tokens.shape[1])
        return x

    def read_out(self, states: Tensor) -> Tensor:
        """Return the logits (…, V) of states (…, width)."""
        logits: Tensor = self.head(self.norm(states))
        return logits

    @property
    def parameters_count(self) -> int:
        """How many numbers are learned."""
        return sum(weight.numel() for weight in self.parameters())
