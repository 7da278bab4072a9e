"""The baseline: an LSTM of the small Transformer's size, trained in its place.

What most hobby projects use (Hochreiter and Schmidhuber 1997). It is measured, never served.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from engine.tokens import vocab

PRESET = "lstm"
_WIDTH, _HIDDEN, _LAYERS = 480, 768, 2


class LSTM(nn.Module):
    """Token ids to logits of the next token; 9.8 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab.V, _WIDTH)
        self.layers = nn.LSTM(_WIDTH, _HIDDEN, _LAYERS, batch_first=True)
        self.head = nn.Linear(_HIDDEN, vocab.V)
        for name, weight in self.layers.named_parameters():
            if name.startswith("weight_hh"):
                for gate in weight.data.chunk(4):
                    nn.init.orthogonal_(gate)
            elif name.startswith("bias_ih"):
                # The gate that forgets begins open (Jozefowicz et al. 2015).
                weight.data[_HIDDEN : 2 * _HIDDEN] = 1.0

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits (B, T, V) for ``tokens`` (B, T)."""
        states, _ = self.layers(self.embedding(tokens))  # (B, T, hidden)
        logits: Tensor = self.head(states)
        return logits

    def to_json(self) -> dict[str, Any]:
        """Return what tells this network from others in a checkpoint."""
        return {"kind": PRESET, "width": _WIDTH, "hidden": _HIDDEN, "layers": _LAYERS}
