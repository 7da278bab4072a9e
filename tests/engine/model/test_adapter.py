from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.errors import ModelError
from engine.model.adapter import Adapter, load_adapter, worn
from engine.model.config import PRESETS
from engine.model.transformer import Transformer

LAYERS = ("head", "blocks/0/attention/query", "blocks/1/feed/down")
TOKENS = torch.arange(12).reshape(1, 12)


def base() -> Transformer:
    torch.manual_seed(1)
    model = Transformer(PRESETS["tiny"]).eval()
    with torch.no_grad():  # a head of zeros says the same to everything
        model.head.weight.normal_()
    return model.requires_grad_(False)


def trained(model: Transformer, seed: int) -> Adapter:
    adapter = Adapter(model, rank=4, alpha=8.0, layers=LAYERS, seed=seed)
    with torch.no_grad():
        for name, up in adapter.up.items():
            up.normal_(generator=torch.Generator().manual_seed(seed + len(name)))
        adapter.shift["head"].normal_(generator=torch.Generator().manual_seed(seed))
    return adapter


def test_a_new_adapter_changes_nothing() -> None:
    model = base()
    plain = model(TOKENS)
    with worn(model, Adapter(model, rank=4, alpha=8.0)):
        assert torch.equal(model(TOKENS), plain)


def test_a_worn_adapter_speaks_as_the_matrices_added_up_would() -> None:
    model, added = base(), base()
    adapter = trained(model, 1)
    layers = dict(added.named_modules())
    with torch.no_grad():
        for name, down in adapter.down.items():
            layers[name.replace("/", ".")].weight += adapter.up[name] @ down * 2.0  # alpha / rank
    with worn(model, adapter):
        expected = added(TOKENS) + adapter.shift["head"]
        assert torch.allclose(model(TOKENS), expected, atol=1e-4)


def test_base_is_the_same_to_the_bit_after_any_adapters() -> None:
    model = base()
    plain = model(TOKENS)
    with worn(model, trained(model, 1)):
        assert not torch.allclose(model(TOKENS), plain)
        with worn(model, trained(model, 2)):
            pass
        with worn(model, None):
            assert torch.equal(model(TOKENS), plain)
        assert not torch.allclose(model(TOKENS), plain)
    assert torch.equal(model(TOKENS), plain)


def test_gradients_reach_the_adapter_and_not_the_base() -> None:
    model = base()
    adapter = trained(model, 1)
    with worn(model, adapter):
        model(TOKENS).sum().backward()
    assert all(weight.grad is not None for weight in adapter.parameters())
    assert all(weight.grad is None for weight in model.parameters())


def test_a_saved_adapter_is_the_same(tmp_path: Path) -> None:
    model = base()
    adapter = trained(model, 3)
    adapter.save(tmp_path / "a.safetensors")
    again = load_adapter(tmp_path / "a.safetensors", model)
    with worn(model, adapter):
        said = model(TOKENS)
    with worn(model, again):
        assert torch.equal(model(TOKENS), said)
    assert (again.rank, again.alpha) == (4, 8.0)


@pytest.mark.parametrize("damage", ["missing", "cut", "other base"])
def test_what_is_no_adapter_of_this_base_is_refused_in_one_sentence(
    tmp_path: Path, damage: str
) -> None:
    model, path = base(), tmp_path / "a.safetensors"
    trained(model, 1).save(path)
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        model = Transformer(PRESETS["small"])
    with pytest.raises(ModelError, match="roll back"):
        load_adapter(path, model)
