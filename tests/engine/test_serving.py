"""What the registry serves writes over one base in memory, and what is broken never does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine import wardrobe
from engine.compose import compose
from engine.composer import Composer
from engine.errors import CadenzaError
from engine.generate.order import Order
from engine.model.adapter import Adapter
from engine.model.checkpoint import save_model
from engine.ratings.traits import TRAITS
from engine.registry.errors import RegistryError
from engine.registry.registry import Registry
from engine.score.theory import KEYS
from engine.tokens.control import Controls
from tests.engine.model.toys import toy
from tests.engine.ratings.tastes import likes
from tests.engine.registry.candidates import NOON, A, B, C, make_candidate

DUO = Order.of(Controls(tempo_bpm=90.0, meter=(4, 4), key=KEYS[0], bars=3, programs=(0, 73)), 4)


def trained(seed: int) -> Adapter:
    adapter = Adapter(toy(), rank=2, alpha=4.0, seed=seed)
    torch.manual_seed(seed)
    for up in adapter.up.values():
        torch.nn.init.normal_(up, std=0.5)
    return adapter


class World:
    """A toy base, a registry beside it, and a composer over both."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.base = folder, folder / "base"
        save_model(toy(), self.base, name="toy", about={})
        self.registry = Registry(folder / "models", self.base)
        self.environ = {
            "CADENZA_MODEL": str(self.base),
            "CADENZA_MODELS": str(self.registry.folder),
        }

    def add(self, model_id: str, contents: dict[str, bytes], **card: object) -> None:
        making = self.registry.folder / ".making-one"
        self.registry.add(make_candidate(making, self.base, model_id, contents=contents, **card))

    def tune(self, model_id: str, adapter: Adapter | bytes, server: str | None = None) -> None:
        """Serve a candidate with this adapter."""
        file = self.folder / "one.safetensors"
        if isinstance(adapter, Adapter):
            adapter.save(file)
            adapter = file.read_bytes()
        self.add(model_id, {"adapter.safetensors": adapter})
        self.promote(model_id, server)

    def promote(self, model_id: str, server: str | None = None) -> None:
        self.registry.promote(model_id, server=server, by="test", at=NOON)

    def composer(self) -> Composer:
        return Composer.open(self.environ, sound=False, candidates=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def tokens(composer: Composer) -> list[int]:
    (written,) = composer.writer([DUO])
    return written.tokens


def test_who_serves_nothing_serves_the_base(world: World) -> None:
    composer = world.composer()
    assert composer.serving().card.name == composer.serving("1").card.name == "toy"
    assert composer.serving().writer == composer.writer


def test_a_worn_adapter_writes_otherwise_and_taken_off_the_base_is_as_before(
    world: World,
) -> None:
    composer = world.composer()
    before = tokens(composer)
    world.tune(A, trained(1))
    worn = composer.serving()
    assert worn.card.name == A
    assert tokens(worn) != before
    assert tokens(composer) == before
    world.registry.rollback(by="test", at=NOON)
    assert tokens(composer.serving()) == before


def test_servers_with_models_of_their_own_share_the_base(world: World) -> None:
    world.tune(A, trained(1), "1")
    world.tune(B, trained(2), "2")
    composer = world.composer()
    one, two, other = (composer.serving(server) for server in ("1", "2", "3"))
    assert [each.card.name for each in (one, two, other)] == [A, B, "toy"]
    assert len({tuple(tokens(each)) for each in (one, two, other)}) == 3
    places = [
        [weight.data_ptr() for weight in each.writer.model.parameters()] for each in (one, two)
    ]
    assert places[0] == places[1]


def test_who_has_begun_goes_on_with_the_model_it_began_with(world: World) -> None:
    world.tune(A, trained(1))
    composer = world.composer()
    begun = composer.serving()
    before = tokens(begun)
    world.tune(B, trained(2))
    assert composer.serving().card.name == B
    assert (begun.card.name, tokens(begun)) == (A, before)


def test_a_model_whose_file_was_damaged_is_not_served(world: World) -> None:
    world.tune(A, trained(1))
    world.tune(B, trained(2))
    (world.registry.folder / B / "adapter.safetensors").write_bytes(b"torn")
    assert world.composer().serving().card.name == A


@pytest.mark.parametrize("content", ["no tensors", "not finite"])
def test_a_model_that_does_not_load_though_its_hash_is_right_is_not_served(
    world: World, content: str
) -> None:
    world.tune(A, trained(1), "1")
    broken = trained(2)
    for up in broken.up.values():
        torch.nn.init.constant_(up, float("nan"))
    world.tune(B, broken if content == "not finite" else b"{}", "1")
    composer = world.composer()
    assert composer.serving("1").card.name == A
    assert composer.serving("2").card.name == "toy"
    assert composer.wardrobe is not None
    assert set(composer.wardrobe.troubles) == {B}
    assert composer.serving("1", B).card.name == A
    with pytest.raises(CadenzaError):
        composer.named(B)


def test_a_server_whose_own_models_are_all_broken_is_served_what_everyone_is(
    world: World,
) -> None:
    world.tune(A, trained(1))
    world.tune(B, b"{}", "1")
    assert world.composer().serving("1").card.name == A


def test_a_registry_over_another_base_is_not_served(world: World) -> None:
    world.tune(A, trained(1))
    save_model(toy(seed=5), world.folder / "other", name="other", about={})
    composer = Composer.open(world.environ, model=world.folder / "other", sound=False, candidates=1)
    assert composer.serving().card.name == "other"


def test_a_base_exchanged_under_a_running_worker_brings_no_model_over_it(world: World) -> None:
    composer = world.composer()
    before = tokens(composer)
    save_model(toy(seed=5), world.base, name="newer", about={})
    world.tune(A, trained(1))
    assert (composer.serving().card.name, tokens(composer.serving())) == ("toy", before)


def test_a_base_card_that_is_damaged_meanwhile_stops_nothing(world: World) -> None:
    composer = world.composer()
    (world.base / "card.json").write_text("{")
    assert composer.serving("1").card.name == "toy"


def test_a_named_model_writes_whatever_is_served(world: World) -> None:
    world.tune(A, trained(1))
    world.tune(B, trained(2))
    composer = world.composer()
    assert composer.serving("1", A).card.name == composer.named(A).card.name == A
    assert composer.named("toy").card.name == "toy"
    with pytest.raises(RegistryError, match="no model 'tuned-9'"):
        composer.named("tuned-9")


def test_only_the_latest_few_stay_in_memory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wardrobe, "KEPT", 2)
    for number, model_id in enumerate((A, B, C)):
        world.tune(model_id, trained(number), str(number))
    composer = world.composer()
    first = composer.serving("0").writer.adapter
    assert composer.serving("0").writer.adapter is first
    composer.serving("1")
    composer.serving("2")
    again = composer.serving("0").writer.adapter
    assert again is not first
    assert again is not None


def test_a_ranker_alone_is_a_model_and_has_a_say(world: World) -> None:
    ranker = likes(TRAITS[0].name)
    content = json.dumps(ranker.to_json()).encode()
    world.add(A, {"ranker.json": content}, kind="ranker")
    world.promote(A)
    serving = world.composer().serving()
    assert (serving.card.name, serving.writer.adapter) == (A, None)
    three = replace(serving.writer, candidates=3)
    (ranked,) = three.ranked([DUO])
    tastes = {one.order.seed: (one.parts or {})["taste"] for one in ranked}
    assert sum(tastes.values()) == pytest.approx(0.0)
    values = {one.order.seed: ranker.score(one.score) for one in ranked}
    assert sorted(values, key=values.__getitem__) == sorted(tastes, key=lambda s: -tastes[s])


def test_the_finished_piece_says_which_model_wrote_it_and_has_its_tokens(
    world: World, tmp_path: Path
) -> None:
    world.tune(A, trained(1))
    serving = world.composer().serving()
    piece = compose("calm jazz, 2 bars", serving, tmp_path / "o", seed=3, delivery=None)
    assert piece.details["model"] == A
    assert len(piece.tokens) == piece.details["tokens"]
