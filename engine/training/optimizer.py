"""The optimizers: Muon for the matrices inside the blocks, AdamW for everything else."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """Peak learning rates and decay."""

    muon: bool = True
    """Else AdamW for the matrices, too."""
    matrix_rate: float = 0.006
    """Muon's, in AdamW's scale (Liu et al. 2025, "Muon is scalable for LLM training")."""
    other_rate: float = 0.003
    weight_decay: float = 0.1
    clip: float = 1.0


def make_optimizers(model: nn.Module, settings: OptimizerSettings) -> list[torch.optim.Optimizer]:
    """Return the optimizers; every parameter belongs to exactly one.

    A network without blocks, such as the LSTM, has AdamW for all.
    """
    matrices: list[torch.nn.Parameter] = []
    others: list[torch.nn.Parameter] = []
    for name, weight in model.named_parameters():
        inside = name.startswith("blocks.") and weight.dim() == 2
        (matrices if inside else others).append(weight)
    adamw = torch.optim.AdamW(others, lr=settings.other_rate, betas=(0.9, 0.95), weight_decay=0.0)
    if not matrices:
        return [adamw]
    rate, decay = settings.matrix_rate, settings.weight_decay
    inner: torch.optim.Optimizer
    if settings.muon:
        inner = torch.optim.Muon(
            matrices, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"
        )
    else:
        inner = torch.optim.AdamW(matrices, lr=rate, betas=(0.9, 0.95), weight_decay=decay)
    return [inner, adamw]


def rate_at(
    progress: float, step: int, *, warmup_steps: int = 20, decay_from: float = 0.6
) -> float:
    """Return the share of the peak rate at a place of the run, 0 to 1.

    Up over the first steps, flat, then down in a straight line to 2 % at the end, so that a
    run can be resumed from its flat part (Hägele et al. 2024).
    """
    up = min(1.0, (step + 1) / warmup_steps)
    down = 1.0 if progress <= decay_from else (1.0 - progress) / (1.0 - decay_from)
    return up * max(0.02, min(1.0, down))
