"""Readers of figures: tempo, meter, seed, levels and bare numbers.

A reader looks at the tokens from a place on and returns how many it understood and what
they mean, or None. None of them checks a range: what was asked is refused later, in words.
"""

from __future__ import annotations

from engine.request.lexicon import figures as fig
from engine.request.lexicon.meanings import (
    Figure,
    Filler,
    Meter,
    Number,
    Seed,
    Tempo,
)
from engine.request.read_numbers import (
    LINKS,
    UNITS_OF_LENGTH,
    Reading,
    Tokens,
    middle_taken,
    read_number,
    read_range,
    skip,
    word_at,
)


def _is_bpm(tokens: Tokens, i: int) -> int:
    """Return how many tokens say "beats a minute" here, 0 if they do not."""
    if word_at(tokens, i) in fig.BPM_WORDS:
        return 1
    for phrase in (("beats", "per", "minute"), ("beats", "a", "minute"), ("b", "p", "m")):
        if tuple(word_at(tokens, i + k) for k in range(3)) == phrase:
            return 3
    return 0


_NOTE_VALUES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("dotted", "quarter", "note"), 1.5),
    (("dotted", "quarter"), 1.5),
    (("dotted", "crotchet"), 1.5),
    (("♩", "."), 1.5),
    (("quarter", "note"), 1.0),
    (("quarter",), 1.0),
    (("crotchet",), 1.0),
    (("half", "note"), 2.0),
    (("half",), 2.0),
    (("minim",), 2.0),
    (("eighth", "note"), 0.5),
    (("eighth",), 0.5),
    (("quaver",), 0.5),
    (("♪",), 0.5),
    (("♩",), 1.0),
    (("q",), 1.0),
)


def read_tempo(tokens: Tokens, i: int) -> Reading | None:
    """Read "90bpm", "tempo: 90", "at 90", a note value "= 60"."""
    for phrase, quarters in _NOTE_VALUES:
        if tuple(word_at(tokens, i + k) for k in range(len(phrase))) != phrase:
            continue
        j = i + len(phrase)
        if word_at(tokens, j) == "=" and (found := read_number(tokens, j + 1)):
            j, bpm, typed = found
            remark = None
            if quarters != 1.0:
                remark = f"the tempo is counted in quarter notes: {bpm * quarters:g} BPM"
            return j + _is_bpm(tokens, j) - i, Tempo(bpm * quarters, typed, remark)
    word = word_at(tokens, i)
    start = skip(tokens, i, fig.NEAR_WORDS)
    found_range = read_range(tokens, start)
    if found_range and (unit := _is_bpm(tokens, found_range[0])):
        j, bpm, typed, ranged = found_range
        return j + unit - i, Tempo(bpm, typed, middle_taken(ranged, typed, f"{bpm:g} BPM"))
    if word == "between":
        inner = read_range(tokens, i + 1)
        if inner and (unit := _is_bpm(tokens, inner[0])):
            j, bpm, typed, ranged = inner
            return j + unit - i, Tempo(bpm, typed, middle_taken(ranged, typed, f"{bpm:g} BPM"))
    named = word in {"tempo", "metronome", "mm"} or word in fig.BPM_WORDS
    if not named and word not in {"at", "@"}:
        return None
    j = skip(tokens, i + 1, LINKS | fig.NEAR_WORDS)
    number = read_number(tokens, j)
    if number is None or (not named and tokens[j].number is None):
        return None
    k, bpm, typed = number
    if word_at(tokens, k) in UNITS_OF_LENGTH | {"/", ":", "pm", "am", "oclock", "years"}:
        return None
    return k + _is_bpm(tokens, k) - i, Tempo(bpm, typed)


_BEATS_IN_WORDS: dict[tuple[str, str], str] = {
    ("two", "four"): "2/4",
    ("three", "four"): "3/4",
    ("four", "four"): "4/4",
    ("five", "four"): "5/4",
    ("six", "eight"): "6/8",
    ("seven", "eight"): "7/8",
    ("nine", "eight"): "9/8",
    ("twelve", "eight"): "12/8",
    ("two", "quarter"): "2/4",
    ("three", "quarter"): "3/4",
    ("four", "quarter"): "4/4",
    ("common", "time"): "4/4",
    ("common", "meter"): "4/4",
    ("triple", "meter"): "3/4",
    ("triple", "time"): "3/4",
    ("duple", "meter"): "2/4",
    ("duple", "time"): "2/4",
    ("compound", "meter"): "6/8",
    ("compound", "time"): "6/8",
}

_IN_COUNT: dict[int, str] = {
    2: "2/4",
    3: "3/4",
    4: "4/4",
    5: "5/4",
    6: "6/8",
    7: "7/8",
    9: "9/8",
    12: "12/8",
}

_APPROXIMATE: dict[tuple[str, str], tuple[str, str]] = {
    ("cut", "time"): ("4/4", "cut time is written in 4/4, the nearest meter there is"),
    ("alla", "breve"): ("4/4", "alla breve is written in 4/4, the nearest meter there is"),
    ("odd", "meter"): ("7/8", "7/8 was taken for an odd meter; 5/4 is the other"),
    ("odd", "time"): ("7/8", "7/8 was taken for an odd meter; 5/4 is the other"),
}

_TIME_WORDS = frozenset({"time", "meter", "metre", "beat", "ish", "rhythm", "signature"})


def read_meter(tokens: Tokens, i: int) -> Reading | None:
    """Read "3/4", "six eight", "in three", "cut time"; a meter outside the eight stays typed."""
    pair = (word_at(tokens, i), word_at(tokens, i + 1))
    if pair in _APPROXIMATE:
        return 2, Meter(*_APPROXIMATE[pair])
    if pair in _BEATS_IN_WORDS:
        return 2 + (word_at(tokens, i + 2) in _TIME_WORDS), Meter(_BEATS_IN_WORDS[pair])
    if pair[0] in {"in", "count"}:
        count = read_number(tokens, i + 1)
        blocked = UNITS_OF_LENGTH | fig.COUNTED | fig.BPM_WORDS | {"/", ":", "beats", "to"}
        if count and count[1] in _IN_COUNT:
            j, beats, _ = count
            following = word_at(tokens, j)
            if following not in blocked and following not in fig.UNITS | fig.TENS:
                glued = j < len(tokens) and tokens[j].glued and following.isalnum()
                if not glued and not (j < len(tokens) and tokens[j].number is not None):
                    return j - i, Meter(_IN_COUNT[int(beats)])
        return None
    if i + 1 < len(tokens) and tokens[i].number is not None:
        return _read_fraction(tokens, i)
    return None


def _read_fraction(tokens: Tokens, i: int) -> Reading | None:
    top = tokens[i].number
    slash = word_at(tokens, i + 1) == "/"
    j = i + 2 if slash else i + 1
    bottom = tokens[j].number if j < len(tokens) else None
    if top is None or bottom not in {1, 2, 4, 8, 16, 32} or not float(top).is_integer():
        return None
    timed = word_at(tokens, j + 1) in _TIME_WORDS
    if not slash and not (timed and top in _IN_COUNT):
        return None
    if slash and word_at(tokens, j + 1) in UNITS_OF_LENGTH | {"/"}:
        return None
    name = f"{tokens[i].shown}/{tokens[j].shown}"
    if top < 1000:
        name = f"{int(top)}/{int(bottom or 0)}"
    remark = None
    if name == "2/2":
        name, remark = "4/4", "2/2 is written in 4/4, the nearest meter there is"
    return j + 1 + timed - i, Meter(name, remark)


def read_seed(tokens: Tokens, i: int) -> Reading | None:
    """Read "seed 42", "seed=42" and "#42"."""
    word = word_at(tokens, i)
    if word == "seed":
        j = skip(tokens, i + 1, LINKS | {"#"})
    elif word == "#" and not tokens[i].glued and i + 1 < len(tokens) and tokens[i + 1].glued:
        j = i + 1
        if tokens[j].number is None:
            return None
    else:
        return None
    found = read_number(tokens, j)
    return (found[0] - i, Seed(found[1], found[2])) if found else None


def read_level(tokens: Tokens, i: int) -> Reading | None:
    """Read "density 5", "polyphony=3"."""
    word = word_at(tokens, i)
    if word not in {"density", "polyphony"}:
        return None
    found = read_number(tokens, skip(tokens, i + 1, LINKS | {"level"}))
    if found is None:
        return None
    j = found[0]
    if word_at(tokens, j) == "/" and j + 1 < len(tokens) and tokens[j + 1].number == 7:
        j += 2
    return j - i, Figure(word, found[1], found[2])


def read_bare(tokens: Tokens, i: int) -> Reading | None:
    """Read a number that nothing explains; a small one in words asks for nothing."""
    found = read_number(tokens, i)
    if found is None:
        return None
    if tokens[i].number is None:
        return found[0] - i, Filler()
    return found[0] - i, Number(found[1], found[2])
