from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.model.adapter import worn
from engine.model.config import PRESETS
from engine.model.transformer import Transformer
from engine.ratings.preferences import Pair, Preferences, Single
from engine.tokens import vocab
from engine.tokens.spec import Family
from engine.training.objectives import divergence
from engine.training.rated_rows import groups_of, read_rows
from engine.training.tune import Tuned, TuneSettings, best_epoch, gains_of, tune
from tests.engine.ratings.rated import piece
from tests.engine.ratings.rated import tune as melody

SETTINGS = TuneSettings(rate=0.02, said=1.0, keep=0.5, epochs=6, context=256, most_kl=9.0)
PIECES = [
    piece(f"{n}-{pitch}", {"ann": 1}, request=str(n), score=melody(pitch, velocity=50 + 16 * n))
    for n in range(4)
    for pitch in (48, 72)
]
HIGH = Preferences(tuple(Pair(str(n), f"{n}-72", f"{n}-48", 1.0) for n in range(3)), ())
UNHEARD = Preferences((Pair("3", "3-72", "3-48", 1.0),), ())


@pytest.fixture(scope="module")
def base() -> Transformer:
    torch.manual_seed(1)
    model = Transformer(PRESETS["tiny"]).eval()
    with torch.no_grad():
        model.head.weight.normal_(std=0.1)
    return model


def taught(
    base: Transformer,
    learned: Preferences,
    credit: Mapping[str, NDArray[np.float64]] | None = None,
    settings: TuneSettings = SETTINGS,
) -> Tuned:
    rows = read_rows(base, PIECES, context=256, on_share=lambda _: None)
    return tune(
        base, rows, learned, credit or {}, settings, seed=3, held_out=UNHEARD,
        on_epoch=lambda _: None,
    )  # fmt: skip


def test_the_base_is_the_same_to_the_bit_afterwards(base: Transformer) -> None:
    before = {name: value.clone() for name, value in base.state_dict().items()}
    taught(base, HIGH)
    assert all(torch.equal(value, before[name]) for name, value in base.state_dict().items())


def test_what_is_preferred_gains_and_a_request_that_was_not_heard_follows(
    base: Transformer,
) -> None:
    found = taught(base, HIGH)
    first, last = found.epochs[0], found.epochs[-1]
    assert first.learned.accuracy == 0.5
    assert last.learned.accuracy == 1.0
    assert last.held_out.accuracy == 1.0
    assert last.learned.loss < first.learned.loss
    assert last.kl > 0


def test_inverted_preferences_teach_the_contrary(base: Transformer) -> None:
    turned = Preferences(
        tuple(Pair(p.request, p.rejected, p.chosen, p.weight) for p in HIGH.pairs), ()
    )
    assert taught(base, turned).epochs[-1].held_out.accuracy == 0.0


def test_single_opinions_teach_too(base: Transformer) -> None:
    singles = tuple(
        Single(str(n), f"{n}-{pitch}", value)
        for n in range(3)
        for pitch, value in ((72, 1.0), (48, -1.0))
    )
    assert taught(base, Preferences((), singles)).epochs[-1].held_out.accuracy == 1.0


def test_credit_makes_the_tokens_likelier_that_earn_it(base: Transformer) -> None:
    """Nobody said anything of any piece; one pitch earns, wherever it stands."""
    rows = read_rows(base, PIECES, context=256, on_share=lambda _: None)
    high = {
        name: np.where(row.tokens.numpy() == vocab.FIRST[Family.PITCH] + 72, 0.1, 0.0)
        for name, row in rows.items()
        if name[0] != "3"
    }
    gains = taught(base, Preferences((), ()), high).gains[-1]
    assert gains["3-72"] > 1 > 0 > gains["3-48"]


def test_a_nat_says_as_much_as_a_score_cost() -> None:
    """The best policy over three pieces, found by descent, is asked what a nat of it is worth."""
    settings = TuneSettings(credit=2.0, keep=4.0)
    before = torch.log_softmax(torch.tensor([0.3, -0.4, 0.1], dtype=torch.float64), dim=-1)
    liked = torch.tensor([0.02, -0.01, 0.03], dtype=torch.float64)
    change = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    descent = torch.optim.SGD([change], lr=0.1)
    for _ in range(500):
        after = torch.log_softmax(before + change, dim=-1)
        paid = settings.credit * (after.exp() * liked).sum()
        loss = settings.keep * divergence(before[None], after[None]).sum() - paid
        descent.zero_grad()
        loss.backward()
        descent.step()
    gained = (after - before).detach()
    told = settings.nat * (gained - gained[0])
    assert torch.allclose(told, liked - liked[0], atol=1e-3)
    assert TuneSettings(credit=0.0).nat == TuneSettings().beta


def test_an_adapter_that_goes_too_far_is_shrunk(base: Transformer) -> None:
    free = taught(base, HIGH)
    held = taught(base, HIGH, settings=replace(SETTINGS, most_kl=free.epochs[1].kl / 2))
    assert all(epoch.kl <= free.epochs[1].kl / 2 for epoch in held.epochs)
    assert held.epochs[1].kl > free.epochs[1].kl / 4  # no more than has to be
    assert held.at(1)["0-72"] > held.at(1)["0-48"]


def test_the_same_run_gives_the_same_adapter(base: Transformer) -> None:
    one, other = taught(base, HIGH).adapter, taught(base, HIGH).adapter
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_gains_are_what_the_worn_adapter_changes(base: Transformer) -> None:
    found = taught(base, HIGH)
    rows = read_rows(base, PIECES, context=256, on_share=lambda _: None)
    gains = gains_of(base, rows, found.adapter, SETTINGS)
    with worn(base, found.adapter):
        name, row = next(iter(rows.items()))
        logits = base.head(row.states.float())
        told = torch.log_softmax(logits, -1).gather(1, row.tokens[:, None]).sum()
    plain = torch.log_softmax(base.head(row.states.float()), -1)
    before = plain.gather(1, row.tokens[:, None]).sum()
    expected = float(told - before) / len(row.tokens) * SETTINGS.length
    assert gains[name] == pytest.approx(expected, abs=0.05)


def test_rows_are_read_from_where_they_were_kept_and_anew_where_that_is_torn(
    base: Transformer, tmp_path: Path
) -> None:
    shares: list[float] = []
    kept = tmp_path / "rows.pt"
    first = read_rows(base, PIECES, context=256, on_share=shares.append, kept=kept)
    assert shares
    shares.clear()
    again = read_rows(base, PIECES, context=256, on_share=shares.append, kept=kept)
    assert not shares
    assert all(torch.equal(again[n].states, row.states) for n, row in first.items())
    kept.write_bytes(kept.read_bytes()[:50])
    assert (
        read_rows(base, PIECES, context=256, on_share=shares.append, kept=kept).keys()
        == first.keys()
    )
    assert shares


def test_rows_for_which_there_is_no_room_are_an_error_of_the_system(
    base: Transformer, tmp_path: Path
) -> None:
    (tmp_path / ".rows.pt.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        read_rows(base, PIECES, context=256, on_share=lambda _: None, kept=tmp_path / "rows.pt")
    assert not (tmp_path / "rows.pt").exists()


def test_a_request_with_many_versions_is_read_in_parts() -> None:
    pairs = [Pair("r", f"{a:02}", f"{b:02}", 1.0) for a, b in pairwise(range(40))]
    found = groups_of(pairs, [])
    assert max(len(group.names) for group in found) <= 12
    assert sum(len(group.names) for group in found) == 40


@pytest.mark.parametrize(
    ("agreed", "epochs"),
    [
        ((0.5, 0.6, 0.62, 0.61), 3),  # agrees on
        ((0.5, 0.62, 0.6, 0.52), 2),  # then no longer
        ((0.6, 0.55, 0.54), 0),  # the ranker alone was better
        ((0.45, 0.45, 0.5), 0),  # never better than a coin
    ],
)
def test_tuning_ends_where_held_out_listeners_no_longer_agree(
    agreed: tuple[float, ...], epochs: int
) -> None:
    assert best_epoch(agreed) == epochs
