"""Rated pieces as tuning reads them: the base's last states, and what is preferred among them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.generate.order import controls_of
from engine.model.precision import fast_precision
from engine.model.transformer import Transformer
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
            rows[name] = Row(own, after)
        on_share(min(1.0, (first + len(part)) / len(streams)))
    if kept is not None:
        part_file = kept.with_name(f".{kept.name}.part")
        state = {name: (row.states.cpu(), row.tokens.cpu()) for name, row in rows.items()}
        torch.save(state, part_file)
        os.replace(part_file, kept)
    return rows


def _kept_rows(path: Path, device: torch.device) -> dict[str, Row] | None:
    """Return the rows of a file; None if there is none that can be read."""
    try:
        state = torch.load(path, weights_only=True)
    except Exception:  # noqa: BLE001 - torch raises whatever a torn file causes; it is read anew
        return None
    return {
        name: Row(states.to(device), tokens.to(device)) for name, (states, tokens) in state.items()
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


def groups_of(pairs: Sequence[Pair], singles: Sequence[Single]) -> list[Group]:
    """Return the preferences request by request, in parts of at most _GROUP pieces."""
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
    return groups
