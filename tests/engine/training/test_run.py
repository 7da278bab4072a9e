import pytest

from engine.errors import BadInputError
from engine.model.config import PRESETS
from engine.training.examples import ExampleSettings
from engine.training.optimizer import OptimizerSettings
from engine.training.run import settings_said


def test_a_setting_finds_its_place_by_name_and_takes_its_type() -> None:
    sizes, examples, optimizer = settings_said(
        ["width=288", "tasks=0", "muon=0", "control_dropout=0.3"]
    )
    assert sizes == {"width": 288}
    assert examples == {"tasks": 0.0, "control_dropout": 0.3}
    assert optimizer == {"muon": False}
    assert ExampleSettings(**examples).tasks == 0
    assert not OptimizerSettings(**optimizer).muon


@pytest.mark.parametrize(
    ("words", "reason"),
    [("colour=3", "knows arranged_share"), ("tasks=many", "needs a number"), ("tasks", "number")],
)
def test_an_unknown_setting_or_value_is_named(words: str, reason: str) -> None:
    with pytest.raises(BadInputError, match=reason):
        settings_said([words])


def test_no_name_means_two_things() -> None:
    """--set finds a field by its name alone."""
    kinds = (PRESETS["small"], ExampleSettings(), OptimizerSettings())
    names = [name for kind in kinds for name in kind.__dataclass_fields__]
    assert {name for name in names if names.count(name) > 1} == {"context"}
    with pytest.raises(BadInputError, match="knows"):
        settings_said(["context=512"])
