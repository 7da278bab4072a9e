from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.errors import BadInputError, ModelError
from engine.model.config import PRESETS
from engine.model.transformer import Transformer
from engine.training.examples import ExampleSettings
from engine.training.excerpts import Corpus
from engine.training.held_out import held_out_loss, held_out_streams
from engine.training.optimizer import OptimizerSettings, make_optimizers, rate_at
from engine.training.pretrain import CHECKPOINT, Progress, Run, TrainSettings, new_network, train
from tests.engine.training.shards import scale_shard

SHARDS = [scale_shard()]


def settings(steps: int, seed: int = 0) -> TrainSettings:
    return TrainSettings(
        preset="tiny",
        minutes=None,
        steps=steps,
        seed=seed,
        micro_batch=4,
        accumulate=1,
        examples=ExampleSettings(context=256),
    )


def run(folder: Path, steps: int, **more: object) -> Run:
    return train(SHARDS, folder, settings(steps), **more)  # type: ignore[arg-type]


def test_a_model_learns_scales(tmp_path: Path) -> None:
    finished = run(tmp_path, 40)
    untrained = held_out_loss(
        Transformer(PRESETS["tiny"]).eval(),
        held_out_streams(Corpus(SHARDS, "validation"), 128, 256),
    )
    assert finished.held_out.nats_a_token < untrained.nats_a_token - 2
    assert finished.held_out.notes == untrained.notes > 0


def test_the_same_seed_and_steps_give_the_same_weights(tmp_path: Path) -> None:
    one, other = run(tmp_path / "one", 3).model, run(tmp_path / "other", 3).model
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_resumed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", 6)

    class StopError(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.step == 3:
            raise StopError

    with pytest.raises(StopError):
        run(tmp_path / "parts", 6, watch=stop)
    resumed = run(tmp_path / "parts", 6, resume=True)
    assert resumed.progress.step == 6
    assert resumed.progress.tokens == whole.progress.tokens
    for a, b in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(a, b)


def test_nothing_to_resume_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no run to resume"):
        run(tmp_path, 1, resume=True)


def test_a_half_written_checkpoint_is_never_the_one_that_counts(tmp_path: Path) -> None:
    run(tmp_path, 2)
    (tmp_path / f"{CHECKPOINT}.part").write_bytes(b"torn")
    assert run(tmp_path, 3, resume=True).progress.step == 3


def test_minutes_end_a_run_by_the_clock(tmp_path: Path) -> None:
    times = iter(range(0, 10_000, 10))
    by_clock = TrainSettings(
        preset="tiny",
        minutes=1.0,
        micro_batch=1,
        accumulate=1,
        examples=ExampleSettings(context=256),
    )
    finished = train(SHARDS, tmp_path, by_clock, clock=lambda: float(next(times)))
    assert 1 <= finished.progress.step <= 6


def test_minutes_and_steps_exclude_each_other() -> None:
    with pytest.raises(BadInputError, match="either minutes or steps"):
        TrainSettings(minutes=1, steps=1)


def test_the_rate_rises_stays_and_falls() -> None:
    rates = [rate_at(step / 100, step, warmup_steps=10, decay_from=0.6) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10:60] == [1.0] * 50
    assert rates[80] == pytest.approx(0.5)
    assert rates[100] == pytest.approx(0.02)


def test_every_parameter_has_one_optimizer() -> None:
    model = Transformer(PRESETS["tiny"])
    owned = [
        id(weight)
        for optimizer in make_optimizers(model, settings(1).optimizer)
        for group in optimizer.param_groups
        for weight in group["params"]
    ]
    assert sorted(owned) == sorted(id(weight) for weight in model.parameters())


def test_a_forgotten_resume_does_not_cost_the_run(tmp_path: Path) -> None:
    """Five steps, then the same command again and Ctrl-C at once: the checkpoint had one step."""
    run(tmp_path, 2)
    with pytest.raises(BadInputError, match="holds a run already; go on with --resume"):
        run(tmp_path, 5)
    assert run(tmp_path, 3, resume=True).progress.step == 3


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    run(tmp_path, 1)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match="checkpoint .* is damaged; remove it"):
        run(tmp_path, 2, resume=True)


@pytest.mark.parametrize("preset", ["tiny", "lstm"])
def test_either_network_is_kept_and_found_again(tmp_path: Path, preset: str) -> None:
    few = replace(settings(2), preset=preset, examples=ExampleSettings(context=128), micro_batch=2)
    finished = train(SHARDS, tmp_path, few)
    again = train(SHARDS, tmp_path, few, resume=True)
    assert again.progress.step == 2
    for a, b in zip(finished.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(a, b)
    other = replace(few, preset="lstm" if preset == "tiny" else "tiny")
    with pytest.raises(BadInputError, match="another model"):
        train(SHARDS, tmp_path, other, resume=True)


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadInputError, match="width must divide"):
        new_network(replace(settings(1), sizes={"width": 65}))


def test_adamw_alone_holds_every_parameter_once() -> None:
    model = Transformer(PRESETS["tiny"])
    for muon in (True, False):
        made = make_optimizers(model, OptimizerSettings(muon=muon))
        held = [p for o in made for group in o.param_groups for p in group["params"]]
        assert sorted(map(id, held)) == sorted(map(id, model.parameters()))
        assert any(isinstance(o, torch.optim.Muon) for o in made) == muon
