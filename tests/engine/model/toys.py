"""Small models with random weights: quick, and wrong about everything."""

from __future__ import annotations

import torch

from engine.model.config import PRESETS
from engine.model.transformer import Transformer


def toy(seed: int = 0, spread: float = 0.15) -> Transformer:
    """Return the tiny preset with weights that have opinions."""
    torch.manual_seed(seed)
    model = Transformer(PRESETS["tiny"])
    for weight in model.parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=spread)
    return model.eval().requires_grad_(False)
