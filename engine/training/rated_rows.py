"""Rated pieces as tuning reads them: the base's last states, and what is preferred among them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.generate.order import controls_of
from engine.model.precision import fast_precision
from engine.model.transformer import Transformer
from engine.ratings.credit import shares
from engine.ratings.preferences import Pair, Single
from engine.ratings.records import RatedPiece
from engine.tokens import vocab
from engine.tokens.control import prefix

_READ_AT_ONCE = 8
_GROUP = 12
"""Pieces of one request that are read side by side; of more, pairs across groups are left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """A piece as the base has read it. T tokens, the prefix left out."""

    states: Tensor
    """What the head turns into logits, in 16 bits (T, width)."""
    tokens: Tensor
    """What came next (T,)."""
    shares: NDArray[np.float64]
    """By how much each token raises each trait of the piece (T, 21)."""


def read_rows(
    base: Transformer,
    pieces: Iterable[RatedPiece],
    *,
    context: int,
    on_share: Callable[[float], None],
    kept: Path | None = None,
) -> dict[str, Row]:
    """Return each piece as the base reads it: what was asked, then the bars that were written.

    ``kept``: a file that is read if it is there and whole, and left there else. ``on_share`` may
    raise CancelledError.
    """
    device = next(base.parameters()).device
    if kept is not None and (found := _kept_rows(kept, device)) is not None:
        return found
    streams: list[tuple[str, Tensor, int]] = []
    for piece in pieces:
        asked = prefix(controls_of(piece.brief), vocab.WITHIN)
        ids = torch.tensor([*asked, *piece.tokens][:context])
        streams.append((piece.piece, ids, len(asked)))
    streams.sort(key=lambda stream: (len(stream[1]), stream[0]))
    rows: dict[str, Row] = {}
    for first in range(0, len(streams), _READ_AT_ONCE):
        part = streams[first : first + _READ_AT_ONCE]
        length = max(len(ids) for _, ids, _ in part)
        tokens = torch.full((len(part), length), vocab.PAD)
        for place, (_, ids, _) in enumerate(part):
            tokens[place, : len(ids)] = ids
        with torch.no_grad(), fast_precision(device):
            states = base.norm(base.states(tokens[:, :-1].to(device)))  # (N, T, width)
        for place, (name, ids, head) in enumerate(part):
            own = states[place, head - 1 : len(ids) - 1].half()
            after = ids[head:].to(device)
            rows[name] = Row(own, after, shares(after.tolist()))
        on_share(min(1.0, (first + len(part)) / len(streams)))
    if kept is not None:
        _keep(rows, kept)
    return rows


def _keep(rows: Mapping[str, Row], path: Path) -> None:
    state = {
        name: (row.states.cpu(), row.tokens.cpu(), torch.from_numpy(row.shares))
        for name, row in rows.items()
    }
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:  # torch tells of a full disk as a RuntimeError, a file does not
        torch.save(state, file)
    os.replace(part, path)


def _kept_rows(path: Path, device: torch.device) -> dict[str, Row] | None:
    """Return the rows of a file; None if there is none that can be read."""
    try:
        state = torch.load(path, weights_only=True)
    except Exception:  # noqa: BLE001 - torch raises whatever a torn file causes; it is read anew
        return None
    return {
        name: Row(states.to(device), tokens.to(device), added.numpy())
        for name, (states, tokens, added) in state.items()
    }


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces of one request that are read side by side, and what is preferred among them."""

    names: tuple[str, ...]
    pairs: tuple[Pair, ...]
    singles: tuple[Single, ...]

    @property
    def weight(self) -> float:
        """What all of it weighs."""
        return sum(p.weight for p in self.pairs) + sum(abs(s.value) for s in self.singles)


def groups_of(
    pairs: Sequence[Pair], singles: Sequence[Single], others: Iterable[str] = ()
) -> list[Group]:
    """Return the preferences request by request, in parts of at most _GROUP pieces.

    Then ``others``, pieces that may be in none, by themselves.
    """
    of_pairs: dict[str, list[Pair]] = defaultdict(list)
    of_singles: dict[str, list[Single]] = defaultdict(list)
    for pair in pairs:
        of_pairs[pair.request].append(pair)
    for single in singles:
        of_singles[single.request].append(single)
    groups = []
    for request in sorted(of_pairs.keys() | of_singles.keys()):
        in_pairs = {n for pair in of_pairs[request] for n in (pair.chosen, pair.rejected)}
        names = sorted(in_pairs | {single.piece for single in of_singles[request]})
        for first in range(0, len(names), _GROUP):
            part = tuple(names[first : first + _GROUP])
            near = tuple(p for p in of_pairs[request] if p.chosen in part and p.rejected in part)
            alone = tuple(s for s in of_singles[request] if s.piece in part)
            groups.append(Group(part, near, alone))
    left = sorted(set(others).difference(*(group.names for group in groups)))
    parts = [tuple(left[first : first + _GROUP]) for first in range(0, len(left), _GROUP)]
    return [*groups, *(Group(part, (), ()) for part in parts)]
