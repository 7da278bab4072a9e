"""Whether ratings make sense: people like what is sound a little better than what is not."""

from __future__ import annotations

import numpy as np

from engine.choose.sanity import sanity
from engine.tuning.crossfit import Material


def sense(material: Material) -> tuple[float, int] | None:
    """Return the correlation of opinions, by weight, with soundness, and how many there are.

    Sound is what lies within what people write (``choose.sanity``). None where nothing varies.
    """
    points = {name: -sum(sanity(score).values()) for name, score in material.scores.items()}
    sound = np.array([points[opinion.piece] for opinion in material.opinions])
    liked = np.array([opinion.value for opinion in material.opinions])
    weights = np.array([opinion.weight for opinion in material.opinions])
    if not len(sound) or np.ptp(sound) < 1e-9 or np.ptp(liked) < 1e-9:
        return None
    sound = sound - np.average(sound, weights=weights)
    liked = liked - np.average(liked, weights=weights)
    both = float((weights * sound * liked).sum())
    return both / float(np.sqrt((weights * sound**2).sum() * (weights * liked**2).sum())), len(
        liked
    )
