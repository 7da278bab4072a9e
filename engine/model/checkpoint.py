"""Weights on disk: safetensors in parts, with a JSON card that says what they belong to."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from engine.errors import ModelError
from engine.model.config import ModelConfig
from engine.model.transformer import Transformer
from engine.tokens import vocab

CARD = "card.json"
MAX_PART_BYTES = 15 * 2**20


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is: its sizes, its vocabulary, where it comes from, how good it is."""

    name: str
    config: ModelConfig
    vocabulary: str
    parts: tuple[tuple[str, str], ...]
    """File name and sha256 of each part of the weights."""
    about: dict[str, Any]
    """Training, corpus and evaluation, as written at export."""

    def to_json(self) -> dict[str, Any]:
        """Return the card as JSON values."""
        return {
            "name": self.name,
            "config": self.config.to_json(),
            "vocabulary": self.vocabulary,
            "parts": [{"file": file, "sha256": digest} for file, digest in self.parts],
            **self.about,
        }


def save_model(model: Transformer, folder: Path, *, name: str, about: dict[str, Any]) -> Card:
    """Leave the weights in 16 bits and their card in ``folder``; the card is written last.

    Parts are at most MAX_PART_BYTES, so that they travel anywhere; those of an earlier model
    in the folder are removed afterwards.
    """
    folder.mkdir(parents=True, exist_ok=True)
    groups: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for key, value in model.state_dict().items():
        half = value.detach().to("cpu", torch.bfloat16).contiguous()
        if groups[-1] and size + half.nbytes > MAX_PART_BYTES:
            groups.append({})
            size = 0
        groups[-1][key] = half
        size += half.nbytes
    parts = []
    for index, group in enumerate(groups):
        part = folder / f".part-{index}"
        save_file(group, part)
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        file = f"{name}-{digest[:8]}-{index + 1}of{len(groups)}.safetensors"
        os.replace(part, folder / file)
        parts.append((file, digest))
    card = Card(name, model.config, vocab.fingerprint(), tuple(parts), about)
    written = folder / f".{CARD}.part"
    written.write_text(json.dumps(card.to_json(), indent=1) + "\n")
    os.replace(written, folder / CARD)
    kept = {file for file, _ in parts}
    for old in folder.glob("*.safetensors"):
        if old.name not in kept:
            old.unlink()
    return card


def read_card(folder: Path) -> Card:
    """Return the card in ``folder``; ModelError if it is missing or of another vocabulary."""
    try:
        found = json.loads((folder / CARD).read_text())
        card = Card(
            name=found.pop("name"),
            config=ModelConfig(**found.pop("config")),
            vocabulary=found.pop("vocabulary"),
            parts=tuple((part["file"], part["sha256"]) for part in found.pop("parts")),
            about=found,
        )
    except FileNotFoundError as error:
        raise ModelError(
            f"there is no model in {folder}; restore it with git checkout, or train one"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"the model card in {folder} is damaged; restore it with git checkout"
        ) from error
    if card.vocabulary != vocab.fingerprint():
        raise ModelError(
            f"the model in {folder} speaks vocabulary {card.vocabulary}, this code "
            f"{vocab.fingerprint()}; use the code it was trained with, or train a new one"
        )
    return card


def load_model(folder: Path, *, device: str = "cpu") -> tuple[Transformer, Card]:
    """Return the model of ``folder`` in float32 and evaluation mode, with its card.

    Raises ModelError with one sentence if anything is missing, damaged or does not fit.
    """
    card = read_card(folder)
    state: dict[str, torch.Tensor] = {}
    for file, digest in card.parts:
        path = folder / file
        try:
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise ModelError(
                    f"the weights in {path} are damaged; restore them with git checkout"
                )
            state.update(load_file(path))
        except FileNotFoundError as error:
            raise ModelError(
                f"the weights {path} are missing; restore them with git checkout"
            ) from error
        except (OSError, SafetensorError) as error:
            raise ModelError(
                f"the weights {path} cannot be read; restore them with git checkout"
            ) from error
    model = Transformer(card.config)
    try:
        model.load_state_dict({key: value.float() for key, value in state.items()})
    except RuntimeError as error:
        raise ModelError(
            f"the weights in {folder} do not fit their card; train them again"
        ) from error
    return model.to(device).eval(), card


def trained_context(card: Card) -> int:
    """Return the longest stream that the model was trained on; beyond it predictions suffer."""
    training = card.about.get("training", {})
    return min(int(training.get("context", card.config.context)), card.config.context)
