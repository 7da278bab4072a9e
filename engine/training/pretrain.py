"""Pretraining: a model learns the corpus, by the clock, and can be stopped and resumed.

This module and all it imports need no more than torch, numpy and safetensors.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from engine.corpus.shard import Shard
from engine.errors import BadInputError, ModelError
from engine.model.config import PRESETS
from engine.model.precision import fast_precision
from engine.model.transformer import Transformer
from engine.tokens import vocab
from engine.training import lstm
from engine.training.examples import IGNORED, Examples, ExampleSettings
from engine.training.excerpts import Corpus
from engine.training.held_out import HELD_OUT_PIECES, IS_NOTE, Loss, held_out_loss, held_out_streams
from engine.training.optimizer import OptimizerSettings, make_optimizers, rate_at
from engine.training.team import Team

CHECKPOINT = "last.pt"
_SAVE_EVERY_S = 600.0


ALONE = Team()

Network = Transformer | lstm.LSTM


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """One run. Its result is a function of these, the shards and, by the clock, the machine."""

    preset: str = "small"
    """A name of PRESETS, or ``lstm.PRESET``, the baseline."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Fields of ModelConfig that differ from the preset."""
    minutes: float | None = 60.0
    steps: int | None = None
    """Instead of minutes: exactly so many steps, the same weights every time on one machine."""
    seed: int = 0
    micro_batch: int = 8
    accumulate: int = 2
    decay_from: float = 0.6
    device: str = "cpu"
    compiled: bool = False
    """Have torch compile the step: needs a C++ compiler and about a minute, then is faster."""
    examples: ExampleSettings = field(default_factory=ExampleSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise BadInputError("give either minutes or steps")
        if self.preset not in (*PRESETS, lstm.PRESET):
            raise BadInputError(f"preset must be one of {', '.join(PRESETS)}, got {self.preset}")


@dataclass(slots=True)
class Progress:
    """Where a run stands; handed to the watcher after every step."""

    step: int = 0
    tokens: int = 0
    elapsed_s: float = 0.0
    """Training time over all resumed parts of the run."""
    share: float = 0.0
    """0 at the start, 1 at the end."""
    nats_a_token: float = float("nan")
    nats_a_note: float = float("nan")
    held_out: Loss | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run."""

    model: Network
    progress: Progress
    held_out: Loss


def _silent(progress: Progress) -> None:
    """Report nothing."""


def train(
    shards: list[Shard],
    folder: Path,
    settings: TrainSettings,
    *,
    resume: bool = False,
    team: Team = ALONE,
    watch: Callable[[Progress], None] = _silent,
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """Return the trained model and its held-out loss; ``folder`` then holds the checkpoint.

    ``resume``: go on from the checkpoint in ``folder``; the minutes or steps count over all
    parts of the run; without it, a folder that holds a run is refused. ``team``: this process's
    place among those that train together; the batch grows with their number, and only the
    leading one saves, measures and reports. Saves every ten minutes and when interrupted. Raises
    BadInputError if there is nothing to resume or nothing to learn from.
    """
    corpus = Corpus(shards, "train")
    if not len(corpus.pieces):
        raise BadInputError("the corpus has no piece in its training split")
    streams = held_out_streams(
        Corpus(shards, "validation"), HELD_OUT_PIECES, settings.examples.context
    )
    del shards  # where the caller keeps no reference, half of the memory
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng([settings.seed, team.rank])
    model = new_network(settings).to(settings.device)
    optimizers = make_optimizers(model, settings.optimizer)
    progress = Progress()
    if not resume and (folder / CHECKPOINT).exists():
        raise BadInputError(
            f"{folder} holds a run already; go on with --resume, or choose another --name"
        )
    if resume:
        _restore(folder, model, optimizers, rng, progress, team)
    peaks = [
        optimizer.param_groups[0]["lr"] for optimizer in make_optimizers(model, settings.optimizer)
    ]
    examples = Examples(corpus, settings.examples)
    model.train()
    forward = torch.compile(model) if settings.compiled else model
    begun = clock() - progress.elapsed_s
    begun_at = progress.step
    saved = clock()
    try:
        while (share := team.agree(_share(settings, progress))) < 1.0:
            progress.share = share
            rate = rate_at(share, progress.step, decay_from=settings.decay_from)
            for optimizer, peak in zip(optimizers, peaks, strict=True):
                for group in optimizer.param_groups:
                    group["lr"] = peak * rate
            _step(model, forward, optimizers, examples, rng, settings, progress, team)
            progress.elapsed_s = clock() - begun
            if team.leads and clock() - saved > _SAVE_EVERY_S:
                progress.held_out = held_out_loss(model, streams)
                save_checkpoint(folder, model, optimizers, rng, progress)
                saved = clock()
            if team.leads:
                watch(progress)
            progress.held_out = None
    finally:
        if team.leads and progress.step > begun_at:
            save_checkpoint(folder, model, optimizers, rng, progress)
    progress.share = 1.0
    model.eval()
    held_out = progress.held_out = held_out_loss(model, streams)
    if team.leads:
        watch(progress)
    return Run(model, progress, held_out)


def new_network(settings: TrainSettings) -> Network:
    """Return an untrained network; BadInputError if its sizes do not fit each other."""
    if settings.preset == lstm.PRESET:
        return lstm.LSTM()
    try:
        return Transformer(replace(PRESETS[settings.preset], **settings.sizes))
    except ValueError as error:
        raise BadInputError(str(error)) from error


def _sizes(model: Network) -> dict[str, Any]:
    return model.to_json() if isinstance(model, lstm.LSTM) else model.config.to_json()


def _share(settings: TrainSettings, progress: Progress) -> float:
    if settings.steps is not None:
        return progress.step / settings.steps
    assert settings.minutes is not None
    return progress.elapsed_s / (settings.minutes * 60.0)


def _step(
    model: Network,
    forward: Callable[[torch.Tensor], torch.Tensor],
    optimizers: list[torch.optim.Optimizer],
    examples: Examples,
    rng: np.random.Generator,
    settings: TrainSettings,
    progress: Progress,
    team: Team,
) -> None:
    """Accumulate gradients over the micro-batches, then move the weights once."""
    device = torch.device(settings.device)
    nats = asked = notes = read = 0.0
    for _ in range(settings.accumulate):
        inputs, targets = examples.batch(settings.micro_batch, rng)  # (B, T) each
        read += inputs.size
        asked += int((targets != IGNORED).sum())
        notes += int(IS_NOTE[targets[targets != IGNORED]].sum())
        with fast_precision(device):
            logits = forward(torch.from_numpy(inputs).to(device))  # (B, T, V)
        loss = F.cross_entropy(
            logits.float().flatten(0, 1),
            torch.from_numpy(targets).to(device).flatten(),
            ignore_index=IGNORED,
        )
        (loss / settings.accumulate).backward()  # type: ignore[no-untyped-call]
        nats += loss.item() * int((targets != IGNORED).sum())
    team.average(model)
    nats, asked, notes, read = team.sum(nats, asked, notes, read)
    progress.tokens += int(read)
    torch.nn.utils.clip_grad_norm_(model.parameters(), settings.optimizer.clip)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    progress.step += 1
    # A running mean over about the last twenty steps.
    for name, value in (("nats_a_token", nats / asked), ("nats_a_note", nats / max(1, notes))):
        before = getattr(progress, name)
        setattr(progress, name, value if before != before else 0.95 * before + 0.05 * value)


def save_checkpoint(
    folder: Path,
    model: Network,
    optimizers: list[torch.optim.Optimizer],
    rng: np.random.Generator,
    progress: Progress,
) -> None:
    """Write everything that a run needs to go on to ``folder``, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{CHECKPOINT}.part"
    state: dict[str, Any] = {
        "config": _sizes(model),
        "vocabulary": vocab.fingerprint(),
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "rng": rng.bit_generator.state,
        "progress": {**asdict(progress), "held_out": None},
    }
    torch.save(state, part)
    os.replace(part, folder / CHECKPOINT)


def _restore(
    folder: Path,
    model: Network,
    optimizers: list[torch.optim.Optimizer],
    rng: np.random.Generator,
    progress: Progress,
    team: Team,
) -> None:
    path = folder / CHECKPOINT
    if not path.exists():
        raise BadInputError(f"there is no run to resume in {folder}; start one without --resume")
    try:
        state = torch.load(path, weights_only=True)
    except Exception as error:
        # torch raises whatever a torn pickle causes: KeyError, RuntimeError, EOFError ...
        raise ModelError(
            f"the checkpoint {path} is damaged; remove it and start again without --resume"
        ) from error
    if state["vocabulary"] != vocab.fingerprint() or state["config"] != _sizes(model):
        raise BadInputError(f"the run in {folder} is of another model; choose its preset")
    model.load_state_dict(state["model"])
    for optimizer, kept in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(kept)
    for name, value in state["progress"].items():
        setattr(progress, name, value)
    if team.leads:
        rng.bit_generator.state = state["rng"]
    else:
        # Only the leading process's generator was kept; the others begin streams of their own.
        fresh = np.random.default_rng([team.rank, progress.step])
        rng.bit_generator.state = fresh.bit_generator.state
