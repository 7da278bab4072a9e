"""Low-rank adapters (LoRA, Hu et al. 2021): what a model learned since, beside weights that stay.

A layer's matrix W becomes W + (alpha / rank) B A. Several adapters share one base in memory; a
request wears the one it needs, and costs its two thin matrices a layer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from engine.errors import ModelError
from engine.model.linear import Linear
from engine.model.transformer import Transformer

WEIGHTS = "adapter.safetensors"
"""The file of an adapter in a model's folder."""


class Adapter(nn.Module):
    """Two thin matrices for every matrix inside a base's blocks; at first it changes nothing."""

    def __init__(self, base: Transformer, *, rank: int, alpha: float, seed: int = 0) -> None:
        super().__init__()
        self.rank, self.alpha = rank, alpha
        self.down, self.up = nn.ParameterDict(), nn.ParameterDict()
        chance = torch.Generator().manual_seed(seed)
        for name, layer in _layers(base):
            drawn = torch.randn(rank, layer.in_features, generator=chance)
            self.down[name] = nn.Parameter(drawn * layer.in_features**-0.5)  # (rank, in)
            self.up[name] = nn.Parameter(torch.zeros(layer.out_features, rank))  # (out, rank)

    def save(self, path: Path) -> None:
        """Leave the matrices in a file in 32 bits, whole or not at all."""
        part = path.with_name(f".{path.name}.part")
        state = {name: value.detach().cpu().contiguous() for name, value in self.named_parameters()}
        save_file(state, part, metadata={"rank": str(self.rank), "alpha": repr(self.alpha)})
        os.replace(part, path)


def load_adapter(path: Path, base: Transformer) -> Adapter:
    """Return the adapter of a file, on the base's device; ModelError if it does not fit the base.

    Its weights do not ask for gradients.
    """
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
        adapter = Adapter(base, rank=int(about["rank"]), alpha=float(about["alpha"]))
        adapter.load_state_dict(state)
    except FileNotFoundError as error:
        raise ModelError(f"the adapter {path} is missing; roll back to an earlier model") from error
    except (OSError, SafetensorError, RuntimeError, KeyError, ValueError) as error:
        raise ModelError(
            f"the adapter {path} is damaged or of another base; roll back to an earlier model"
        ) from error
    device = next(base.parameters()).device
    return adapter.to(device).requires_grad_(False)


@contextmanager
def worn(base: Transformer, adapter: Adapter | None) -> Iterator[None]:
    """Have the base speak with this adapter, and none other, inside the block.

    Gradients reach the adapter's matrices if they ask for them. Blocks may be nested.
    """
    layers = _layers(base)
    before = [layer.low_rank for _, layer in layers]
    try:
        for name, layer in layers:
            layer.low_rank = None
            if adapter is not None:
                scaled = adapter.up[name] * (adapter.alpha / adapter.rank)  # (out, rank)
                layer.low_rank = (adapter.down[name], scaled)
        yield
    finally:
        for (_, layer), kept in zip(layers, before, strict=True):
            layer.low_rank = kept


def _layers(base: Transformer) -> list[tuple[str, Linear]]:
    """The matrices inside the blocks by names that torch takes as names of parameters."""
    return [
        (name.replace(".", "/"), layer)
        for name, layer in base.named_modules()
        if isinstance(layer, Linear)
    ]
