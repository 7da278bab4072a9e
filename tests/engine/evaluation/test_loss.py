from math import log
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.corpus.clean import UnusablePieceError
from engine.evaluation.loss import file_loss
from engine.model.config import PRESETS
from engine.model.transformer import Transformer
from engine.score.midi import write_midi
from engine.score.model import Note
from engine.tokens import vocab
from engine.tokens.encode import encode
from engine.training.examples import IGNORED
from engine.training.held_out import loss_of_rows
from tests.engine.training.shards import scale_piece


@pytest.fixture
def uniform() -> Transformer:
    """A model that gives every token the same chance: whatever it loses is known."""
    return Transformer(PRESETS["tiny"]).eval()


@pytest.mark.parametrize("context", [128, 200, 512])
def test_every_token_of_a_file_is_counted_once_whatever_the_window(
    uniform: Transformer, tmp_path: Path, context: int
) -> None:
    path = tmp_path / "scale.mid"
    score = scale_piece(1, bars=24)
    path.write_bytes(write_midi(score))
    loss = file_loss(uniform, path, context=context)
    plain = [token for bar in encode(score, chords=False) for token in bar]
    assert loss.tokens == len(plain) + 1  # End
    assert loss.notes == len(score.notes)
    assert loss.nats_a_token == pytest.approx(log(vocab.V), rel=1e-3)


def test_a_file_too_short_to_judge_says_so(uniform: Transformer, tmp_path: Path) -> None:
    from dataclasses import replace

    path = tmp_path / "one.mid"
    path.write_bytes(write_midi(replace(scale_piece(1), notes=(Note(0, 0, 60, 12, 80),))))
    with pytest.raises(UnusablePieceError, match="fewer than 16 notes"):
        file_loss(uniform, path, context=256)


def test_tokens_that_are_not_asked_cost_nothing(uniform: Transformer) -> None:
    inputs = torch.from_numpy(np.full((1, 6), 5))
    targets = torch.tensor([[IGNORED, 700, IGNORED, 5, IGNORED, IGNORED]])
    loss = loss_of_rows(uniform, inputs, targets)
    assert (loss.tokens, loss.notes) == (2, 1)
    assert loss.nats == pytest.approx(2 * log(vocab.V))
