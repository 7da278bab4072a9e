"""Which hand plays what: the notes of a keyboard part on two staves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from engine.score.model import Note

_SPLITS = range(47, 74)
"""Pitches from which on the right hand may play, a tritone and more around middle C."""
_MIDDLE = 60
_REACH = 14
"""Semitones that a hand spans without effort: a ninth."""

# Weights by eye, on composed pieces: crossing a staff's middle costs about as much as a ledger
# line is a burden, and the border wanders only for a good reason.
_BEYOND_REACH, _SIXTH_FINGER = 0.5, 2.0
_LOW_RIGHT, _HIGH_LEFT = 55, 57
_FAR_SIDE, _OFF_MIDDLE, _GAP, _MOVE = 0.15, 0.04, 0.08, 0.25


def two_hands(notes: Sequence[Note]) -> tuple[list[Note], list[Note]]:
    """Return the notes for the right and for the left hand, each sorted as given.

    The border between them follows the gaps between the hands, holds still where it can,
    and keeps each hand within its reach where the music allows.
    """
    groups = [list(group) for _, group in groupby(notes, key=lambda note: note.start)]
    right: list[Note] = []
    left: list[Note] = []
    for group, split in zip(groups, _borders(groups), strict=True):
        right += [note for note in group if note.pitch >= split]
        left += [note for note in group if note.pitch < split]
    return right, left


def _borders(groups: Sequence[Sequence[Note]]) -> list[int]:
    """Return the cheapest way of the border through the chords (Viterbi)."""
    best = dict.fromkeys(_SPLITS, 0.0)
    back: list[dict[int, int]] = []
    for group in groups:
        pitches = sorted(note.pitch for note in group)
        came: dict[int, int] = {}
        costs: dict[int, float] = {}
        for split in _SPLITS:
            came[split] = min(_SPLITS, key=lambda old: best[old] + _MOVE * abs(old - split))
            way = best[came[split]] + _MOVE * abs(came[split] - split)
            costs[split] = way + _cost(pitches, split)
        best = costs
        back.append(came)
    if not groups:
        return []
    path = [min(_SPLITS, key=lambda split: best[split])]
    for came in reversed(back[1:]):
        path.append(came[path[-1]])
    return path[::-1]


def _cost(pitches: Sequence[int], split: int) -> float:
    """Return how awkward one chord is with the border at ``split``."""
    low = [pitch for pitch in pitches if pitch < split]
    high = [pitch for pitch in pitches if pitch >= split]
    cost = _OFF_MIDDLE * abs(split - _MIDDLE)
    for hand in (low, high):
        if hand:
            cost += _BEYOND_REACH * max(0, hand[-1] - hand[0] - _REACH)
            cost += _SIXTH_FINGER * max(0, len(hand) - 5)
    cost += _FAR_SIDE * sum(max(0, _LOW_RIGHT - pitch) for pitch in high)
    cost += _FAR_SIDE * sum(max(0, pitch - _HIGH_LEFT) for pitch in low)
    if low and high:
        cost -= _GAP * min(12, high[0] - low[-1])
    return cost
