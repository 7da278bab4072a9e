"""The reader of lengths, and of the decades that look like them."""

from __future__ import annotations

from engine.request.lexicon import figures as fig
from engine.request.lexicon.genres import DECADE_WORDS, DECADES
from engine.request.lexicon.meanings import Bars, Decade, Seconds
from engine.request.lexicon.phrases import words
from engine.request.read_numbers import (
    LINKS,
    Reading,
    Tokens,
    middle_taken,
    read_number,
    read_range,
    skip,
    word_at,
)


def read_length(tokens: Tokens, i: int) -> Reading | None:
    """Read bars ("16 bars") and durations ("a minute and a half", "1:30", "90s")."""
    return _read_bars(tokens, i) or _read_clock(tokens, i) or _read_duration(tokens, i)


def _read_bars(tokens: Tokens, i: int) -> Reading | None:
    if word_at(tokens, i) in {"bars", "measures", "length"}:
        j = skip(tokens, i + 1, LINKS)
        if j > i + 1 and (found := read_number(tokens, j)):
            j, count, typed = found
            if word_at(tokens, i) != "length" or word_at(tokens, j) in fig.BAR_WORDS:
                return j + (word_at(tokens, j) in fig.BAR_WORDS) - i, Bars(count, typed)
        return None
    found_range = read_range(tokens, i)
    if found_range is None:
        return None
    j, count, typed, ranged = found_range
    if word_at(tokens, j) not in fig.BAR_WORDS:
        return None
    weak = count == 12 and word_at(tokens, j) == "bar" and word_at(tokens, j + 1) == "blues"
    if ranged:
        count = float(round(count)) if count < 1e6 else count
    return j + 1 - i, Bars(count, typed, weak, middle_taken(ranged, typed, f"{count:g} bars"))


def _read_clock(tokens: Tokens, i: int) -> Reading | None:
    if not (
        i + 2 < len(tokens)
        and word_at(tokens, i + 1) == ":"
        and tokens[i + 1].glued
        and tokens[i + 2].glued
    ):
        return None
    minutes, seconds = tokens[i].number, tokens[i + 2].number
    if minutes is None or seconds is None or len(tokens[i + 2].text) != 2 or seconds >= 60:
        return None
    typed = f"{tokens[i].shown}:{tokens[i + 2].text}"
    unit = word_at(tokens, i + 3) in fig.MINUTE_WORDS
    return 3 + unit, Seconds(60 * minutes + seconds, typed)


def _unit_seconds(word: str) -> int:
    if word in fig.SECOND_WORDS:
        return 1
    if word in fig.MINUTE_WORDS:
        return 60
    return 3600 if word in fig.HOUR_WORDS else 0


def _read_duration(tokens: Tokens, i: int) -> Reading | None:
    word = word_at(tokens, i)
    if word == "half":
        j = i + 1 + (word_at(tokens, i + 1) in {"a", "an"})
        unit = word_at(tokens, j)
        if unit in {"minute", "min", "hour"}:
            return j + 1 - i, Seconds(_unit_seconds(unit) / 2, f"half a {unit}")
        return None
    if word in {"a", "one", "1"} and word_at(tokens, i + 1) == "couple":
        j = i + 2 + (word_at(tokens, i + 2) == "of")
        return _seconds_of(tokens, i, j, 2.0, "a couple of")
    if word in {"a", "few"} and "few" in {word, word_at(tokens, i + 1)}:
        return _seconds_of(tokens, i, i + 1 + (word == "a"), 5.0, "a few", only_small=True)
    if word in {"a", "an"} and word_at(tokens, i + 1) in {"minute", "hour"}:
        return _with_rest(tokens, i, i + 1, 1.0, "a", False)
    found = read_range(tokens, i)
    if found is None:
        return None
    j, number, typed, ranged = found
    if word_at(tokens, j) == "/" and i + 2 < len(tokens) and tokens[i + 2].number:
        number, j = number / (tokens[i + 2].number or 1.0), i + 3
        typed = f"{typed}/{tokens[i + 2].shown}"
    half = tuple(word_at(tokens, j + k) for k in range(3)) == ("and", "a", "half")
    if half:
        number, j, typed = number + 0.5, j + 3, f"{typed} and a half"
    return _with_rest(tokens, i, j, number, typed, ranged)


def _seconds_of(
    tokens: Tokens, i: int, j: int, number: float, typed: str, only_small: bool = False
) -> Reading | None:
    unit = word_at(tokens, j)
    scale = _unit_seconds(unit)
    if not scale:
        return None
    if only_small:
        number = {1: 8.0, 60: 3.0}.get(scale, 3.0)
    return j + 1 - i, Seconds(number * scale, f"{typed} {unit}")


def _with_rest(
    tokens: Tokens, i: int, j: int, number: float, typed: str, ranged: bool
) -> Reading | None:
    """Read the unit at j, then "and a half" or the seconds that follow minutes."""
    unit = word_at(tokens, j)
    scale = _unit_seconds(unit)
    if not scale or (unit in {"m", "h"} and not tokens[j].glued):
        return None
    if decade := _decade(tokens, i, j, number):
        return decade
    typed = f"{typed} {unit}" if len(unit) > 1 else f"{typed}{unit}"
    seconds = number * scale
    remark = middle_taken(ranged, typed, f"{seconds:g} seconds")
    j += 1
    if tuple(word_at(tokens, j + k) for k in range(3)) == ("and", "a", "half"):
        return j + 3 - i, Seconds(seconds + scale / 2, f"{typed} and a half", remark)
    if scale == 60:
        k = j + (word_at(tokens, j) == "and")
        rest = read_number(tokens, k)
        if rest and word_at(tokens, rest[0]) in fig.SECOND_WORDS:
            return rest[0] + 1 - i, Seconds(seconds + rest[1], f"{typed} {rest[2]} s", remark)
        if rest and tokens[k].glued and rest[1] < 60:
            return rest[0] - i, Seconds(seconds + rest[1], f"{typed}{rest[2]}", remark)
    return j - i, Seconds(seconds, typed, remark)


_ERA_WORDS = frozenset(
    words(
        "style music vibe vibes feel feeling sound sounds era retro inspired pop rock jazz blues "
        "soul funk disco metal punk country folk hip hiphop rap rnb r techno house trance electro "
        "electronic synth synthwave game video arcade movie film anime ballad dance reggae classic "
        "love power new ska big swing cartoon song hit tune nostalgia grunge indie alternative "
        "rave dnb boom eurodance salsa latin psychedelic surf"
    )
)


def _decade(tokens: Tokens, i: int, j: int, number: float) -> Reading | None:
    """Tell "the 80s" and "80s synthwave" from eighty seconds."""
    decade = int(number) if number < 100 else 0
    if tokens[j].norm != "s" or not tokens[j].glued or decade not in DECADES:
        return None
    before, after = word_at(tokens, i - 1), word_at(tokens, j + 1)
    led = before in {"the", "early", "late", "mid"}
    typed = tokens[i].text + tokens[j].text
    if led or (decade >= 50 and after in _ERA_WORDS):
        return j + 1 - i, Decade(typed, DECADES[decade])
    return None


def read_decade(tokens: Tokens, i: int) -> Reading | None:
    """Read "eighties", "1980s"."""
    word = word_at(tokens, i)
    if word in DECADE_WORDS:
        return 1, Decade(tokens[i].text, DECADES[DECADE_WORDS[word]])
    number = tokens[i].number
    if number in {1920, 1930, 1940, 1950, 1960, 1970, 1980, 1990} and number is not None:
        n = 2 if word_at(tokens, i + 1) == "s" and tokens[i + 1].glued else 1
        return n, Decade(tokens[i].text + ("s" if n == 2 else ""), DECADES[int(number) - 1900])
    return None
