"""Rankers that like one thing."""

from engine.ratings.ranker import Ranker
from engine.ratings.traits import TRAITS


def likes(trait: str, weight: float = 1.0) -> Ranker:
    weights = tuple(weight * (one.name == trait) for one in TRAITS)
    return Ranker(weights, (1.0,) * len(TRAITS), 0.7)
