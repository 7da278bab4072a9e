"""Preference tuning: an adapter over a frozen base learns what listeners prefer.

Pairs by DPO-Positive, single pieces by KTO, and what the ranker made of all of them note by note:
all in one run, and everywhere close to the base. The adapter sits in the head, so the base reads
every piece once and an epoch takes seconds. A run is a function of base, ratings, settings and
seed. Needs torch, numpy and safetensors alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from engine.errors import BadInputError
from engine.model.adapter import HEAD, Adapter
from engine.model.transformer import Transformer
from engine.ratings.preferences import Preferences
from engine.training.objectives import divergence, dpo_positive, kto
from engine.training.rated_rows import Group, Row, groups_of


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """How an adapter is tuned."""

    rank: int = 4
    alpha: float = 8.0
    rate: float = 4e-3
    """AdamW's."""
    epochs: int = 4
    """At most; held-out listeners say how many are kept."""
    beta: float = 0.1
    penalty: float = 1.0
    """Lambda of DPO-Positive."""
    length: float = 400.0
    """Tokens that every piece counts as: its log-probability is its mean a token times this, or
    long pieces would lose to short ones (Park et al. 2024, "Disentangling length")."""
    singles: float = 1.0
    """What a single piece weighs beside a pair."""
    said: float = 0.03
    """What pairs and singles weigh beside the credit."""
    credit: float = 600.0
    """What a score of the ranker weighs, given to the tokens that earn it: the policy gradient."""
    keep: float = 4.0
    """Weight of the divergence from the base, in nats a token, at every token of every piece."""
    most_kl: float = 0.02
    """Nats a token of divergence from the base at most: an adapter that is beyond it after an epoch
    is shrunk. The gate allows a loss 2 % worse, and the base has about 0.95 nats a token."""
    requests_a_step: int = 4
    context: int = 1024
    """A piece is read up to so many tokens, its prefix included."""

    def __post_init__(self) -> None:
        if not (self.rank > 0 and self.epochs > 0 and self.requests_a_step > 0):
            raise BadInputError("rank, epochs and requests_a_step must be 1 or more")
        if not (0 < self.rate < 1 and self.beta > 0 and self.length > 0 and self.context >= 64):
            raise BadInputError("rate must be within 0 and 1, beta and length above 0, context 64")
        if not self.most_kl > 0:
            raise BadInputError("most_kl must be above 0")
        if not all(
            value >= 0 for value in (self.penalty, self.singles, self.said, self.credit, self.keep)
        ):
            raise BadInputError("penalty, singles, said, credit and keep must be 0 or more")

    @property
    def nat(self) -> float:
        """What a nat that a piece gained says of how much it is liked, in the ranker's scores.

        Who is paid ``credit`` a score and pays ``keep`` a nat of divergence does best, as long as
        the changes are small, by giving each piece credit / keep nats a score (Korbak et al. 2022,
        "RL with KL penalties is better viewed as Bayesian inference"). Without credit: beta, as
        in DPO.
        """
        return self.keep / self.credit if self.credit else self.beta


@dataclass(frozen=True, slots=True)
class Look:
    """How an adapter sees a set of preferences."""

    loss: float
    """Mean of the objective over pairs, by weight."""
    margin: float
    """Mean over pairs: by how many nats the chosen piece gained on the rejected one."""
    accuracy: float
    """Share of pairs, by weight, whose chosen piece gained more; nan without pairs."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the preferences; number 0 is the base as it was."""

    number: int
    learned: Look
    held_out: Look
    kl: float
    """Divergence from the base, mean nats a token."""


OnEpoch = Callable[[Epoch], None]
"""Called after every epoch; may raise CancelledError."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """An adapter and how it came about."""

    adapter: Adapter
    epochs: tuple[Epoch, ...]
    gains: tuple[Mapping[str, float], ...]
    """After each epoch, by how many nats each piece became likelier, at TuneSettings.length."""

    def at(self, epoch: int) -> Mapping[str, float]:
        """Return the gains after an epoch; 0 is the base."""
        return self.gains[epoch]


def tune(
    base: Transformer,
    rows: Mapping[str, Row],
    learned: Preferences,
    credit: Mapping[str, NDArray[np.float64]],
    settings: TuneSettings,
    *,
    seed: int,
    epochs: int | None = None,
    held_out: Preferences | None = None,
    on_epoch: OnEpoch,
) -> Tuned:
    """Return the adapter that learned these preferences; the base is left as it was.

    ``credit``: what each token of a piece adds to how much it is liked (T,). ``epochs``: exactly so
    many; else as ``settings`` has it.
    The same arguments give the same adapter on one machine.
    """
    base.requires_grad_(False)
    groups = groups_of(learned.pairs, learned.singles if settings.singles else (), credit)
    asked = groups_of(held_out.pairs, ()) if held_out else []
    run = _Run(base, rows, _new_adapter(base, settings, seed), settings)
    looks: list[tuple[Epoch, dict[str, float]]] = [run.look(0, groups, asked)]
    on_epoch(looks[0][0])
    for number in range(1, (settings.epochs if epochs is None else epochs) + 1):
        run.learn(groups, credit, np.random.default_rng([seed, number]))
        looks.append(run.near(number, groups, asked))
        on_epoch(looks[-1][0])
    run.adapter.requires_grad_(False)
    return Tuned(run.adapter, tuple(e for e, _ in looks), tuple(gains for _, gains in looks))


def gains_of(
    base: Transformer, rows: Mapping[str, Row], adapter: Adapter, settings: TuneSettings
) -> dict[str, float]:
    """Return by how many nats an adapter makes each piece likelier, at TuneSettings.length."""
    return _Run(base, rows, adapter, settings).known(sorted(rows))[0]


def _new_adapter(base: Transformer, settings: TuneSettings, seed: int) -> Adapter:
    adapter = Adapter(base, rank=settings.rank, alpha=settings.alpha, seed=seed)
    return adapter.to(base.head.weight.device)


_A_LITTLE_LESS = 0.98


class _Run:
    def __init__(
        self,
        base: Transformer,
        rows: Mapping[str, Row],
        adapter: Adapter,
        settings: TuneSettings,
    ) -> None:
        self.rows, self.adapter, self.settings = rows, adapter, settings
        self.head = base.head.weight
        self.optimizer = torch.optim.AdamW(
            self.adapter.parameters(), lr=settings.rate, betas=(0.9, 0.98), weight_decay=0.0
        )

    def learn(
        self,
        groups: Sequence[Group],
        credit: Mapping[str, NDArray[np.float64]],
        rng: np.random.Generator,
    ) -> None:
        """Pass over the preferences once, group by group in a drawn order."""
        order = rng.permutation(len(groups)).tolist()
        for first in range(0, len(order), self.settings.requests_a_step):
            chosen = [groups[i] for i in order[first : first + self.settings.requests_a_step]]
            weight = max(sum(group.weight for group in chosen), 1e-6)
            tokens = sum(len(self.rows[name].tokens) for group in chosen for name in group.names)
            for group in chosen:
                gained, kl = self.read(group.names)
                said = objective(group, self.of_pieces(group.names, gained), self.settings)
                earned = np.concatenate([_credit(credit, self.rows, name) for name in group.names])
                liked = (gained * gained.new_tensor(earned)).sum()
                loss = self.settings.said * said / weight
                loss = loss - self.settings.credit * liked / tokens
                loss = loss + self.settings.keep * kl.sum() / tokens
                loss.backward()
            torch.nn.utils.clip_grad_norm_(self.adapter.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)

    def read(self, names: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return what each token of the pieces gained, in nats (T,), and the divergence (T,)."""
        rows = [self.rows[name] for name in names]
        states = torch.cat([row.states for row in rows]).float()  # (T, width)
        tokens = torch.cat([row.tokens for row in rows])  # (T,)
        plain = F.linear(states, self.head)  # (T, V)
        before = F.log_softmax(plain, dim=-1)  # (T, V)
        after = F.log_softmax(plain + self.adapter.addition(HEAD).of(states), dim=-1)  # (T, V)
        gained = (after - before).gather(1, tokens[:, None])[:, 0]  # (T,)
        return gained, divergence(before, after)

    def of_pieces(self, names: Sequence[str], gained: Tensor) -> Tensor:
        """Return what each piece gained, in nats at the common length (N,), from its tokens'."""
        parts = torch.split(gained, [len(self.rows[name].tokens) for name in names])
        return torch.stack([part.mean() for part in parts]) * self.settings.length

    @torch.no_grad()
    def known(self, names: Sequence[str]) -> tuple[dict[str, float], float]:
        """Return what each piece gained, in nats at the common length, and the mean KL a token."""
        gains: dict[str, float] = {}
        total = tokens = 0.0
        for name in names:
            gained, kl = self.read([name])
            gains[name] = float(self.of_pieces([name], gained)[0])
            total, tokens = total + float(kl.sum()), tokens + len(kl)
        return gains, total / max(tokens, 1.0)

    def near(
        self, number: int, learned: Sequence[Group], held_out: Sequence[Group]
    ) -> tuple[Epoch, dict[str, float]]:
        """Look at the adapter, which is shrunk until it is within ``most_kl`` of the base."""
        seen = self.look(number, learned, held_out)
        while seen[0].kl > self.settings.most_kl:
            # Near the base the divergence grows with the square of what is added.
            self.adapter.shrink(_A_LITTLE_LESS * sqrt(self.settings.most_kl / seen[0].kl))
            seen = self.look(number, learned, held_out)
        return seen

    def look(
        self, number: int, learned: Sequence[Group], held_out: Sequence[Group]
    ) -> tuple[Epoch, dict[str, float]]:
        """Return how the adapter does on what was learned and held out, and what pieces gained."""
        names = sorted({name for group in (*learned, *held_out) for name in group.names})
        gains, kl = self.known(names) if number else (dict.fromkeys(names, 0.0), 0.0)
        both = [look_at(groups, gains, self.settings) for groups in (learned, held_out)]
        return Epoch(number, both[0], both[1], kl), gains


def _credit(
    credit: Mapping[str, NDArray[np.float64]], rows: Mapping[str, Row], name: str
) -> NDArray[np.float64]:
    found = credit.get(name)
    return np.zeros(len(rows[name].tokens)) if found is None else found


def objective(group: Group, gained: Tensor, settings: TuneSettings) -> Tensor:
    """Return the summed loss of a group's preferences; ``gained`` (N,): see ``_Run.of_pieces``."""
    place = {name: index for index, name in enumerate(group.names)}
    zero = torch.zeros_like(gained)
    total = gained.new_zeros(())
    if group.pairs:
        won = [place[pair.chosen] for pair in group.pairs]
        lost = [place[pair.rejected] for pair in group.pairs]
        weights = gained.new_tensor([pair.weight for pair in group.pairs])  # (P,)
        losses = dpo_positive(
            gained[won],
            gained[lost],
            zero[won],
            zero[lost],
            beta=settings.beta,
            penalty=settings.penalty,
        )  # (P,)
        total = total + (weights * losses).sum()
    if group.singles:
        at = [place[single.piece] for single in group.singles]
        values = gained.new_tensor([single.value for single in group.singles])  # (S,)
        usual = gained.detach().mean().clamp(min=0.0)
        losses = kto(gained[at], zero[at], values > 0, usual, beta=settings.beta)  # (S,)
        total = total + settings.singles * (values.abs() * losses).sum()
    return total


def look_at(groups: Sequence[Group], gains: Mapping[str, float], settings: TuneSettings) -> Look:
    """Return what pairs look like to an adapter under which pieces gained so much."""
    pairs = [pair for group in groups for pair in group.pairs]
    if not pairs:
        return Look(float("nan"), float("nan"), float("nan"))
    margins = np.array([gains[pair.chosen] - gains[pair.rejected] for pair in pairs])
    weights = np.array([pair.weight for pair in pairs])
    losses = np.logaddexp(0.0, -settings.beta * margins)
    return Look(
        loss=float(np.average(losses, weights=weights)),
        margin=float(margins.mean()),
        accuracy=float(np.average((np.sign(margins) + 1) / 2, weights=weights)),
    )


def best_epoch(agreed: Sequence[float]) -> int:
    """Return after how many epochs to stop, as held-out listeners agree; 0 keeps the base.

    ``agreed``: share of what they prefer that is told right after each epoch. The last epoch that
    is within AGREED of the best one. None is kept if the best is no better than tossing a coin.
    """
    best = max(agreed)
    return max(n for n, share in enumerate(agreed) if share >= best - AGREED) if best > 0.5 else 0


AGREED = 0.04
"""Share told right that later epochs may have less than the best one and still be kept: about one
standard error of 400 opinions. How likely a piece is tells less of it than the ranker does, so a
smaller allowance stops an adapter that listeners prefer to hear."""
