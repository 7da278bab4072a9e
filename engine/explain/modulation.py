"""Where a piece changes its key for good: the keys of long stretches, heard in two passes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.explain.key import KeyReading, key_scores
from engine.score.model import Chord
from engine.score.smoothest import smoothest_path
from engine.score.theory import KEYS, Key

_Floats = NDArray[np.float64]

SHORTEST_BARS = 8
"""A key that holds for less is a passing colour, told by the numerals."""

_AROUND = 2
"""Bars heard on either side of each, so that a single chord is no key."""

_CHANGE_COST = 4.0
"""What leaving a key costs, in bars' worth of score; measured with pieces whose second half was
moved up and pieces that were left as they are (``tests/benchmarks/chords_and_keys.py``)."""

_STRANGE_BY = 0.25
"""By how much a stretch must speak against the key of the whole, in score a bar."""


class KeyStretch(NamedTuple):
    """Bars in one key."""

    key: Key
    first_bar: int
    """Counted from 1."""
    last_bar: int


def key_stretches(
    pitch_class_ticks: _Floats, chords: Sequence[Chord | None], whole: KeyReading
) -> tuple[KeyStretch, ...]:
    """Return the keys of a piece in order, covering all bars; one stretch if it does not change.

    ``pitch_class_ticks``: (bars, 12). ``chords``: one a half bar. The relative major or minor is
    not told from a key, nor a stretch shorter than SHORTEST_BARS.
    """
    bars = len(pitch_class_ticks)
    single = (KeyStretch(whole.key, 1, bars),)
    if bars < 2 * SHORTEST_BARS:
        return single
    scores = _around(pitch_class_ticks, chords, _AROUND)  # (bars, 24)
    path = _at_the_bar(
        smoothest_path(scores, [_CHANGE_COST]), _around(pitch_class_ticks, chords, 0)
    )
    runs = [list(run) for _, run in groupby(range(bars), key=path.__getitem__)]
    foreign = [_is_foreign(scores[run], path[run[0]], whole.key) for run in runs]
    at_home = [bar for run, away in zip(runs, foreign, strict=True) if not away for bar in run]
    if not any(foreign):
        return single
    home = _key_of(at_home, pitch_class_ticks, chords) or whole.key
    stretches: list[KeyStretch] = []
    for run, away in zip(runs, foreign, strict=True):
        key = KEYS[path[run[0]]] if away else home
        if stretches and stretches[-1].key == key:
            stretches[-1] = stretches[-1]._replace(last_bar=run[-1] + 1)
        else:
            stretches.append(KeyStretch(key, run[0] + 1, run[-1] + 1))
    return tuple(stretches) if len(stretches) > 1 else single


def _is_foreign(scores: _Floats, row: int, whole: Key) -> bool:
    """Return whether a run of bars speaks for a row of KEYS, long and clearly against the whole."""
    against = scores[:, row] - scores[:, KEYS.index(whole)]
    longer = len(scores) >= SHORTEST_BARS and bool(against.mean() >= _STRANGE_BY)
    return longer and _signature(KEYS[row]) != _signature(whole)


def _key_of(
    bars: Sequence[int], pitch_class_ticks: _Floats, chords: Sequence[Chord | None]
) -> Key | None:
    """Return the key of some bars by themselves, None where nothing sounds in them."""
    own = [chord for bar in bars for chord in chords[2 * bar : 2 * bar + 2] if chord is not None]
    if not own:
        return None
    scores = key_scores(pitch_class_ticks[list(bars)].sum(axis=0), own, ends=False)
    return KEYS[int(scores.argmax())]


def _around(
    pitch_class_ticks: _Floats, chords: Sequence[Chord | None], bars_around: int
) -> _Floats:
    """Return the score of each key in the bars around each bar; zeros in silence. (bars, 24)"""
    bars = len(pitch_class_ticks)
    found = np.zeros((bars, len(KEYS)))
    for bar in range(bars):
        first, last = max(0, bar - bars_around), min(bars, bar + bars_around + 1)
        sounding = [chord for chord in chords[2 * first : 2 * last] if chord is not None]
        if sounding:
            found[bar] = key_scores(pitch_class_ticks[first:last].sum(axis=0), sounding, ends=False)
    return found


def _at_the_bar(path: list[int], alone: _Floats) -> list[int]:
    """Return the path with its changes moved to where each bar by itself says they are.

    ``alone``: the score of each key in each bar. (bars, 24)
    """
    changes = [bar for bar in range(1, len(path)) if path[bar] != path[bar - 1]]
    moved = list(path)
    for change in changes:
        before, after = path[change - 1], path[change]
        first, last = max(1, change - _AROUND), min(len(path) - 1, change + _AROUND)
        ahead = alone[first:last, before] - alone[first:last, after]
        gains = np.concatenate([[0.0], np.cumsum(ahead)])
        cut = first + int(gains.argmax())
        moved[min(cut, change) : max(cut, change)] = [after if cut < change else before] * abs(
            cut - change
        )
    return moved


def _signature(key: Key) -> int:
    """Return the tonic of the major key with the same tones."""
    return (key.tonic + (3 if key.mode == "minor" else 0)) % 12
