"""Before a model is promoted its network is loaded once, over the base that is served."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.commands.models import network_loads
from engine.errors import ModelError
from engine.model.adapter import Adapter
from engine.model.checkpoint import save_model
from engine.registry.errors import RegistryError
from engine.registry.registry import Registry
from tests.engine.model.toys import toy
from tests.engine.registry.candidates import NOON, A, B, make_candidate

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy base, and the adapter and ranker of candidates over it."""
    made = tmp_path_factory.mktemp("made")
    save_model(toy(), made / "base", name="toy", about={})
    Adapter(toy(), rank=2, alpha=4).save(made / "adapter.safetensors")
    return made


def promoted(folder: Path, model_id: str, kind: str, contents: dict[str, bytes]) -> str:
    registry = Registry(folder / model_id, folder / "base")
    making = registry.folder / ".making-one"
    made = make_candidate(making, registry.base, model_id, kind=kind, contents=contents)
    registry.add(made)
    loads = network_loads(registry.base)
    return registry.promote(model_id, by="test", at=NOON, loads=loads).id


def test_an_adapter_that_fits_its_base_is_promoted(folder: Path) -> None:
    adapter = (folder / "adapter.safetensors").read_bytes()
    assert promoted(folder, A, "adapter", {"adapter.safetensors": adapter}) == A


@pytest.mark.parametrize(
    ("kind", "file"), [("adapter", "adapter.safetensors"), ("ranker", "ranker.json")]
)
def test_what_was_written_badly_is_not_although_its_hash_is_right(
    folder: Path, kind: str, file: str
) -> None:
    with pytest.raises(RegistryError, match=f"{kind}-1 cannot be loaded: the {kind} .* damaged"):
        promoted(folder, f"{kind}-1", kind, {file: b"{}"})


def test_a_base_of_which_a_part_is_damaged_is_not_promoted(folder: Path, tmp_path: Path) -> None:
    card = save_model(toy(), tmp_path / "base", name="toy", about={})
    (tmp_path / "base" / card.parts[0][0]).write_bytes(b"")
    registry = Registry(tmp_path / "models", tmp_path / "base")
    with pytest.raises(ModelError, match="damaged"):
        network_loads(registry.base)(registry.served())
    with pytest.raises(RegistryError, match="toy cannot be loaded: the weights"):
        registry.promote("toy", by=B, at=NOON, loads=network_loads(registry.base))


def test_the_registry_itself_and_the_list_need_no_torch() -> None:
    code = (
        "import sys, engine.commands.models, engine.registry.registry; "
        "sys.exit(not {'torch', 'numpy'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
