"""What each token of a piece adds to how much it is liked: the ranker's word, note by note.

A note adds to a trait by how much less of it the piece would have without the note. So the
network hears which of some hundred notes are meant, and need not guess it from the piece's score.
Only traits that are made of what single notes are count here: where it learned the others (a key,
leaps, rests) the adapter moved unheard pieces by chance (docs/notebook.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.ratings.ranker import Ranker
from engine.ratings.traits import TRAITS, traits
from engine.score.harmony import with_chords
from engine.tokens import vocab
from engine.tokens.decode import decode
from engine.tokens.spec import Family

_Floats = NDArray[np.float64]
_NOTES = (Family.PITCH, Family.DRUM)
_FAMILIES = {family: number for number, family in enumerate(Family)}


def shares(tokens: Sequence[int]) -> _Floats:
    """Return by how much each token of a stream of bars raises each trait. (T, 21)

    A note's share belongs to the token of its pitch and to those of its position, program, velocity
    and duration, also where an earlier note said them. Some 2 ms a note of a short piece.
    """
    score = with_chords(decode(tokens))
    whole = traits(score)
    added = np.zeros((len(tokens), len(TRAITS)))
    for tellers in _tellers(tokens):
        pitch = tellers[0]
        rest = decode([*tokens[:pitch], *tokens[pitch + 1 :]])
        added[tellers] += whole - traits(replace(rest, chords=score.chords))
    return added


def credits_of(
    streams: Mapping[str, tuple[Sequence[int], _Floats]], ranker: Ranker
) -> dict[str, _Floats]:
    """Return what each token of each piece adds to its score by the ranker. (T,) each

    ``streams``: each piece's tokens and their ``shares``. Over all pieces the tokens of a family
    add nothing in the mean, so none is preferred for being there.
    """
    if not streams:
        return {}
    of_notes = np.array([trait.of_notes for trait in TRAITS])
    worth = of_notes * np.array(ranker.weights) / np.array(ranker.scales)
    plain = np.concatenate([added @ worth for _, added in streams.values()])
    kinds = np.concatenate(
        [[_FAMILIES[vocab.FAMILY[token]] for token in tokens] for tokens, _ in streams.values()]
    )
    usual = np.bincount(kinds, plain) / np.maximum(np.bincount(kinds), 1)
    ends = np.cumsum([len(tokens) for tokens, _ in streams.values()])
    return dict(zip(streams, np.split(plain - usual[kinds], ends[:-1]), strict=True))


def _tellers(tokens: Sequence[int]) -> list[list[int]]:
    """Return of each note the places of the tokens that say it, that of its pitch first."""
    notes: list[list[int]] = []
    said: dict[tuple[Family, int], int] = {}
    program = 0
    pitch: int | None = None
    for place, token in enumerate([*tokens, vocab.END]):
        family = vocab.FAMILY[token]
        if family in (Family.VELOCITY, Family.DURATION):
            said[family, program] = place
            continue
        if pitch is not None:  # velocity and duration stand behind the pitch that they are of
            owners = ((Family.POSITION, 0), (Family.PROGRAM, 0))
            ways = ((Family.VELOCITY, program), (Family.DURATION, program))
            notes.append([pitch, *(said[way] for way in (*owners, *ways) if way in said)])
            pitch = None
        if family is Family.BAR:
            said.clear()
        elif family is Family.PROGRAM:
            program = token
            said[family, 0] = place
        elif family is Family.POSITION:
            said[family, 0] = place
        elif family in _NOTES:
            pitch = place
    return notes
