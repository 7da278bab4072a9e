"""Which number type a machine multiplies fast in."""

from __future__ import annotations

import torch


def fast_precision(device: torch.device | str) -> torch.autocast:
    """Return the context in which matrices are multiplied in bfloat16 where that is faster.

    A CPU without instructions for it emulates them: measured twelve times slower than float32.
    """
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu" or cpu_has_bfloat16())


def cpu_has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 by itself."""
    found = torch.cpu.get_capabilities()
    return any(found.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
