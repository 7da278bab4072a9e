"""What may come next: the rules of ``spec.py`` as a mask over the vocabulary.

The same rules serve while composing (only legal tokens can be drawn), as a measure of a
model (how much probability it gives to legal tokens) and as a check of any stream.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.score.model import DRUMS
from engine.score.theory import METERS
from engine.score.units import GRID, bar_ticks
from engine.tokens import vocab
from engine.tokens.spec import COUNTDOWN, SUCCESSORS, Family

Mask = NDArray[np.bool_]
"""Which tokens are legal. (V,)"""

_SPAN = {f: slice(vocab.FIRST[f], vocab.FIRST[f] + vocab.SIZE[f]) for f in Family}
_BAR_TICKS = tuple(bar_ticks(n, d, GRID) for n, d in METERS)
_HEADER = (Family.METER, Family.TEMPO, Family.BAR_DENSITY, Family.BAR_POLYPHONY)
_AFTER_HEADER_TEMPO = (Family.BAR_DENSITY, Family.BAR_POLYPHONY, Family.POSITION)
_AFTER_LATER_TEMPO = (Family.CHORD, Family.PROGRAM, Family.PITCH, Family.DRUM, Family.POSITION)


def _family_masks() -> dict[Family, Mask]:
    masks = {}
    for family, successors in SUCCESSORS.items():
        mask = np.zeros(vocab.V, dtype=np.bool_)
        for successor in successors:
            mask[_SPAN[successor]] = True
        for control in (Family.TEMPO, Family.METER, Family.PROGRAM):
            mask[vocab.any_id(control)] = False
        mask[_SPAN[Family.MARK]] = False
        masks[family] = mask
    return masks


_MASKS = _family_masks()


class Grammar:
    """Reads the bars of one stream token by token and knows what may follow.

    Begins behind the prefix, where only a Bar is legal. ``read`` does not check; ask
    ``allows`` or ``legal`` before.
    """

    def __init__(self) -> None:
        self.family = Family.MARK
        """Family of the token read last."""
        self.bar = -1
        """Index of the bar that is being read."""
        self.bar_token = vocab.BAR_OPEN
        self.bar_length = 0
        """Grid ticks of this bar."""
        self.position = -1
        """Grid ticks from the bar line; -1 before the first Position."""
        self.program = -1
        """Program that the next pitch belongs to; -1 where none was said in this bar."""
        self.notes_in_bar = 0
        self.here: set[tuple[int, int]] = set()
        """(program, pitch) of the notes at this position."""
        self.ended = False
        self._meter = METERS.index((4, 4))
        self._loud: set[int] = set()
        self._long: set[int] = set()

    def read(self, token: int) -> None:
        """Take one token as read."""
        family = vocab.FAMILY[token]
        value = token - vocab.FIRST[family]
        if family is Family.BAR:
            self.bar += 1
            self.bar_token = token
            self.bar_length = _BAR_TICKS[self._meter]
            self.position = self.program = -1
            self.notes_in_bar = 0
            self.here.clear()
            self._loud.clear()
            self._long.clear()
        elif family is Family.METER:
            self._meter = value
            self.bar_length = _BAR_TICKS[value]
        elif family is Family.POSITION:
            self.position = value
            self.here.clear()
        elif family is Family.PROGRAM:
            self.program = value
        elif family is Family.PITCH or family is Family.DRUM:
            self.here.add((self.program, value))
            self.notes_in_bar += 1
        elif family is Family.VELOCITY:
            self._loud.add(self.program)
        elif family is Family.DURATION:
            self._long.add(self.program)
        elif token == vocab.END:
            self.ended = True
        self.family = family

    @property
    def note_is_whole(self) -> bool:
        """Whether the note read last has all that it needs."""
        if self.family not in (Family.PITCH, Family.DRUM, Family.VELOCITY, Family.DURATION):
            return True
        return self.program in self._loud and (self.program == DRUMS or self.program in self._long)

    def legal(self) -> Mask:
        """Return which tokens may follow. The caller may change the array. (V,)"""
        mask = np.zeros(vocab.V, dtype=np.bool_)
        family = self.family
        if self.ended:
            return mask
        if family is Family.MARK:
            mask[_SPAN[Family.BAR]] = True
            return mask
        if not self.note_is_whole:
            if self.program not in self._loud:
                mask[_SPAN[Family.VELOCITY]] = True
            else:
                mask[_SPAN[Family.DURATION]] = True
            return mask
        if self.bar == 0 and family is Family.BAR:
            mask[_SPAN[Family.METER]] = True
            mask[vocab.any_id(Family.METER)] = False
            return mask
        if self.bar == 0 and family is Family.METER:
            mask[_SPAN[Family.TEMPO]] = True
            mask[vocab.any_id(Family.TEMPO)] = False
            return mask
        mask = _MASKS[family].copy()
        if family is Family.TEMPO:
            allowed = _AFTER_HEADER_TEMPO if self.position < 0 else _AFTER_LATER_TEMPO
            for successor in SUCCESSORS[Family.TEMPO]:
                if successor not in allowed:
                    mask[_SPAN[successor]] = False
            mask[_SPAN[Family.BAR]] = True
        if self.program == DRUMS:
            mask[_SPAN[Family.PITCH]] = False
            mask[_SPAN[Family.DURATION]] = False
        else:
            mask[_SPAN[Family.DRUM]] = False
            if self.program < 0:
                mask[_SPAN[Family.PITCH]] = False
        first = vocab.FIRST[Family.POSITION]
        mask[first : first + self.position + 1] = False
        mask[first + self.bar_length : first + vocab.SIZE[Family.POSITION]] = False
        self._count_down(mask)
        return mask

    def _count_down(self, mask: Mask) -> None:
        """Leave only the Bar that the countdown allows, and End only where it is over."""
        bars = _SPAN[Family.BAR]
        if not mask[bars].any():
            return
        mask[bars] = False
        if self.bar_token == vocab.BAR_OPEN:
            mask[vocab.BAR_OPEN] = mask[vocab.bar_id(COUNTDOWN - 1)] = True
            mask[vocab.END] = True
        elif (remaining := self.bar_token - vocab.FIRST[Family.BAR]) > 0:
            mask[vocab.bar_id(remaining - 1)] = True
        else:
            mask[vocab.END] = True

    def allows(self, token: int) -> bool:
        """Return whether a token is legal here."""
        return bool(self.legal()[token])


def first_illegal(bars: Iterable[int]) -> int | None:
    """Return the index of the first illegal token of a stream of bars, None if there is none."""
    grammar = Grammar()
    for index, token in enumerate(bars):
        if not grammar.allows(token):
            return index
        grammar.read(token)
    return None
