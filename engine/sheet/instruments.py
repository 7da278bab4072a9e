"""What a part of each General MIDI program looks like on paper: name, clef, staves, place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.score.model import DRUMS
from engine.score.programs import program_name


class Clef(NamedTuple):
    """A clef of five lines."""

    sign: str
    line: int
    octaves: int
    """Octaves that it sounds higher than written without the little 8: -2 to 2."""
    middle: int
    """MIDI pitch of the middle line."""


TREBLE = Clef("G", 2, 0, 71)
BASS = Clef("F", 4, 0, 50)
ALTO = Clef("C", 3, 0, 60)
TREBLE_8VB = Clef("G", 2, -1, 59)
BASS_8VB = Clef("F", 4, -1, 38)
PERCUSSION = Clef("percussion", 2, 0, 71)
_ANY = (
    TREBLE, BASS, Clef("G", 2, 1, 83), BASS_8VB, Clef("G", 2, 2, 95), Clef("F", 4, -2, 26),
)  # fmt: skip

# Programs that are written on two staves joined by a brace: pianos, harpsichord, clavinet,
# celesta, organs, accordions, harp.
_GRAND = frozenset({*range(9), *range(16, 22), 23, 46})
# Sections and pads, which get two staves where their chords reach too far for one.
_SECTIONS = frozenset({*range(48, 56), *range(61, 64), *range(80, 104)})
_FAR = 0.8
"""Ledger lines a note, on average, from which on a section gets two staves."""

# Those that read one clef only, whatever they play.
_CUSTOMARY = {
    **dict.fromkeys((22, 40, 56, 59, 60, 64, 65, 66, 68, 69, *range(71, 80), 110), (TREBLE,)),
    **dict.fromkeys((47, 58, 70), (BASS,)),
    **dict.fromkeys(range(24, 32), (TREBLE_8VB,)),
    **dict.fromkeys((43, *range(32, 40)), (BASS_8VB,)),
    41: (ALTO,),
    DRUMS: (PERCUSSION,),
}
SINGLE_LINE = frozenset({22, *range(32, 40), 47, *range(56, 61), *range(64, 80), 109, 111})
"""Programs of instruments that play one line: overlaps are slurred, not a second voice."""

_OCTAVE_COST = 1.5
"""Ledger lines a note that a clef has to save for each octave of its little figure."""

_NAMES: dict[int, tuple[str, str]] = {
    0: ("Piano", "Pno."), 1: ("Bright Piano", "Pno."), 2: ("Electric Grand", "E.Pno."),
    3: ("Honky-tonk", "Pno."), 4: ("Electric Piano", "E.Pno."), 5: ("FM Piano", "E.Pno."),
    6: ("Harpsichord", "Hpschd."), 11: ("Vibraphone", "Vib."), 12: ("Marimba", "Mar."),
    13: ("Xylophone", "Xyl."), 9: ("Glockenspiel", "Glock."), 19: ("Church Organ", "Org."),
    16: ("Drawbar Organ", "Org."), 21: ("Accordion", "Acc."), 22: ("Harmonica", "Harm."),
    24: ("Nylon Guitar", "Gtr."), 25: ("Steel Guitar", "Gtr."), 26: ("Jazz Guitar", "J.Gtr."),
    27: ("Clean Guitar", "E.Gtr."), 28: ("Muted Guitar", "E.Gtr."),
    29: ("Overdriven Guitar", "E.Gtr."), 30: ("Distortion Guitar", "E.Gtr."),
    32: ("Double Bass", "D.B."), 33: ("Bass Guitar", "Bass"), 34: ("Pick Bass", "Bass"),
    35: ("Fretless Bass", "Bass"), 36: ("Slap Bass 1", "Bass"), 37: ("Slap Bass 2", "Bass"),
    38: ("Synth Bass 1", "S.Bass"), 39: ("Synth Bass 2", "S.Bass"),
    40: ("Violin", "Vln."), 41: ("Viola", "Vla."), 42: ("Cello", "Vc."),
    43: ("Contrabass", "Cb."), 44: ("Tremolo Strings", "Str."), 45: ("Pizzicato Strings", "Pizz."),
    46: ("Harp", "Hp."), 47: ("Timpani", "Timp."), 48: ("Strings", "Str."),
    49: ("Slow Strings", "Str."), 52: ("Choir", "Ch."), 53: ("Voice", "Vo."),
    56: ("Trumpet", "Tpt."), 57: ("Trombone", "Tbn."), 58: ("Tuba", "Tba."),
    59: ("Muted Trumpet", "Tpt."), 60: ("French Horn", "Hn."), 61: ("Brass", "Br."),
    64: ("Soprano Sax", "S.Sx."), 65: ("Alto Sax", "A.Sx."), 66: ("Tenor Sax", "T.Sx."),
    67: ("Baritone Sax", "B.Sx."), 68: ("Oboe", "Ob."), 69: ("English Horn", "E.H."),
    70: ("Bassoon", "Bsn."), 71: ("Clarinet", "Cl."), 72: ("Piccolo", "Picc."),
    73: ("Flute", "Fl."), 74: ("Recorder", "Rec."), DRUMS: ("Drums", "Dr."),
}  # fmt: skip
"""Program to its name and abbreviation in scores, where General MIDI's own reads badly."""

# From top to bottom, as scores are printed: woodwind, brass, voices and leads, tuned and other
# percussion, plucked and world instruments, keyboards, pads, strings, basses, drums.
_ORDER = (
    range(72, 80), range(64, 72), range(56, 64), range(52, 56), range(80, 88), range(8, 16),
    range(112, 120), (47,), range(24, 32), range(104, 112), (46,), range(8), range(16, 24),
    range(88, 104), range(120, 128), (40, 41, 42), (44, 45), range(48, 52), (43,), range(32, 40),
    (DRUMS,),
)  # fmt: skip
_PLACE = {program: place for place, programs in enumerate(_ORDER) for program in programs}


def part_name(program: int) -> str:
    """Return what stands before the first staff of a part."""
    return _NAMES[program][0] if program in _NAMES else program_name(program)


def part_abbreviation(program: int) -> str:
    """Return what stands before the further staves, at most seven letters."""
    if program in _NAMES:
        return _NAMES[program][1]
    return " ".join(
        word if len(word) <= 4 else word[:3] + "." for word in program_name(program).split()[:2]
    )


def score_order(programs: Iterable[int]) -> list[int]:
    """Return programs from the top of the page to the bottom."""
    return sorted(programs, key=lambda program: (_PLACE[program], program))


def on_two_staves(program: int, pitches: Sequence[int]) -> bool:
    """Whether a part is written for two hands: keyboards, and sections of wide chords."""
    if program in _SECTIONS and pitches:
        clef = clef_for(program, pitches)
        return sum(ledger_lines(pitch, clef) for pitch in pitches) > _FAR * len(pitches)
    return program in _GRAND


def clef_for(program: int, pitches: Sequence[int]) -> Clef:
    """Return the customary clef, else that with the fewest ledger lines for these pitches."""
    return min(
        _CUSTOMARY.get(program, _ANY),
        key=lambda clef: sum(
            ledger_lines(pitch, clef) + _OCTAVE_COST * abs(clef.octaves) for pitch in pitches
        ),
    )


def ledger_lines(pitch: int, clef: Clef) -> float:
    """Return about how many ledger lines a pitch needs: seven semitones reach the staff's edge."""
    return max(0.0, (abs(pitch - clef.middle) - 8) / 3.5)
