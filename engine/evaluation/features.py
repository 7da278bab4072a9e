"""What an excerpt is like, as one vector of named numbers, for classifiers to judge it by.

After the families of jSymbolic (McKay, Cumming and Fujinaga 2018: instrumentation, rhythm,
dynamics, pitch statistics, melody, chords, texture), written anew for a score on the grid. The
labeller of mood (``engine.score.mood``) shares none of it but the key and the piano roll.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score.harmony import NO_CHORD, with_chords
from engine.score.measures import note_columns, piano_roll, sounding_classes
from engine.score.model import DRUMS, Score
from engine.score.theory import CHORD_QUALITIES, KEYS, METERS, SCALES, key_fits
from engine.score.units import GRID

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

SLOTS = 16
"""A bar of any meter is seen in so many equal parts: sixteenths in 4/4."""

_FAMILIES = (
    "piano chromatic organ guitar bass strings ensemble brass reed pipe lead pad effects ethnic "
    "percussive sounds"
).split()
"""General MIDI's families of eight programs."""

_SPECIAL: dict[str, tuple[int, ...]] = {
    "electric_piano": (4, 5), "harpsichord": (6, 7), "rock_organ": (16, 17, 18),
    "church_organ": (19, 20), "accordion": (21, 23), "harmonica": (22,), "nylon_guitar": (24,),
    "steel_guitar": (25,), "clean_guitar": (26, 27, 28), "distorted_guitar": (29, 30),
    "acoustic_bass": (32,), "synth_bass": (38, 39), "solo_strings": (40, 41, 42, 43),
    "trumpet": (56, 59), "horn_section": (61, 62, 63), "saxophone": (64, 65, 66, 67),
    "square_or_saw": (80, 81), "banjo_or_fiddle": (105, 110), "steel_drums": (114,),
}  # fmt: skip

_KIT: dict[str, tuple[int, ...]] = {
    "kick": (35, 36), "snare": (38, 40), "side_stick_or_clap": (37, 39), "hat": (42, 44),
    "open_hat": (46,), "ride": (51, 53, 59), "crash": (49, 52, 55, 57),
    "tom": (41, 43, 45, 47, 48, 50), "shaker": (54, 69, 70, 82), "hand_drum": (*range(60, 67),),
    "bell_or_block": (56, 67, 68, 75, 76, 77), "scraper": (58, 71, 72, 73, 74, 78, 79, 80, 81),
}  # fmt: skip
_KIT_GROUP = np.full(128, len(_KIT))
for _index, _keys in enumerate(_KIT.values()):
    _KIT_GROUP[list(_keys)] = _index
_PATTERNS: dict[str, tuple[str, ...]] = {
    "kick": ("kick",),
    "snare": ("snare", "side_stick_or_clap"),
    "hat": ("hat", "open_hat"),
    "ride": ("ride",),
    "percussion": ("shaker", "hand_drum", "bell_or_block", "scraper"),
}

_IN_QUARTER = (0, 3, 4, 6, 8, 9)
"""Grid ticks after the quarter that have a name: sixteenths 3, 6, 9 and triplets 4, 8."""

_LENGTHS = (1, 2.5, 3.5, 5.5, 7.5, 10.5, 13.5, 20.5, 30.5, 54, np.inf)
"""Edges in grid ticks between note lengths, so that each named value has its own bin."""

_INTERVALS = (0, 1, 3, 5, 6, 8, 10, 12, 13, 128)
"""Edges in semitones: unison, seconds, thirds, fourth, tritone and fifth, sixths, sevenths ..."""

_ICS = range(1, 7)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What several families of features look at. P pitched notes, D hits, T ticks."""

    score: Score
    lines: _Ints
    """Bar lines, the last one too. (bars + 1,)"""
    pitched: _Ints
    """(start, program, pitch, duration, velocity) in this order. (P, 5)"""
    hits: _Ints
    """The same of the drum kit. (D, 5)"""
    sounding: NDArray[np.bool_]
    """(128, T)"""
    classes: NDArray[np.bool_]
    """Pitch classes that sound. (12, T)"""
    lowest: _Ints
    """The lowest pitch that sounds at each tick, 128 in silence. (T,)"""
    highest: _Ints
    """The highest, -1 in silence. (T,)"""
    onsets: _Ints
    """Ticks on which pitched notes begin, ascending."""
    tonic: int
    fits: _Floats
    """How well each of the 24 keys fits. (24,)"""

    @property
    def bars(self) -> int:
        return len(self.lines) - 1

    def bar_of(self, ticks: _Ints) -> _Ints:
        return np.searchsorted(self.lines, ticks, side="right") - 1

    def in_bar(self, ticks: _Ints) -> _Ints:
        return np.asarray(ticks - self.lines[self.bar_of(ticks)])

    def slots(self, ticks: _Ints) -> _Floats:
        """Return the share of bars in which something begins in each slot. (SLOTS,)"""
        bar = self.bar_of(ticks)
        slot = (ticks - self.lines[bar]) * SLOTS // np.diff(self.lines)[bar]
        filled = np.zeros((self.bars, SLOTS))
        filled[bar, slot] = 1.0
        return np.asarray(filled.mean(axis=0))


def _hear(score: Score) -> _Heard:
    roll = piano_roll(score)
    sounding = roll > 0
    any_sound = sounding.any(axis=0)
    columns = note_columns(score)
    columns = columns[columns[:, 0] < roll.shape[1]]
    pitched = columns[columns[:, 1] != DRUMS]
    weights = np.zeros(132)
    weights[:128] = roll.sum(axis=1, dtype=np.int64)
    fits = key_fits(weights.reshape(11, 12).sum(axis=0))
    return _Heard(
        score=score,
        lines=np.array([bar.start for bar in score.iter_bars()] + [roll.shape[1]]),
        pitched=pitched,
        hits=columns[columns[:, 1] == DRUMS],
        sounding=sounding,
        classes=sounding_classes(roll),
        lowest=np.where(any_sound, sounding.argmax(axis=0), 128),
        highest=np.where(any_sound, 127 - sounding[::-1].argmax(axis=0), -1),
        onsets=np.unique(pitched[:, 0]),
        tonic=KEYS[int(fits.argmax())].tonic,
        fits=fits,
    )


def _shares(values: NDArray[np.generic], edges: Sequence[float]) -> _Floats:
    """Return the share of the values between neighbouring edges; zeros of no values."""
    return np.asarray(np.histogram(values, bins=edges)[0] / max(1, len(values)))


def _counted(values: _Ints, kinds: int) -> _Floats:
    """Return the share of each value 0 to ``kinds`` - 1; zeros of no values. (kinds,)"""
    return np.bincount(values, minlength=kinds)[:kinds] / max(1, len(values))


def _mean(values: NDArray[np.generic], default: float = 0.0) -> float:
    return float(values.mean()) if len(values) else default


def _spread(values: NDArray[np.generic]) -> float:
    return float(values.std()) if len(values) else 0.0


def _instruments(heard: _Heard) -> _Floats:
    programs = np.concatenate([heard.pitched[:, 1], heard.hits[:, 1]])
    families = _counted(programs // 8, 17)
    played = np.bincount(programs, minlength=DRUMS + 1)[: DRUMS + 1] > 0
    special = [played[list(ones)].any() for ones in _SPECIAL.values()]
    return np.array([*families, *(families > 0), *special, played.sum()], dtype=np.float64)


def _tempo(heard: _Heard) -> _Floats:
    score, ticks = heard.score, int(heard.lines[-1])
    seconds = score.seconds_at(ticks)
    notes = len(heard.pitched) + len(heard.hits)
    return np.array(
        [
            np.log2(60.0 * ticks / GRID / seconds / 120.0),
            np.log2(max(0.1, len(heard.onsets) / seconds)),
            np.log2(max(0.1, notes / seconds)),
            np.log2(max(1.0, _mean(heard.pitched[:, 3], 1.0)) * seconds / ticks),
            (len(score.tempos) - 1) / heard.bars,
        ]
    )


def _meter(heard: _Heard) -> _Floats:
    bars = [(bar.meter.numerator, bar.meter.denominator) for bar in heard.score.iter_bars()]
    return np.array([bars.count(meter) / len(bars) for meter in METERS])


def _drums(heard: _Heard) -> _Floats:
    starts, keys = heard.hits[:, 0], heard.hits[:, 2]
    groups = _KIT_GROUP[keys]
    names = list(_KIT)
    patterns = [
        heard.slots(starts[np.isin(groups, [names.index(part) for part in parts])])
        for parts in _PATTERNS.values()
    ]
    quarters = heard.lines[-1] / GRID
    return np.concatenate(
        [
            *patterns,
            _counted(groups, len(_KIT)),
            _in_quarter(heard, np.unique(starts)),
            [
                len(starts) / quarters,
                len(np.unique(keys)),
                _spread(heard.hits[:, 4]),
                _mean(heard.hits[groups == names.index("snare"), 4] < 64),
                _repeats(heard, starts, keys),
            ],
        ]
    )


def _in_quarter(heard: _Heard, ticks: _Ints) -> _Floats:
    """Return shares of named places in the quarter, and of eighths off the beat that swing."""
    places = np.bincount(heard.in_bar(ticks) % 12, minlength=12)
    swing = places[8] / max(1, places[8] + places[6])
    return np.append(places[list(_IN_QUARTER)] / max(1, len(ticks)), swing)


def _repeats(heard: _Heard, ticks: _Ints, what: _Ints) -> float:
    """Return the share of bars, the first aside, that repeat an earlier one; empty ones do not."""
    place = np.searchsorted(ticks, heard.lines)
    pictures = [
        np.stack([ticks[a:b] - line, what[a:b]]).tobytes()
        for a, b, line in zip(place, place[1:], heard.lines, strict=False)
    ]
    seen: set[bytes] = {b""}
    again = 0
    for picture in pictures:
        again += bool(picture) and picture in seen
        seen.add(picture)
    return again / max(1, len(pictures) - 1)


def _rhythm(heard: _Heard) -> _Floats:
    onsets, ticks = heard.onsets, int(heard.lines[-1])
    begins = np.zeros(ticks + 12, dtype=np.bool_)
    begins[onsets] = True
    place = heard.in_bar(onsets) % 12
    held_over = (place != 0) & ~begins[onsets + 12 - place]
    quarters = ticks / GRID
    a_bar = np.bincount(heard.bar_of(onsets), minlength=heard.bars)
    return np.concatenate(
        [
            heard.slots(onsets),
            _in_quarter(heard, onsets),
            _shares(np.diff(onsets), _LENGTHS),
            [
                len(onsets) / quarters,
                _spread(a_bar) / max(1.0, float(a_bar.mean())),
                _mean(held_over),
                _repeats(heard, heard.pitched[:, 0], heard.pitched[:, 2]),
                _repeats(heard, onsets, np.zeros_like(onsets)),
            ],
        ]
    )


def _lengths(heard: _Heard) -> _Floats:
    starts, programs, durations = (heard.pitched[:, column] for column in (0, 1, 3))
    order = np.lexsort((starts, programs))
    part, start = programs[order], starts[order]
    later = np.diff(start)
    same = (np.diff(part) == 0) & (later > 0)
    held = np.minimum(durations[order][:-1][same] / later[same], 2.0)
    return np.array(
        [
            *_shares(durations, _LENGTHS),
            np.log2(max(1.0, _mean(durations, 1.0))),
            _spread(np.log2(durations)),
            _mean(held, 1.0),
            _mean(held < 0.6),
            _mean(held > 1.05),
        ]
    )


def _loudness(heard: _Heard) -> _Floats:
    velocity = heard.pitched[:, 4]
    on_beat = heard.in_bar(heard.pitched[:, 0]) % GRID == 0
    low, high = np.percentile(velocity, (10, 90)) if len(velocity) else (0.0, 0.0)
    return np.array(
        [
            _mean(velocity),
            _spread(velocity),
            high - low,
            _mean(velocity[on_beat]) - _mean(velocity[~on_beat]),
            len(np.unique(velocity // 8)),
        ]
    )


def _texture(heard: _Heard) -> _Floats:
    voices = heard.sounding.sum(axis=0)
    full = voices[voices > 0]
    starts, programs, pitches = heard.pitched[:, 0], heard.pitched[:, 1], heard.pitched[:, 2]
    together = (np.diff(starts) == 0) & (np.diff(programs) == 0)
    strokes = max(1, len(starts) - int(together.sum()))
    parts = len(np.unique(programs)) or 1
    return np.array(
        [
            _mean(full),
            _spread(full),
            1.0 - len(full) / len(voices),
            *_shares(full, (1, 2, 3, 4, 5, 7, 129)),
            len(starts) / max(1, len(heard.onsets)),
            len(starts) / strokes,
            len(heard.onsets) * parts / strokes,
            *_shares(np.diff(pitches)[together], _INTERVALS[1:]),
        ]
    )


def _pitches(heard: _Heard) -> _Floats:
    pitches, durations = heard.pitched[:, 2], heard.pitched[:, 3]
    weights = np.bincount(pitches % 12, weights=durations, minlength=12)
    shares = np.roll(weights / max(1.0, weights.sum()), -heard.tonic)
    attacks = np.roll(_counted(pitches % 12, 12), -heard.tonic)
    known = shares[shares > 0]
    ends = np.percentile(pitches, (5, 25, 50, 75, 95)) if len(pitches) else np.zeros(5)
    low, high = heard.lowest[heard.onsets], heard.highest[heard.onsets]
    major, minor = heard.fits[:12].max(), heard.fits[12:].max()
    outside = [1.0 - attacks[list(SCALES[mode])].sum() for mode in ("major", "minor")]
    return np.array(
        [
            *shares,
            *(attacks - shares),
            major - minor,
            max(major, minor),
            min(outside),
            -float((known * np.log2(known)).sum()),
            *ends,
            _mean(pitches),
            _spread(pitches),
            _mean(low),
            _mean(high),
            _spread(high),
        ]
    )


def _melody(heard: _Heard) -> _Floats:
    """Return how the top line moves, and how each instrument's own top notes do."""
    starts, programs, pitches = heard.pitched[:, 0], heard.pitched[:, 1], heard.pitched[:, 2]
    top = np.diff(heard.highest[heard.onsets])
    last = np.append((np.diff(starts) != 0) | (np.diff(programs) != 0), True)[: len(starts)]
    order = np.lexsort((starts[last], programs[last]))
    own, part = pitches[last][order], programs[last][order]
    moves = np.diff(own)[np.diff(part) == 0]
    return np.array(
        [
            *_shares(np.abs(top), _INTERVALS),
            _mean(np.abs(top)),
            _mean(top > 0) - _mean(top < 0),
            *_shares(np.abs(moves), _INTERVALS),
            _mean(np.sign(moves[1:]) * np.sign(moves[:-1]) < 0),
        ]
    )


def _bass(heard: _Heard) -> _Floats:
    """Return what the lowest voice does, whoever plays it."""
    starts, pitches = heard.pitched[:, 0], heard.pitched[:, 2]
    lowest = pitches == heard.lowest[starts]
    ticks, first = np.unique(starts[lowest], return_index=True)
    line = pitches[lowest][first]
    moves = np.diff(line)
    on_beat = heard.in_bar(ticks) % GRID == 0
    walks = (np.diff(ticks) == 12) & on_beat[:-1] & (moves != 0) & (np.abs(moves) <= 5)
    return np.array(
        [
            *heard.slots(ticks),
            *_shares(np.abs(moves), _INTERVALS),
            len(ticks) * GRID / float(heard.lines[-1]),
            walks.sum() / max(1, len(ticks)),
            _mean(on_beat),
            _mean(line),
            _spread(line),
            len(np.unique(line)) / max(1, len(line)),
        ]
    )


def _chords(heard: _Heard) -> _Floats:
    qualities = [*CHORD_QUALITIES, NO_CHORD]
    chords = with_chords(heard.score, heard.sounding.astype(np.int16)).chords
    lines = np.array([chord.tick for chord in chords] + [heard.lines[-1]])
    spans = np.diff(lines) / heard.lines[-1]
    kinds = np.array([qualities.index(chord.quality) for chord in chords], dtype=np.int64)
    roots = np.array([chord.root for chord in chords], dtype=np.int64)
    plays = kinds < len(CHORD_QUALITIES)
    relative = (roots - heard.tonic)[plays] % 12
    moves = np.diff(roots[plays]) % 12
    starts, pitches = heard.pitched[:, 0], heard.pitched[:, 2]
    under = np.searchsorted(lines[:-1], starts, side="right") - 1
    above = (pitches - roots[under]) % 12 if len(roots) else pitches
    deep = pitches == heard.lowest[starts]
    counts = np.array([(heard.classes & np.roll(heard.classes, ic, axis=0)).sum() for ic in _ICS])
    counts[5] //= 2  # each tritone is found from both of its ends
    return np.concatenate(
        [
            np.bincount(kinds, weights=spans, minlength=len(qualities)),
            np.bincount(relative, weights=spans[plays], minlength=12),
            _counted(moves, 12),
            _counted(above, 12),
            _counted(above[deep], 12)[[0, 3, 4, 7]],
            counts / max(1, counts.sum()),
            [len(chords) / heard.bars, _mean(heard.classes.sum(axis=0))],
        ]
    )


def _each(stem: str, kinds: Sequence[object]) -> list[str]:
    return [f"{stem}_{kind}" for kind in kinds]


_SLOT_NAMES = range(SLOTS)
_LENGTH_NAMES = "32nd 16th triplet_8th 8th triplet_4th dotted_8th 4th dotted_4th 2nd longer".split()
_INTERVAL_NAMES = "unison second third fourth fifth sixth seventh octave wider".split()
_QUARTER_NAMES = [*_IN_QUARTER, "swing"]

_BLOCKS: tuple[tuple[str, Callable[[_Heard], _Floats], list[str]], ...] = (
    ("instruments", _instruments, [
        *_each("share", [*_FAMILIES, "drums"]), *_each("has", [*_FAMILIES, "drums"]),
        *_each("has", list(_SPECIAL)), "programs",
    ]),
    ("tempo", _tempo, [
        "octaves_above_120_bpm", "onsets_a_second", "notes_a_second", "note_length_s", "changes",
    ]),
    ("meter", _meter, [f"{numerator}/{denominator}" for numerator, denominator in METERS]),
    ("drums", _drums, [
        *(f"{part}_{slot}" for part in _PATTERNS for slot in _SLOT_NAMES),
        *_each("share", list(_KIT)), *_each("at", _QUARTER_NAMES),
        "hits_a_quarter", "keys", "velocity_spread", "soft_snares", "repeated_bars",
    ]),
    ("rhythm", _rhythm, [
        *_each("slot", _SLOT_NAMES), *_each("at", _QUARTER_NAMES), *_each("apart", _LENGTH_NAMES),
        "onsets_a_quarter", "unevenness", "held_over_the_beat", "repeated_bars",
        "repeated_rhythms",
    ]),
    ("lengths", _lengths, [
        *_each("share", _LENGTH_NAMES), "octaves", "spread", "legato", "staccato", "overlapping",
    ]),
    ("loudness", _loudness, ["mean", "spread", "range", "accent", "values"]),
    ("texture", _texture, [
        "voices", "spread", "silence", *_each("voices", (1, 2, 3, 4, "5_6", "7_up")),
        "notes_an_onset", "notes_a_stroke", "parts_apart",
        *_each("stacked", _INTERVAL_NAMES[1:]),
    ]),
    ("pitch", _pitches, [
        *_each("degree", range(12)), *_each("struck", range(12)), "major", "key_fit",
        "outside_scale", "entropy", *_each("percentile", (5, 25, 50, 75, 95)),
        "mean", "spread", "low_line", "high_line", "high_spread",
    ]),
    ("melody", _melody, [
        *_each("top", _INTERVAL_NAMES), "top_size", "top_rise", *_each("own", _INTERVAL_NAMES),
        "turns",
    ]),
    ("bass", _bass, [
        *_each("slot", _SLOT_NAMES), *_each("moves", _INTERVAL_NAMES), "onsets_a_quarter",
        "walking", "on_beat", "mean", "spread", "variety",
    ]),
    ("chords", _chords, [
        *_each("quality", [quality or "major" for quality in CHORD_QUALITIES]), "none",
        *_each("root", range(12)), *_each("move", range(12)), *_each("above", range(12)),
        *_each("bass_on", ("root", "minor_third", "major_third", "fifth")),
        *_each("interval_class", _ICS), "changes", "classes",
    ]),
)  # fmt: skip

FEATURES: tuple[str, ...] = tuple(
    f"{family}.{name}" for family, _, names in _BLOCKS for name in names
)
"""What each place of the vector holds, as ``family.name``. (F,)"""

NOTES_ALONE: NDArray[np.bool_] = np.array(
    [not name.startswith(("instruments.", "tempo.")) for name in FEATURES]
)
"""Which features know neither the instruments nor the tempo. (F,)

Whether a drum kit plays can still be told: its patterns are part of the notes. So can what the
bass does; it is the lowest voice here, whatever plays it.
"""


def describe(score: Score) -> NDArray[np.float64]:
    """Return the features of a score on the grid, finite, in the order of FEATURES. (F,)

    Places in the bar are shares of the bars; shares add up to 1 or, where there is nothing to
    share, are 0. Lengths are in octaves above a tick, registers in MIDI pitches. Transposing
    changes registers and nothing else. A composed piece is described as it was decoded: polish
    is not the model's. Raises ValueError for a score without bars or off the grid.
    """
    if not score.bars or score.resolution != GRID:
        raise ValueError(f"needs bars of {GRID} ticks to the quarter to describe, got {score.bars}")
    heard = _hear(score)
    return np.concatenate([family(heard) for _, family, _ in _BLOCKS])
