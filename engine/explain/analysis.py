"""A piece explained as one value: what ``words`` tells and what ``--json`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from engine.explain.chords import chords_by_half
from engine.explain.form import Section, find_form
from engine.explain.key import KeyReading, read_key
from engine.explain.modulation import KeyStretch, key_stretches
from engine.explain.pace import Pace, main_meter, pace_of
from engine.explain.parts import Part, note_name, parts_of
from engine.explain.roman import chord_label, numerals
from engine.score.measures import density_level, measure, polyphony_level
from engine.score.model import Chord, Score
from engine.score.theory import Key
from engine.tokens.quantise import quantise

NO_CHORD_NAME = "N.C."
"""No chord: how a lead sheet marks bars in which nothing pitched sounds."""


class HeardChord(NamedTuple):
    """A chord in its place."""

    bar: int
    """Counted from 1."""
    half: int
    """1 or 2: the half of the bar from which on it sounds."""
    name: str
    """As on a lead sheet, ``N.C.`` for silence."""
    numeral: str
    """In the key of its bar; empty for silence."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What can be said of a piece."""

    bars: int
    seconds: float
    """From the first tick to the end of the last bar."""
    pace: Pace
    meters: tuple[str, ...]
    """All that occur, the one with the most bars first."""
    key: KeyReading | None
    """None where nothing pitched sounds."""
    keys: tuple[KeyStretch, ...]
    """The keys by stretches of bars; one where it does not change, none without a key."""
    chords: tuple[HeardChord, ...]
    """One for the first half of every bar, one more where the second half differs."""
    form: tuple[Section, ...]
    parts: tuple[Part, ...]
    density: float
    """Onsets a quarter."""
    polyphony: float
    """Pitched notes at once."""

    @property
    def density_level(self) -> int:
        """0 to 7, as in requests and in the tokens."""
        return density_level(self.density)

    @property
    def polyphony_level(self) -> int:
        """0 to 7, as in requests and in the tokens."""
        return polyphony_level(self.polyphony)

    def to_json(self) -> dict[str, Any]:
        """Return plain values: bars count from 1, pitches are names with C4 for middle C.

        ``bars``, ``seconds``; ``tempo``: felt ``bpm``, its ``beat``, ``italian``, ``slowest_bpm``,
        ``fastest_bpm``; ``meters``; ``key``: ``name``, ``certainty`` (clear, likely, open, none),
        ``gap``, ``runner_up``, or null; ``keys``: ``name``, ``first_bar``, ``last_bar``;
        ``chords``: ``bar``, ``half``, ``name``, ``numeral``; ``form``: ``section``, ``letter``,
        ``varied``, ``first_bar``, ``last_bar``; ``parts``: ``program`` (128 is the drum kit),
        ``name``, ``role``, ``lowest``, ``highest``, ``notes``, ``bars``, ``share``; ``density``,
        ``density_level``, ``polyphony``, ``polyphony_level``.
        """
        return {
            "bars": self.bars,
            "seconds": round(self.seconds, 2),
            "tempo": {
                **self.pace._asdict(),
                "bpm": round(self.pace.bpm, 2),
                "slowest_bpm": round(self.pace.slowest_bpm, 2),
                "fastest_bpm": round(self.pace.fastest_bpm, 2),
            },
            "meters": list(self.meters),
            "key": _key_json(self.key),
            "keys": [
                {"name": one.key.name, "first_bar": one.first_bar, "last_bar": one.last_bar}
                for one in self.keys
            ],
            "chords": [chord._asdict() for chord in self.chords],
            "form": [
                {
                    "section": one.name,
                    "letter": one.letter,
                    "varied": one.varied,
                    "first_bar": one.first_bar,
                    "last_bar": one.last_bar,
                }
                for one in self.form
            ],
            "parts": [_part_json(part) for part in self.parts],
            "density": round(self.density, 2),
            "density_level": self.density_level,
            "polyphony": round(self.polyphony, 2),
            "polyphony_level": self.polyphony_level,
        }


def analyse(score: Score) -> Analysis:
    """Return the analysis of a score of any resolution.

    Notes and bars are heard on the grid of the tokens, where a file that was played by hand has
    chords that begin together; tempo and length are the score's own.
    """
    grid = quantise(score)[0]
    measures = measure(grid)
    chords = chords_by_half(grid)
    parts = parts_of(grid)
    key = read_key(measures.pitch_class_ticks.sum(axis=0), chords)
    keys = key_stretches(measures.pitch_class_ticks, chords, key) if key else ()
    return Analysis(
        bars=grid.bars,
        seconds=score.seconds_at(round(grid.bars_end * score.resolution / grid.resolution)),
        pace=pace_of(score, main_meter(grid)),
        meters=_meters(grid),
        key=key,
        keys=keys,
        chords=_named(chords, keys),
        form=find_form(grid, chords, {part.program: part.role for part in parts}),
        parts=parts,
        density=measures.mean_density,
        polyphony=measures.mean_polyphony,
    )


def _meters(score: Score) -> tuple[str, ...]:
    names = dict.fromkeys(bar.meter.name for bar in score.iter_bars())
    first = main_meter(score).name
    return (first, *(name for name in names if name != first))


def _named(chords: list[Chord | None], keys: tuple[KeyStretch, ...]) -> tuple[HeardChord, ...]:
    """Return the chords with names and numerals, the second half of a bar where it differs."""
    names, degrees = [], []
    for stretch in keys:
        own = chords[2 * (stretch.first_bar - 1) : 2 * stretch.last_bar]
        names += [chord_label(one, stretch.key) if one else NO_CHORD_NAME for one in own]
        degrees += _degrees(own, stretch.key)
    names = names or [NO_CHORD_NAME] * len(chords)
    degrees = degrees or [""] * len(chords)
    return tuple(
        HeardChord(index // 2 + 1, index % 2 + 1, names[index], degrees[index])
        for index in range(len(names))
        if index % 2 == 0 or names[index] != names[index - 1]
    )


def _degrees(chords: list[Chord | None], key: Key) -> list[str]:
    """Return the numeral of each half bar: silence is skipped, what lasts is one chord."""
    runs = [list(run) for _, run in groupby(chords, key=lambda c: c and (c.root, c.quality))]
    told = iter(numerals([run[0] for run in runs if run[0] is not None], key))
    return [name for run in runs for name in [next(told) if run[0] else ""] * len(run)]


def _key_json(reading: KeyReading | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "name": reading.key.name,
        "certainty": reading.certainty,
        "gap": round(reading.gap, 3),
        "runner_up": reading.runner_up.name,
    }


def _part_json(part: Part) -> dict[str, Any]:
    return {
        **part._asdict(),
        "lowest": None if part.lowest is None else note_name(part.lowest),
        "highest": None if part.highest is None else note_name(part.highest),
        "share": round(part.share, 3),
    }
