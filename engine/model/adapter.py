"""Low-rank adapters (LoRA, Hu et al. 2021): what a model learned since, beside weights that stay.

A layer's matrix W becomes W + (alpha / rank) B A, and what it says is shifted by a vector. Several
adapters share one base in memory; a request wears the one it needs. What ratings teach goes into
the head alone (docs/decisions/0022): then the base reads every piece once, however long is tuned.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from engine.errors import ModelError
from engine.model.linear import Addition, Linear
from engine.model.transformer import Transformer

HEAD = "head"
"""The layer that turns states into logits."""
_ABOUT = "adapter"
WEIGHTS = "adapter.safetensors"
"""The file of an adapter in a model's folder."""


class Adapter(nn.Module):
    """Two thin matrices and a shift for each of a base's layers; at first it changes nothing."""

    def __init__(
        self,
        base: Transformer,
        *,
        rank: int,
        alpha: float,
        layers: Sequence[str] = (HEAD,),
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.rank, self.alpha = rank, alpha
        self.down, self.up, self.shift = nn.ParameterDict(), nn.ParameterDict(), nn.ParameterDict()
        chance = torch.Generator().manual_seed(seed)
        known = _layers(base)
        for name in layers:
            layer = known[name]
            drawn = torch.randn(rank, layer.in_features, generator=chance)
            self.down[name] = nn.Parameter(drawn * layer.in_features**-0.5)  # (rank, in)
            self.up[name] = nn.Parameter(torch.zeros(layer.out_features, rank))  # (out, rank)
            self.shift[name] = nn.Parameter(torch.zeros(layer.out_features))  # (out,)

    def addition(self, name: str) -> Addition:
        """Return what a layer adds while this adapter is worn."""
        return Addition(self.down[name], self.up[name] * (self.alpha / self.rank), self.shift[name])

    @torch.no_grad()
    def shrink(self, share: float) -> None:
        """Every layer adds only this share of what it added."""
        for part in (*self.up.values(), *self.shift.values()):
            part.mul_(share)

    def save(self, path: Path) -> None:
        """Leave the matrices in a file in 32 bits, whole or not at all."""
        part = path.with_name(f".{path.name}.part")
        state = {name: value.detach().cpu().contiguous() for name, value in self.named_parameters()}
        # One entry: of several the order in the file is not fixed, and so not its hash.
        about = json.dumps({"rank": self.rank, "alpha": self.alpha})
        save_file(state, part, metadata={_ABOUT: about})
        os.replace(part, path)


def load_adapter(path: Path, base: Transformer) -> Adapter:
    """Return the adapter of a file, on the base's device; ModelError if it does not fit the base.

    Its weights do not ask for gradients.
    """
    try:
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})[_ABOUT])
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
        names = sorted(name.removeprefix("down.") for name in state if name.startswith("down."))
        rank, alpha = int(about["rank"]), float(about["alpha"])
        adapter = Adapter(base, rank=rank, alpha=alpha, layers=names)
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
    before = {name: layer.addition for name, layer in layers.items()}
    try:
        for name, layer in layers.items():
            wears = adapter is not None and name in adapter.down
            layer.addition = adapter.addition(name) if adapter is not None and wears else None
        yield
    finally:
        for name, layer in layers.items():
            layer.addition = before[name]


def _layers(base: Transformer) -> dict[str, Linear]:
    """Every matrix that can be added to, by a name that torch takes as one of a parameter."""
    return {
        name.replace(".", "/"): layer
        for name, layer in base.named_modules()
        if isinstance(layer, Linear)
    }
