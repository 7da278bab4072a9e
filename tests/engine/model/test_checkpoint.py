import json
from pathlib import Path

import pytest
import torch

from engine.errors import ModelError
from engine.model.checkpoint import CARD, load_model, read_card, save_model
from tests.engine.model.toys import toy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(toy(), tmp_path, name="toy", about={"why": "to test"})
    return tmp_path


def weights_of(folder: Path) -> Path:
    return folder / read_card(folder).parts[0][0]


def test_a_saved_model_predicts_as_before_but_for_16_bits(folder: Path) -> None:
    model, card = load_model(folder)
    ids = torch.arange(20)[None]
    assert torch.allclose(model(ids), toy()(ids), atol=0.1)
    assert card.name == "toy"
    assert card.about == {"why": "to test"}


def test_large_weights_are_parted_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.model.checkpoint.MAX_PART_BYTES", 100_000)
    card = save_model(toy(), tmp_path, name="toy", about={})
    assert len(card.parts) > 2
    model, _ = load_model(tmp_path)
    for key, value in toy().state_dict().items():
        assert torch.equal(model.state_dict()[key], value.bfloat16().float())


def test_saving_again_replaces_the_weights(folder: Path) -> None:
    save_model(toy(seed=2), folder, name="toy", about={})
    assert len(list(folder.glob("*.safetensors"))) == 1


def test_a_missing_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no model in .*; restore it"):
        load_model(tmp_path)


def test_missing_weights_are_named(folder: Path) -> None:
    weights_of(folder).unlink()
    with pytest.raises(ModelError, match="safetensors are missing; restore them"):
        load_model(folder)


def test_one_flipped_byte_is_found(folder: Path) -> None:
    path = weights_of(folder)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        load_model(folder)


@pytest.mark.parametrize("card", ["", "{}", "[]", '{"name": 3'])
def test_a_damaged_card_is_named(folder: Path, card: str) -> None:
    (folder / CARD).write_text(card)
    with pytest.raises(ModelError, match="card in .* is damaged"):
        load_model(folder)


def test_a_model_of_another_vocabulary_is_never_loaded(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["vocabulary"] = "0" * 12
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises(ModelError, match="speaks vocabulary 000000000000"):
        load_model(folder)


def test_weights_of_another_size_do_not_fit(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["config"]["layers"] = 3
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises(ModelError, match="do not fit"):
        load_model(folder)
