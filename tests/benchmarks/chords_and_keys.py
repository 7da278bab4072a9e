"""Who hears chords and keys more often right: the corpus's labeller, the explanation, music21.

    .venv/bin/python -m tests.benchmarks.chords_and_keys data/corpus ../shared/corpus

Chords: arranged pieces, whose chord is known in every bar. Each half bar is asked for the chord
in its middle; a root is right, or a name (root and quality, ninths and sixths told as their
seventh or triad). Half of the pieces in this order tuned the explanation's weights (``--skip``
leaves them out). music21 is given every moment at which the sounding pitches change and names it
by ``Chord.root()`` or by ``harmony.chordSymbolFigureFromChord``; the longest-lasting answer of the
half bar counts. It is slow, so it hears the first ``--slow`` pieces, the others as well.

Keys: arranged pieces again, in the key they were made in; and songs of OpenScore Lieder with one
key signature, which a key is right about if it is one of the two keys with that signature. The
manifest's own keys are Krumhansl's estimates, so they say who agrees with Krumhansl: told, not
counted. A key's certainty is the share that is right by gap. For changes of key: half of the
arranged pieces get their second half moved up.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
from music21 import chord as m21_chord
from music21 import harmony as m21_harmony

from engine.evaluation.foreign_key import FINDERS, foreign_key
from engine.explain.analysis import Analysis, analyse
from engine.explain.chords import chords_by_half, half_edges
from engine.score.harmony import with_chords
from engine.score.measures import measure, piano_roll
from engine.score.midi import read_midi_file
from engine.score.model import DRUMS, Score
from engine.score.theory import Key
from engine.tokens.quantise import quantise

Named = tuple[int, str]

_NATURAL = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
_FAMILY = {
    "6": "", "add9": "", "m6": "m", "9": "7", "13": "7", "7b9": "7", "7#9": "7", "7sus": "7",
    "11": "7", "aug7": "7", "M9": "M7", "m9": "m7", "dim7": "dim", "sus2": "sus4",
    # as music21 writes them
    "7+": "7", "m7+": "m7", "maj7": "M7", "M7/": "M7", "o": "dim", "o7": "dim", "ø7": "m7b5",
    "+": "aug", "+7": "7", "sus": "sus4", "power": "5", "pedal": "", "6/": "", "m11": "m7",
    "m13": "m7", "M11": "M7", "M13": "M7", "mM7": "m", "7sus4": "7", "7alt": "7", "madd9": "m",
}  # fmt: skip
SHIFTS = (1, 2, 3, 5)
MUSIC21 = ("music21, Chord.root()", "music21, chord symbols")


def pitch_class(name: str) -> int:
    """Return the pitch class of a name such as ``Bb``."""
    return (_NATURAL[name[0]] + name.count("#") - name[1:].count("b")) % 12


def named(text: str) -> Named | None:
    """Return root and quality family of a chord's name; None for no chord."""
    found = re.match(r"([A-G][#b]?)([^/]*)", text)
    if not found:
        return None
    return pitch_class(found[1]), _FAMILY.get(found[2], found[2])


def truth(text: str, score: Score) -> list[Named | None]:
    """Return the chord in the middle of each half bar from a row of arranged_chords.csv."""
    bars = list(score.iter_bars())
    changes: list[tuple[int, Named | None]] = []
    for word in text.split():
        place, name = word.split(":", 1)
        bar, _, beat = place.partition(".")
        if int(bar) <= len(bars):
            at = bars[int(bar) - 1]
            unit = 18 if at.meter.denominator == 8 else 12
            changes.append((at.start + int(unit * (float(beat or 1) - 1)), named(name)))
    starts = [tick for tick, _ in changes]
    edges = half_edges(score).tolist()
    middles = [(a + b) // 2 for a, b in pairwise(edges)]
    places = [bisect_right(starts, middle) - 1 for middle in middles]
    return [changes[place][1] if place >= 0 else None for place in places]


def by_labeller(score: Score) -> list[Named | None]:
    """Return the chords as the corpus is labelled."""
    chords = with_chords(score).chords
    ticks = [chord.tick for chord in chords]
    found = (chords[bisect_right(ticks, edge) - 1] for edge in half_edges(score)[:-1].tolist())
    return [(chord.root, chord.quality) for chord in found]


def by_explanation(score: Score) -> list[Named | None]:
    """Return the chords as a student is told them."""
    return [(c.root, c.quality) if c else None for c in chords_by_half(score)]


@cache
def music21_name(pitches: tuple[int, ...]) -> tuple[Named, Named]:
    """Return what music21 calls the pitches: by its root with no quality, and by its symbol."""
    chord = m21_chord.Chord(list(pitches))
    root = (int(chord.root().pitchClass), "?")
    figure = m21_harmony.chordSymbolFigureFromChord(chord)
    # It answers "Chord Symbol Cannot Be Identified", which is no chord on C.
    symbol = None if "Cannot" in figure else named(figure.replace("-", "b"))
    return root, symbol or root


def by_music21(score: Score) -> tuple[list[Named | None], list[Named | None]]:
    """Return for each half bar the answers that last longest, by root and by symbol."""
    roll = piano_roll(score) > 0
    found: tuple[list[Named | None], list[Named | None]] = ([], [])
    for begin, end in pairwise(half_edges(score).tolist()):
        lasting: tuple[Counter[Named], Counter[Named]] = (Counter(), Counter())
        for tick in range(begin, end):
            pitches = tuple(np.flatnonzero(roll[:, tick]).tolist())
            if pitches:
                for count, name in zip(lasting, music21_name(pitches), strict=True):
                    count[name] += 1
        for heard, count in zip(found, lasting, strict=True):
            heard.append(count.most_common(1)[0][0] if count else None)
    return found


class Tally:
    """Right roots and names of one listener."""

    def __init__(self) -> None:
        self.asked = self.roots = self.names = 0

    def add(self, true: list[Named | None], heard: list[Named | None]) -> None:
        """Count the half bars of one piece."""
        for right, own in zip(true, heard, strict=True):
            if right is not None:
                self.asked += 1
                self.roots += own is not None and own[0] == right[0]
                self.names += own is not None and (own[0], _FAMILY.get(own[1], own[1])) == right

    def __str__(self) -> str:
        asked = max(1, self.asked)
        return f"{self.roots / asked:7.1%} {self.names / asked:7.1%} of {self.asked} half bars"


def read(path: Path) -> Score:
    """Return a file on the grid."""
    return quantise(read_midi_file(path))[0]


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of the corpus."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def true_key(text: str) -> Key:
    """Return the key of a manifest's ``G:maj``."""
    tonic, _, mode = text.partition(":")
    return Key(pitch_class(tonic), {"maj": "major", "min": "minor"}[mode])


def signature(key: Key) -> int:
    """Return the tonic of the major key with the same signature."""
    return (key.tonic + 3 * (key.mode == "minor")) % 12


def file_signature(path: Path) -> int | None:
    """Return the signature that a file has throughout, None where it changes or has none."""
    keys = {
        e.key for track in mido.MidiFile(path).tracks for e in track if e.type == "key_signature"
    }
    if len(keys) != 1:
        return None
    (name,) = keys
    mode = "minor" if name.endswith("m") else "major"
    return signature(Key(pitch_class(name.rstrip("m")), mode))


def moved_up(score: Score, semitones: int) -> Score:
    """Return the score with its second half transposed."""
    middle = list(score.iter_bars())[score.bars // 2].start
    notes = (
        n._replace(pitch=n.pitch + semitones)
        if n.program != DRUMS and n.start >= middle and n.pitch + semitones < 128
        else n
        for n in score.notes
    )
    return replace(score, notes=tuple(sorted(notes)))


def key_lines(answers: dict[str, list[bool]]) -> Iterator[str]:
    """Yield a line a listener."""
    for name, right in answers.items():
        yield f"{np.mean(right):7.1%} of {len(right):4}  {name}"


def hear_keys(
    score: Score, right: Callable[[Key], bool], answers: dict[str, list[bool]], told: Analysis
) -> None:
    """Add whether each listener's key is right, as ``right`` judges it."""
    answers.setdefault("explanation", []).append(told.key is not None and right(told.key.key))
    answers.setdefault("Krumhansl, ours", []).append(right(measure(score).key[0]))
    for finder in FINDERS:
        key = foreign_key(score, finder)
        answers.setdefault(f"music21 {finder}", []).append(key is not None and right(key))


def gap_lines(gaps: list[tuple[float, bool]]) -> Iterator[str]:
    """Yield how often a key is right by its gap."""
    edges = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 9.0)
    for low, high in pairwise(edges):
        own = [right for gap, right in gaps if low <= gap < high]
        if own:
            yield f"  gap {low:.2f} to {high:.2f}: {np.mean(own):6.1%} of {len(own)}"


def arranged(corpus: Path, tables: Path, options: argparse.Namespace) -> Iterator[str]:
    """Yield what is measured on arranged pieces: chords, keys, changes of key."""
    chords = {row["path"]: row["chords"] for row in table(tables / "arranged_chords.csv")}
    rows = [row for row in table(tables / "arranged.csv") if row["path"] in chords]
    random.Random(5).shuffle(rows)
    listeners = {"labeller of the corpus": by_labeller, "explanation": by_explanation}
    tallies = {name: Tally() for name in listeners}
    slow = {name: Tally() for name in (*listeners, *MUSIC21)}
    answers: dict[str, list[bool]] = {}
    gaps: list[tuple[float, bool]] = []
    changes: Counter[str] = Counter()
    for number, row in enumerate(rows[options.skip : options.skip + options.pieces]):
        score = read(corpus / "arranged" / row["path"])
        true = truth(chords[row["path"]], score)
        for name, listener in listeners.items():
            heard = listener(score)
            tallies[name].add(true, heard)
            if number < options.slow:
                slow[name].add(true, heard)
        if number < options.slow:
            for name, heard in zip(MUSIC21, by_music21(score), strict=True):
                slow[name].add(true, heard)
        key = true_key(row["key"])
        told = analyse(score)
        hear_keys(score, key.__eq__, answers, told)
        if told.key:
            gaps.append((told.key.gap, told.key.key == key))
        changes["pieces"] += 1
        changes["told as changing"] += len(told.keys) > 1
        if score.bars >= 24:
            judge_change(score, SHIFTS[number % len(SHIFTS)], changes)
    yield "chords, roots and names:"
    yield from (f"{tally}  {name}" for name, tally in tallies.items())
    yield f"the first {options.slow} of them:"
    yield from (f"{tally}  {name}" for name, tally in slow.items())
    yield "keys of arranged pieces:"
    yield from (*key_lines(answers), *gap_lines(gaps))
    yield from (f"{count:5}  {name}" for name, count in changes.items())


def judge_change(score: Score, shift: int, changes: Counter[str]) -> None:
    """Count whether a change of key is found in a score whose second half is moved up."""
    keys = analyse(moved_up(score, shift)).keys
    step = (keys[-1].key.tonic - keys[0].key.tonic) % 12
    near = len(keys) == 2 and abs(keys[1].first_bar - 1 - score.bars // 2) <= 2
    changes["moved up"] += 1
    changes["of these told as changing"] += len(keys) > 1
    changes["of these told rightly, within two bars"] += near and step == shift


def songs(corpus: Path, tables: Path, count: int) -> Iterator[str]:
    """Yield what is measured on songs whose signature is known, and who agrees with Krumhansl."""
    manifest = table(tables / "manifest.csv")
    lieder = [row for row in manifest if row["source"] == "openscore_lieder"]
    random.Random(5).shuffle(lieder)
    answers: dict[str, list[bool]] = {}
    gaps: list[tuple[float, bool]] = []
    for row in lieder[:count]:
        path = corpus / "midi" / row["path"]
        tones = file_signature(path)
        if tones is not None:
            score = read(path)
            told = analyse(score)
            hear_keys(score, lambda key, tones=tones: signature(key) == tones, answers, told)
            answers.setdefault("told with one key", []).append(len(told.keys) == 1)
            if told.key:
                gaps.append((told.key.gap, signature(told.key.key) == tones))
    yield "signatures of songs:"
    yield from (*key_lines(answers), *gap_lines(gaps))
    trusted = [row for row in manifest if float(row["key_fit"] or 0) > 0.9]
    random.Random(5).shuffle(trusted)
    agree = []
    for row in trusted[:count]:
        key = analyse(read(corpus / "midi" / row["path"])).key
        agree.append(key is not None and key.key == true_key(row["key"]))
    yield f"{np.mean(agree):7.1%} of {len(agree)}  the manifest's keys of a fit above 0.9"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="chords and keys against what is known")
    parser.add_argument("corpus", type=Path, help="with arranged/ and midi/ unpacked")
    parser.add_argument("tables", type=Path, help="with the tables of the corpus")
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--skip", type=int, default=200, help="pieces that tuned the weights")
    parser.add_argument("--slow", type=int, default=30, help="pieces that music21 names chords of")
    parser.add_argument("--songs", type=int, default=200)
    options = parser.parse_args()
    for line in arranged(options.corpus, options.tables, options):
        print(line, flush=True)
    for line in songs(options.corpus, options.tables, options.songs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
