"""What preference tuning minimises, as pure functions of log-probabilities.

A log-probability is that of a whole piece, in nats: the sum over its tokens. The reward that a
model implicitly gives a piece is beta times how much likelier it finds it than the reference does
(Rafailov et al. 2023, equation 5).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def dpo_positive(
    chosen: Tensor,
    rejected: Tensor,
    chosen_before: Tensor,
    rejected_before: Tensor,
    *,
    beta: float,
    penalty: float,
) -> Tensor:
    """Return DPO-Positive's loss of each pair (P,); Pal et al. 2024, equation 3.

    ``chosen``, ``rejected``: log-probabilities of the policy (P,); ``…_before``: of the reference
    (P,). ``penalty`` (lambda, >= 0) weighs how far the chosen piece has become less likely than
    before, which plain DPO allows as long as the rejected one loses more.
    """
    fallen = torch.relu(chosen_before - chosen)  # (P,)
    margin = (chosen - chosen_before) - (rejected - rejected_before) - penalty * fallen  # (P,)
    return -F.logsigmoid(beta * margin)  # (P,)


def kto(
    policy: Tensor, before: Tensor, liked: Tensor, usual: Tensor | float, *, beta: float
) -> Tensor:
    """Return KTO's loss of each single piece (S,), 0 to 1; Ethayarajh et al. 2024, equation 7.

    ``policy``, ``before``: log-probabilities (S,); ``liked``: bool (S,). ``usual``: the point of
    reference, by how many nats the policy finds any piece likelier than the reference, >= 0; no
    gradient flows through it.
    """
    gained = beta * (policy - before - usual)  # (S,)
    return 1.0 - torch.sigmoid(torch.where(liked, gained, -gained))  # (S,)


def divergence(before: Tensor, after: Tensor) -> Tensor:
    """Return the Kullback-Leibler divergence of ``after`` from ``before`` at each place (T,).

    Both are log-probabilities over the vocabulary (T, V). Exact, so a piece is not learned by
    heart: to change what comes next costs at every place where it would change.
    """
    return (before.exp() * (before - after)).sum(dim=-1)  # (T,)
