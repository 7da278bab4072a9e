"""Several processes train one model: each learns from its own rows, all take the same step.

Started by torchrun, one process a GPU, or one a core on a CPU, where two processes of one thread
are faster than one of two threads and far steadier beside other work.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import distributed


@dataclass(frozen=True, slots=True)
class Team:
    """This process's place among those that train together."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process saves, measures and reports."""
        return self.rank == 0

    def average(self, model: torch.nn.Module) -> None:
        """Leave every process with the mean of all gradients."""
        if self.size == 1:
            return
        gradients = [weight.grad for weight in model.parameters() if weight.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.size
        parts = torch.split(flat, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def sum(self, *values: float) -> list[float]:
        """Return each value added up over the processes."""
        if self.size == 1:
            return list(values)
        both = torch.tensor(values, dtype=torch.float64)
        distributed.all_reduce(both)
        return [float(value) for value in both]

    def agree(self, value: float) -> float:
        """Return the leading process's value, in every process."""
        return self.sum(value if self.leads else 0.0)[0]


def join_team(environ: Mapping[str, str], device: str) -> Team:
    """Return this process's place as torchrun's variables tell it; alone where there are none."""
    if "RANK" not in environ:
        return Team()
    team = Team(int(environ["RANK"]), int(environ["WORLD_SIZE"]))
    if device == "cuda":
        torch.cuda.set_device(int(environ["LOCAL_RANK"]))
    if not distributed.is_initialized():
        # Sums of a few numbers travel from the CPU, gradients from where they are.
        distributed.init_process_group("cpu:gloo,cuda:nccl" if device == "cuda" else "gloo")
    return team


def threads_for(team: Team) -> int:
    """Return how many CPU threads one process of the team should use."""
    return max(1, (os.cpu_count() or 1) // team.size)
