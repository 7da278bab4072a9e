"""Which notes of a staff need a sign: a sharp, flat or natural holds until the bar line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.sheet.spelling import spelled_at
from engine.sheet.symbols import Symbol

_SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
_SHARPS = "FCGDAEB"


class Accidentals:
    """Remembers the signs of one staff from bar to bar under a key signature."""

    def __init__(self, fifths: int) -> None:
        """``fifths``: sharps of the key signature, or flats if negative."""
        self._key = dict.fromkeys(_SHARPS, 0)
        letters = _SHARPS[:fifths] if fifths > 0 else _SHARPS[::-1][:-fifths]
        self._key |= dict.fromkeys(letters, 1 if fifths > 0 else -1)
        self._last: dict[tuple[str, int], int] = {}
        """What the bar before left altered."""

    def bar(
        self, voices: Sequence[Sequence[Symbol]], spelling: Mapping[tuple[int, int], int]
    ) -> dict[tuple[int, int], str]:
        """Return the sign of each note of the next bar that needs one, by onset and pitch.

        A note that was altered in the bar before and is not any more gets a reminder. Tied
        notes get none. Without a spelling, as for drums, there are no signs.
        """
        signs: dict[tuple[int, int], str] = {}
        altered: dict[tuple[str, int], int] = {}
        reminders = dict(self._last)
        symbols = sorted((symbol for voice in voices for symbol in voice), key=lambda s: s.start)
        for symbol in symbols if spelling else ():
            for pitch in symbol.pitches:
                step, alter, octave = spelled_at(spelling[symbol.struck, pitch], pitch)
                line = (step, octave)
                if symbol.tied_back:
                    continue
                holds = altered.get(line, self._key[step])
                if alter != holds or reminders.get(line, alter) != alter:
                    signs[symbol.start, pitch] = _SIGNS[alter]
                reminders.pop(line, None)
                altered[line] = alter
        self._last = {line: a for line, a in altered.items() if a != self._key[line[0]]}
        return signs
