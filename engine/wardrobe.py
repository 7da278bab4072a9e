"""What the served models wear over the base: adapters and rankers, loaded when first asked for."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import torch

from engine.errors import CadenzaError, ModelError
from engine.model.adapter import Adapter, load_adapter
from engine.model.transformer import Transformer
from engine.ratings.ranker import Ranker, load_ranker
from engine.registry.entry import WEIGHTS_OF, Entry, base_hash
from engine.registry.registry import Registry

KEPT = 8
"""Models whose clothes stay in memory, the latest served: some megabytes each."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What makes the base another model."""

    model: str
    """The id of the registry's entry."""
    adapter: Adapter | None = None
    ranker: Ranker | None = None


class Wardrobe:
    """The outfits of a registry over one base, which is in memory once whatever is served."""

    def __init__(self, registry: Registry, base: Transformer, name: str) -> None:
        """``base``: the network of the registry's base, called ``name``."""
        self.registry = registry
        self._base, self._bare = base, Outfit(name)
        self._base_hash = base_hash(registry.base)
        self._kept: OrderedDict[str, tuple[object, Outfit]] = OrderedDict()
        self.troubles: dict[str, str] = {}
        """Model to the sentence why it could not be loaded when it was last asked for."""

    def served(self, server: str | None = None, model: str | None = None) -> Outfit:
        """Return what a server is served, or the named model; never raises for a broken one.

        In place of a model that cannot be loaded comes what was served before it, at last the
        base; ``troubles`` says why.
        """
        if model is not None:
            try:
                return self.named(model)
            except CadenzaError as error:
                self.troubles[model] = str(error)
        broken: set[str] = set()
        while True:
            try:
                entry = self.registry.served(server, without=broken)
            except CadenzaError as error:  # the base's card; its network is in memory all the same
                self.troubles[self._bare.model] = str(error)
                return self._bare
            try:
                return self._worn_by(entry)
            except CadenzaError as error:
                self.troubles[entry.id] = str(error)
                broken.add(entry.id)

    def complaints(self) -> list[str]:
        """Return, in sentences, what should be served and is not; never raises."""
        try:
            found = self.registry.damaged()
        except CadenzaError as error:
            found = [str(error)]
        return [*found, *(f"{model}: {why}" for model, why in self.troubles.items())]

    def named(self, model: str) -> Outfit:
        """Return one model's; RegistryError or ModelError where it cannot be served."""
        return self._worn_by(self.registry.ready(model))

    def _worn_by(self, entry: Entry) -> Outfit:
        if entry.folder is None:
            return self._bare
        files = entry.card["files"]
        kept = self._kept.get(entry.id)
        if kept is None or kept[0] != files:
            kept = files, self._load(entry)
            self._kept[entry.id] = kept
        self._kept.move_to_end(entry.id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.troubles.pop(entry.id, None)
        return kept[1]

    def _load(self, entry: Entry) -> Outfit:
        assert entry.folder is not None
        if entry.card["base"]["sha256"] != self._base_hash:
            raise ModelError(f"{entry.id} is of a base that came later; start anew to serve it")
        files = entry.card["files"]
        adapter = ranker = None
        if (name := WEIGHTS_OF["adapter"]) in files:
            adapter = load_adapter(entry.folder / name, self._base)
            if not all(bool(torch.isfinite(value).all()) for value in adapter.parameters()):
                raise ModelError(f"the adapter of {entry.id} is not finite; roll back")
        if (name := WEIGHTS_OF["ranker"]) in files:
            ranker = load_ranker(entry.folder / name)
        return Outfit(entry.id, adapter, ranker)
