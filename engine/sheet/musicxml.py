"""A Sheet as MusicXML 4.0, which notation programs open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.score.harmony import NO_CHORD
from engine.score.model import DRUMS, Chord
from engine.score.programs import program_name
from engine.score.theory import Key
from engine.score.units import GRID
from engine.sheet.accidentals import Accidentals
from engine.sheet.instruments import Clef, part_abbreviation, part_name
from engine.sheet.layout import Part, Sheet, Staff
from engine.sheet.percussion import drum
from engine.sheet.spelling import key_fifths, root_fifths, spelled_at
from engine.sheet.symbols import Ruled, Symbol
from engine.sheet.tempo_marks import TempoMark, tempo_marks

_DOCTYPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd">\n'
)

_KINDS = {
    "": ("major", ""), "m": ("minor", "m"), "7": ("dominant", "7"), "M7": ("major-seventh", "maj7"),
    "m7": ("minor-seventh", "m7"), "m7b5": ("half-diminished", "m7♭5"),
    "dim": ("diminished", "dim"), "aug": ("augmented", "aug"),
    "sus4": ("suspended-fourth", "sus4"), "5": ("power", "5"),
}  # fmt: skip
"""Chord quality to MusicXML's kind and how it is written behind the root."""

_DRUM_CHANNEL = 10
_CHANNELS = [channel for channel in range(1, 17) if channel != _DRUM_CHANNEL]
_VOICES_A_STAFF = 4
"""Voices 1 and 2 belong to the upper staff, 5 and 6 to the lower, as notation programs count."""


def write_musicxml(sheet: Sheet) -> bytes:
    """Return the sheet as an uncompressed MusicXML file, the same bytes for the same sheet.

    In every measure each voice fills the meter. Pitches sound as written: clefs with an 8
    carry the octave of guitars and basses.
    """
    root = Element("score-partwise", version="4.0")
    SubElement(SubElement(root, "work"), "work-title").text = printable(sheet.title)
    encoding = SubElement(SubElement(root, "identification"), "encoding")
    SubElement(encoding, "software").text = "Cadenza"
    part_list = SubElement(root, "part-list")
    for number, part in enumerate(sheet.parts, 1):
        _list_part(part_list, part, number)
    marks = tempo_marks(sheet.tempos, sheet.bars)
    for number, part in enumerate(sheet.parts, 1):
        _write_part(root, sheet, part, number, marks if number == 1 else [])
    indent(root, space=" ")
    body: bytes = tostring(root, encoding="utf-8")
    return _DOCTYPE + body + b"\n"


def printable(text: str) -> str:
    """Return text on one line without the control characters that XML forbids."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _child(parent: Element, tag: str, text: object = None, /, **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    if text is not None:
        element.text = str(text)
    return element


def _list_part(part_list: Element, part: Part, number: int) -> None:
    """Announce a part with its names and what plays it."""
    entry = _child(part_list, "score-part", id=f"P{number}")
    _child(entry, "part-name", part_name(part.program))
    _child(entry, "part-abbreviation", part_abbreviation(part.program))
    if part.program == DRUMS:
        keys = _keys(part)
        for key in keys:
            _child(
                _child(entry, "score-instrument", id=f"P{number}-I{key}"),
                "instrument-name",
                drum(key).name,
            )
        for key in keys:
            midi = _child(entry, "midi-instrument", id=f"P{number}-I{key}")
            _child(midi, "midi-channel", _DRUM_CHANNEL)
            _child(midi, "midi-unpitched", key + 1)
        return
    instrument = _child(entry, "score-instrument", id=f"P{number}-I1")
    _child(instrument, "instrument-name", program_name(part.program))
    midi = _child(entry, "midi-instrument", id=f"P{number}-I1")
    _child(midi, "midi-channel", _CHANNELS[(number - 1) % len(_CHANNELS)])
    _child(midi, "midi-program", part.program + 1)


def _keys(part: Part) -> list[int]:
    """Return the percussion keys that a drum part strikes."""
    symbols = (symbol for bar in part.staves[0].bars for voice in bar for symbol in voice)
    return sorted({key for symbol in symbols for key in symbol.pitches})


def _write_part(
    root: Element, sheet: Sheet, part: Part, number: int, marks: Sequence[TempoMark]
) -> None:
    """Write all measures of a part; tempo marks and chords stand in the first."""
    element = _child(root, "part", id=f"P{number}")
    keys = [Accidentals(key_fifths(sheet.key) if sheet.key else 0) for _ in part.staves]
    before: tuple[int, int] | None = None
    for bar in sheet.bars:
        measure = _measure(element, sheet, bar)
        shown = sheet.bars[1].meter if sheet.pickup and bar.number == 0 else bar.meter
        if bar.number == 0 or shown != before:
            _write_attributes(measure, sheet, part, bar, shown)
        before = shown
        for mark in marks:
            if bar.start <= mark.tick < bar.end:
                _write_tempo(measure, mark, mark.tick - bar.start)
        if number == 1:
            for chord in sheet.chords:
                if bar.start <= chord.tick < bar.end:
                    _write_chord(measure, chord, sheet.key, chord.tick - bar.start)
        for index in range(len(part.staves)):
            if index:
                _back(measure, bar)
            _write_staff(measure, part, number, index, bar, keys[index])
        if bar.number == len(sheet.bars) - 1:
            line = _child(measure, "barline", location="right")
            _child(line, "bar-style", "light-heavy")


def _measure(element: Element, sheet: Sheet, bar: Ruled) -> Element:
    if not sheet.pickup:
        return _child(element, "measure", number=str(bar.number + 1))
    if bar.number == 0:
        return _child(element, "measure", number="0", implicit="yes")
    return _child(element, "measure", number=str(bar.number))


def _write_attributes(
    measure: Element, sheet: Sheet, part: Part, bar: Ruled, meter: tuple[int, int]
) -> None:
    """Write divisions, key and clefs at the start, and the meter wherever it changes."""
    attributes = _child(measure, "attributes")
    if bar.number == 0:
        _child(attributes, "divisions", GRID)
        if part.program != DRUMS:
            key = _child(attributes, "key")
            _child(key, "fifths", key_fifths(sheet.key) if sheet.key else 0)
            if sheet.key:
                _child(key, "mode", sheet.key.mode)
    time = _child(attributes, "time")
    _child(time, "beats", meter[0])
    _child(time, "beat-type", meter[1])
    if bar.number == 0:
        if len(part.staves) > 1:
            _child(attributes, "staves", len(part.staves))
        for index, staff in enumerate(part.staves, 1):
            _write_clef(attributes, staff.clef, index if len(part.staves) > 1 else 0)


def _write_clef(attributes: Element, clef: Clef, number: int) -> None:
    element = _child(attributes, "clef", **({"number": str(number)} if number else {}))
    _child(element, "sign", clef.sign)
    if clef.sign != "percussion":
        _child(element, "line", clef.line)
    if clef.octaves:
        _child(element, "clef-octave-change", clef.octaves)


def _write_tempo(measure: Element, mark: TempoMark, offset: int) -> None:
    """Write a metronome mark, and the tempo for playback in quarters a minute."""
    direction = _child(measure, "direction", placement="above")
    metronome = _child(_child(direction, "direction-type"), "metronome")
    _child(metronome, "beat-unit", mark.value)
    for _ in range(mark.dots):
        _child(metronome, "beat-unit-dot")
    _child(metronome, "per-minute", f"{mark.beats_bpm:g}")
    if offset:
        _child(direction, "offset", offset)
    _child(direction, "sound", tempo=f"{mark.bpm:g}")


def _write_chord(measure: Element, chord: Chord, key: Key | None, offset: int) -> None:
    harmony = _child(measure, "harmony", placement="above")
    root = _child(harmony, "root")
    if chord.quality == NO_CHORD:
        _child(root, "root-step", "C", text="")
        _child(harmony, "kind", "none", text="N.C.")
    else:
        fifths = root_fifths(key or Key(0, "major"), chord.root, chord.quality)
        spelled = spelled_at(fifths, 60 + chord.root)
        _child(root, "root-step", spelled.step)
        if spelled.alter:
            _child(root, "root-alter", spelled.alter)
        kind, text = _KINDS[chord.quality]
        _child(harmony, "kind", kind, text=text)
    if offset:
        _child(harmony, "offset", offset)


def _back(measure: Element, bar: Ruled) -> None:
    _child(_child(measure, "backup"), "duration", bar.end - bar.start)


def _write_staff(
    measure: Element,
    part: Part,
    part_number: int,
    index: int,
    bar: Ruled,
    accidentals: Accidentals,
) -> None:
    """Write one bar of a staff, its voices one after the other."""
    staff = part.staves[index]
    voices = staff.bars[bar.number]
    whole = Symbol(bar.start, bar.end - bar.start, "", 0, ())
    signs = accidentals.bar(voices, staff.spelling)
    number = index + 1 if len(part.staves) > 1 else 0
    for voice, symbols in enumerate(voices or ((whole,),)):
        if voice:
            _back(measure, bar)
        stem = ("up", "down")[voice] if len(voices) > 1 else None
        for symbol in symbols:
            for first, pitch in _first(symbol.pitches or (None,)):
                note = _child(measure, "note")
                if not symbol.pitches and voice and not symbol.triplet:
                    # Rests of the lower voice would crowd the staff; the upper shows the count.
                    note.set("print-object", "no")
                _fill_note(note, symbol, pitch, staff, first=first)
                if part.program == DRUMS and pitch is not None:
                    _child(note, "instrument", id=f"P{part_number}-I{pitch}")
                _child(note, "voice", index * _VOICES_A_STAFF + voice + 1)
                sign = signs.get((symbol.start, pitch)) if pitch is not None else None
                _finish_note(note, symbol, pitch, part.program, sign, stem, number, first=first)


def _first(pitches: Iterable[int | None]) -> list[tuple[bool, int | None]]:
    return [(index == 0, pitch) for index, pitch in enumerate(pitches)]


def _fill_note(
    note: Element, symbol: Symbol, pitch: int | None, staff: Staff, *, first: bool
) -> None:
    """Write what sounds, how long, and the ties of the sound."""
    if not first:
        _child(note, "chord")
    if pitch is None:
        _child(note, "rest", **({} if symbol.value else {"measure": "yes"}))
    elif not staff.spelling:
        place = _child(note, "unpitched")
        _child(place, "display-step", drum(pitch).step)
        _child(place, "display-octave", drum(pitch).octave)
    else:
        spelled = spelled_at(staff.spelling[symbol.struck, pitch], pitch)
        place = _child(note, "pitch")
        _child(place, "step", spelled.step)
        if spelled.alter:
            _child(place, "alter", spelled.alter)
        _child(place, "octave", spelled.octave)
    _child(note, "duration", symbol.ticks)
    if pitch is not None:
        for kind in _ties(symbol):
            _child(note, "tie", type=kind)


def _finish_note(
    note: Element,
    symbol: Symbol,
    pitch: int | None,
    program: int,
    sign: str | None,
    stem: str | None,
    staff: int,
    *,
    first: bool,
) -> None:
    """Write how it looks: value, sign, stem, head, staff, beams, ties and triplet."""
    if symbol.value:
        _child(note, "type", symbol.value)
    for _ in range(symbol.dots):
        _child(note, "dot")
    if sign:
        _child(note, "accidental", sign)
    if symbol.triplet:
        change = _child(note, "time-modification")
        _child(change, "actual-notes", 3)
        _child(change, "normal-notes", 2)
    if stem and pitch is not None and symbol.value != "whole":
        _child(note, "stem", stem)
    if program == DRUMS and pitch is not None and drum(pitch).head != "normal":
        _child(note, "notehead", drum(pitch).head)
    if staff:
        _child(note, "staff", staff)
    for level, beam in enumerate(symbol.beams if first else (), 1):
        _child(note, "beam", beam, number=str(level))
    ties = _ties(symbol) if pitch is not None else []
    edges = [
        kind for kind, is_edge in (("start", symbol.opens), ("stop", symbol.closes)) if is_edge
    ]
    if ties or (edges and first):
        notations = _child(note, "notations")
        for kind in ties:
            _child(notations, "tied", type=kind)
        for kind in edges if first else ():
            _child(notations, "tuplet", type=kind, bracket="yes" if kind == "start" else "no")


def _ties(symbol: Symbol) -> list[str]:
    return [kind for kind, tied in (("stop", symbol.tied_back), ("start", symbol.tied_on)) if tied]
