"""Reads MusicXML back with music21, which knows nothing of ours."""

from __future__ import annotations

import warnings
from fractions import Fraction
from xml.etree import ElementTree

from engine.score.model import Score
from engine.score.units import GRID
from engine.sheet.layout import Sheet

Heard = tuple[int, int, int]
"""Part number from the top, onset in grid ticks, pitch."""


def parsed(musicxml: bytes):  # type: ignore[no-untyped-def]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21

        return music21.converter.parseData(musicxml.decode(), format="musicxml")


def read_notes(musicxml: bytes) -> dict[Heard, int]:
    """Every struck note and how many ticks it sounds, tied ones as one; drums by their key."""
    sounding: dict[Heard, int] = {}
    part_of: dict[str, int] = {}
    for staff in parsed(musicxml).parts:
        number = part_of.setdefault(str(staff.id).split("-Staff")[0], len(part_of))
        for element in staff.flatten().notes:
            if "Harmony" in element.classes or "ChordSymbol" in element.classes:
                continue
            for note in element.notes if "ChordBase" in element.classSet else (element,):
                if "Unpitched" in note.classes:
                    continue
                pitch = note.pitch.midi
                onset = ticks(element.offset)
                length = ticks(note.quarterLength)
                tie = note.tie.type if note.tie else None
                if tie in ("stop", "continue"):
                    struck = max(k for k in sounding if k[0] == number and k[2] == pitch)
                    assert struck[1] + sounding[struck] == onset, "a tie leads from nowhere"
                    sounding[struck] += length
                else:
                    assert (number, onset, pitch) not in sounding, "a note is written twice"
                    sounding[number, onset, pitch] = length
    return sounding | _drums(musicxml)


def _drums(musicxml: bytes) -> dict[Heard, int]:
    """Every hit by its percussion key; music21 forgets which instrument an unpitched note has."""
    hits: dict[Heard, int] = {}
    for number, part in enumerate(ElementTree.fromstring(musicxml).findall("part")):
        at = struck_at = 0
        for measure in part:
            for element in measure:
                length = int(element.findtext("duration", "0"))
                if element.tag == "backup":
                    at -= length
                elif element.tag == "note":
                    struck_at = struck_at if element.find("chord") is not None else at
                    if element.find("unpitched") is not None:
                        key = element.find("instrument").get("id").split("-I")[1]
                        hits[number, struck_at, int(key)] = length
                    at = struck_at + length
    return hits


def ticks(quarters: float | Fraction) -> int:
    return round(Fraction(quarters) * GRID)


def struck(score: Score, sheet: Sheet) -> set[Heard]:
    """What the score strikes, by part from the top of the page; onsets in grid ticks."""
    order = [part.program for part in sheet.parts]
    return {
        (order.index(note.program), int(note.start * GRID / score.resolution + 0.5), note.pitch)
        for note in score.notes
    }
