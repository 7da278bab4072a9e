"""The steadiest reading of a row of doubtful ones: of chords by half bars, of keys by bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def smoothest_path(fits: NDArray[np.float64], change_costs: Sequence[float]) -> list[int]:
    """Return the column for each row with the best sum of fits, each change costing something.

    ``fits``: (rows, columns), at least one row. ``change_costs``: what it costs to change into
    each row, taken in turn: one value for all, or two for odd and even rows. Source: Viterbi's
    algorithm where every change costs the same.
    """
    best = fits[0]  # (columns,)
    back = np.zeros(fits.shape, dtype=np.int64)
    stay = np.arange(fits.shape[1])
    for row in range(1, len(fits)):
        cost = change_costs[row % len(change_costs)]
        top = int(best.argmax())
        moved = best[top] - cost > best
        back[row] = np.where(moved, top, stay)
        best = np.where(moved, best[top] - cost, best) + fits[row]
    path = [int(best.argmax())]
    for row in range(len(fits) - 1, 0, -1):
        path.append(int(back[row, path[-1]]))
    return path[::-1]
