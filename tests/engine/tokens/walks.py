"""Random walks of the grammar, and streams written by name."""

from __future__ import annotations

import random

import numpy as np

from engine.tokens import vocab
from engine.tokens.grammar import Grammar
from engine.tokens.spec import Family

_BARS = frozenset(vocab.ids_of(Family.BAR))


def stream(names: str) -> list[int]:
    """The ids of token names that are parted by spaces."""
    return [vocab.ID[name] for name in names.split()]


def walk(rng: random.Random, length: int = 150) -> list[int]:
    """A legal stream from the first Bar to End, families drawn alike; after ``length``, home."""
    grammar = Grammar()
    tokens: list[int] = []
    while not grammar.ended:
        legal = np.flatnonzero(grammar.legal()).tolist()
        assert legal, f"a dead end behind {[vocab.NAMES[token] for token in tokens[-6:]]}"
        if len(tokens) >= length:
            homewards = [t for t in legal if t == vocab.END or (t in _BARS and t != vocab.BAR_OPEN)]
            legal = homewards[:1] or legal
        family = rng.choice(sorted({vocab.FAMILY[token] for token in legal}))
        tokens.append(rng.choice([token for token in legal if vocab.FAMILY[token] is family]))
        grammar.read(tokens[-1])
    return tokens
