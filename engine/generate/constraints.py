"""What a brief leaves no choice in: tempo, meter, bars and instruments, as masks on the tokens.

Laid over the grammar, so what is drawn is legal and as asked, by construction. Key and note
repetition are preferences: biases on the logits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.generate.mood import mood_bias
from engine.generate.steering import Steering
from engine.score.model import DRUMS
from engine.score.mood import Mood
from engine.score.theory import SCALES, Key
from engine.tokens import vocab
from engine.tokens.control import Controls
from engine.tokens.grammar import Grammar, Mask
from engine.tokens.spec import Family

_PITCH = vocab.FIRST[Family.PITCH]
_POSITION = vocab.FIRST[Family.POSITION]
_PROGRAM = vocab.FIRST[Family.PROGRAM]

_BARS = list(vocab.ids_of(Family.BAR))
_CHORDS = list(vocab.ids_of(Family.CHORD))
_POSITIONS = list(vocab.ids_of(Family.POSITION))
_PROGRAMS = list(vocab.ids_of(Family.PROGRAM))

OUT_OF_SCALE = -0.8
"""Added to the logit of a chord whose root is outside the key. Notes are left to ``steering.py``:
people play some outside the scale, and pieces without any sound like exercises."""

ENTER = 3.0
"""Added to the logit of an instrument that has yet to play and is late."""

MISSED = 1.0
"""Added for every whole bar that an instrument has rested, at most four times."""

ENTRY_BARS = 4
"""By the end of so many bars, or of half the piece, every instrument has played."""

HELD_BARS = 2
"""A chord of the plan is held for at most so many bars; small models would never leave it."""

MAX_TOKENS_A_BAR = 600
"""A bar that grows beyond this is closed at the end of its note."""

MAX_NOTES_AT_ONCE = 8
"""New notes of one instrument on one position; ten fingers rarely play more."""

ONE_VOICE = frozenset((22, *range(32, 40), *range(56, 61), *range(64, 80), 109, 111))
"""Programs of one player who sounds one note at a time: basses, solo brass, reeds, pipes.

In the corpus several players of one instrument are one part, so a model would give a trumpet
chords to play.
"""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the bars must obey."""

    tempo_bpm: float
    meter: tuple[int, int]
    bars: int
    programs: tuple[int, ...]
    key: Key | None = None
    chords: bool = True
    """Have the model write chords as its plan, one in HELD_BARS bars at least."""
    density: int | None = None
    polyphony: int | None = None
    """Levels for every bar. If one is said, the model writes the other; None twice: no levels."""
    mood: Mood | None = None
    """Leaned towards, as the corpus is heard."""

    @staticmethod
    def of(controls: Controls) -> Demand:
        """Return the demand of controls in which tempo, meter, bars and programs are said."""
        if (
            controls.tempo_bpm is None
            or controls.meter is None
            or controls.bars is None
            or not controls.programs
        ):
            raise ValueError("tempo, meter, bars and programs must be said")
        return Demand(
            controls.tempo_bpm,
            controls.meter,
            controls.bars,
            controls.programs,
            controls.key,
            density=controls.density,
            polyphony=controls.polyphony,
            mood=(
                None
                if controls.valence is None or controls.arousal is None
                else Mood(controls.valence, controls.arousal)
            ),
        )


class Constraint:
    """The demand on one stream: forces some tokens, forbids others, prefers the key."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.grammar = Grammar()
        self.missing = set(demand.programs)
        """Programs that have not played yet."""
        self._allowed = np.ones(vocab.V, dtype=np.bool_)
        for family in (Family.METER, Family.TEMPO, Family.BAR_DENSITY, Family.BAR_POLYPHONY):
            self._allowed[list(vocab.ids_of(family))] = False
        self._planned = demand.chords and demand.programs != (DRUMS,)
        if not self._planned:
            self._allowed[_CHORDS] = False
        self._allowed[_PROGRAMS] = False
        self._allowed[[_PROGRAM + program for program in demand.programs]] = True
        self._standing_bias = _key_bias(demand.key) + mood_bias(demand.mood)
        self._steering = Steering(demand.key, demand.density, demand.polyphony)
        self._tokens_in_bar = 0
        self._chord = vocab.CHORD_NONE
        self._chord_bar = -HELD_BARS
        self._played_in: dict[int, int] = {}

    @property
    def done(self) -> bool:
        """Whether the last bar is complete."""
        return self.grammar.ended

    def forced(self) -> int | None:
        """Return the token that must come next, None where there is a choice."""
        grammar, demand = self.grammar, self.demand
        if grammar.family is Family.MARK:
            return vocab.bar_id(demand.bars - 1)
        if grammar.family is Family.BAR and grammar.bar == 0:
            return vocab.meter_id(*demand.meter)
        if grammar.family is Family.METER:
            return vocab.tempo_id(demand.tempo_bpm)
        family = self._level_due()
        level = demand.density if family is Family.BAR_DENSITY else demand.polyphony
        if family is not None:
            return None if level is None else vocab.FIRST[family] + level
        if not self._planned:
            return None
        if grammar.position < 0 and (self._chord_due() or self._closing_chord() is not None):
            return _POSITION
        return self._closing_chord() if grammar.family is Family.POSITION else None

    def _level_due(self) -> Family | None:
        """Return which level must be written next, where levels are demanded."""
        if self.grammar.position >= 0 or (
            self.demand.density is None and self.demand.polyphony is None
        ):
            return None
        if self.grammar.family in (Family.BAR, Family.TEMPO):
            return Family.BAR_DENSITY
        return Family.BAR_POLYPHONY if self.grammar.family is Family.BAR_DENSITY else None

    def _chord_due(self) -> bool:
        """Return whether a new chord must stand at the beginning of this bar."""
        held = self.grammar.bar - self._chord_bar
        return self._planned and held >= HELD_BARS and not self._closing()

    def _closing(self) -> bool:
        """Return whether this is the last bar of a piece with a key: it stays on the tonic."""
        return self.demand.key is not None and self._ending()

    def _ending(self) -> bool:
        """Return whether this is the last bar: nobody needs to come in any more."""
        return self.grammar.bar == self.demand.bars - 1

    def _closing_chord(self) -> int | None:
        """Return the tonic at the beginning of the last bar, unless it sounds already."""
        key = self.demand.key
        if key is None or not self._closing() or self.grammar.position > 0:
            return None
        tonic = vocab.chord_id(key.tonic, "" if key.mode == "major" else "m")
        return None if self._chord == tonic else tonic

    def mask(self) -> Mask:
        """Return which tokens may be drawn; at least one may. (V,)"""
        grammar = self.grammar
        mask = grammar.legal()
        if not grammar.note_is_whole:
            return mask
        if (family := self._level_due()) is not None:
            levels = np.zeros_like(mask)
            levels[list(vocab.ids_of(family))] = True
            return levels
        if grammar.family is Family.POSITION and grammar.position == 0 and self._chord_due():
            chords = np.zeros_like(mask)
            chords[_CHORDS] = True
            chords[[vocab.CHORD_NONE, self._chord]] = False
            return chords
        mask &= self._allowed
        if self._closing():
            mask[_CHORDS] = False
        mask[_BARS] = False
        mask[vocab.END] = False
        owing = self._owing()
        closing = grammar.family not in (Family.POSITION, Family.PROGRAM)
        if closing and grammar.notes_in_bar and not owing and not self._only_closing():
            mask[self._close()] = True
        legal_programs = mask[_PROGRAMS].copy()
        self._keep_order(mask)
        if owing and grammar.position * 2 >= grammar.bar_length:
            self._send_in(mask, legal_programs)
        if self._only_closing() and closing and not owing:
            mask[:] = False
        if not mask.any():
            # Nothing more fits on this position and the bar has no other: move on.
            mask[self._close()] = True
        return mask

    def preferences(self) -> NDArray[np.float32]:
        """Return what to add to the logits: key, mood, steering, a call for those who rest. (V,)"""
        bias = self._standing_bias.copy()
        self._steering.add_to(bias, self.grammar)
        for program, bar in self._played_in.items():
            rested = 0 if self._ending() else self.grammar.bar - bar - 1
            bias[_PROGRAM + program] += MISSED * min(4, max(0, rested))
        if self._owing():
            bias[[_PROGRAM + program for program in self.missing]] += ENTER
        return bias

    def read(self, token: int) -> None:
        """Take one token as drawn."""
        self.grammar.read(token)
        self._steering.read(token, self.grammar)
        family = vocab.FAMILY[token]
        self._tokens_in_bar = 0 if family is Family.BAR else self._tokens_in_bar + 1
        if family is Family.CHORD:
            self._chord = token
            self._chord_bar = self.grammar.bar
        if family in (Family.PITCH, Family.DRUM):
            self.missing.discard(self.grammar.program)
            self._played_in[self.grammar.program] = self.grammar.bar

    def _close(self) -> int:
        """The token that ends this bar: the next Bar of the countdown, or End."""
        remaining = self.demand.bars - 1 - self.grammar.bar
        return vocab.bar_id(remaining - 1) if remaining else vocab.END

    def _only_closing(self) -> bool:
        return self._tokens_in_bar > MAX_TOKENS_A_BAR

    def _owing(self) -> bool:
        """Return whether more instruments are silent than may be by the end of this bar.

        One after the other they enter, until by ENTRY_BARS all have played: what has played, a
        model goes on with.
        """
        if not self.missing:
            return False
        by = max(1, min(ENTRY_BARS, self.demand.bars // 2))
        allowed = int(len(self.demand.programs) * (1 - (self.grammar.bar + 1) / by))
        return len(self.missing) > max(0, allowed)

    def _keep_order(self, mask: Mask) -> None:
        """On one position programs ascend; none strikes a pitch twice or beyond its fingers."""
        grammar = self.grammar
        played = [program for program, _ in grammar.here]
        if played:
            mask[_PROGRAM : _PROGRAM + max(played) + 1] = False
        if grammar.program < 0 or grammar.family is Family.PROGRAM:
            return
        mask[_PROGRAM + grammar.program] = False
        if not played:
            return
        first = vocab.FIRST[Family.DRUM] if grammar.program == DRUMS else _PITCH
        own = [pitch for part, pitch in grammar.here if part == grammar.program]
        mask[[first + pitch for pitch in own]] = False
        if len(own) >= (1 if grammar.program in ONE_VOICE else MAX_NOTES_AT_ONCE):
            mask[first : first + 128] = False

    def _send_in(self, mask: Mask, legal_programs: NDArray[np.bool_]) -> None:
        """In the second half of a bar that owes an instrument, the next one chosen is such."""
        if not legal_programs.any():
            return
        silent = np.zeros(len(_PROGRAMS), dtype=np.bool_)
        silent[list(self.missing)] = True
        entering = mask[_PROGRAMS] & silent
        no_position = not mask[_POSITIONS].any()
        if not entering.any() and no_position:
            entering = legal_programs & silent
        if self.grammar.family is Family.POSITION or no_position:
            mask[:] = False
        mask[_PROGRAMS] = entering


def _key_bias(key: Key | None) -> NDArray[np.float32]:
    bias = np.zeros(vocab.V, dtype=np.float32)
    if key is None:
        return bias
    scale = {(key.tonic + step) % 12 for step in SCALES[key.mode]}
    if key.mode == "minor":
        # The leading note belongs to minor as it is played.
        scale.add((key.tonic + 11) % 12)
    for token in vocab.ids_of(Family.CHORD):
        if token != vocab.CHORD_NONE and vocab.chord_of(token)[0] not in scale:
            bias[token] = OUT_OF_SCALE
    return bias
