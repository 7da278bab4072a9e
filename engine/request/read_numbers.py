"""Numbers in figures and in words, which all the other readers build on."""

from __future__ import annotations

from collections.abc import Sequence

from engine.request.lexicon import figures as fig
from engine.request.lexicon.meanings import Meaning
from engine.request.words import Token

Tokens = Sequence[Token]
Reading = tuple[int, Meaning]

LINKS = frozenset({"=", ":", "of", "at", "is", "to", "number", "no"})

UNITS_OF_LENGTH = fig.SECOND_WORDS | fig.MINUTE_WORDS | fig.BAR_WORDS | fig.HOUR_WORDS


def word_at(tokens: Tokens, i: int) -> str:
    """Return the normalised word at a place, or "" beyond the end."""
    return tokens[i].norm if 0 <= i < len(tokens) else ""


def skip(tokens: Tokens, i: int, words: frozenset[str]) -> int:
    """Return the first place from i on that holds none of these words."""
    while word_at(tokens, i) in words:
        i += 1
    return i


def read_number(tokens: Tokens, i: int) -> tuple[int, float, str] | None:
    """Return the place after a number in figures or words, its value, and how it was typed."""
    if i >= len(tokens):
        return None
    if (number := tokens[i].number) is not None:
        return i + 1, number, tokens[i].shown
    total, j = _read_below_hundred(tokens, i)
    if word_at(tokens, j) == "hundred" and (total is not None or word_at(tokens, i) == "a"):
        total = 100 * (total or 1)
        j += 1
    elif word_at(tokens, i) == "a" and word_at(tokens, i + 1) == "hundred":
        total, j = 100, i + 2
    elif total is None:
        return None
    else:
        return j, float(total), " ".join(token.text for token in tokens[i:j])
    k = j + 1 if word_at(tokens, j) == "and" else j
    rest, after = _read_below_hundred(tokens, k)
    if rest is not None:
        total, j = total + rest, after
    return j, float(total), " ".join(token.text for token in tokens[i:j])


def _read_below_hundred(tokens: Tokens, i: int) -> tuple[int | None, int]:
    word, following = word_at(tokens, i), word_at(tokens, i + 1)
    if word in fig.TENS:
        if 1 <= fig.UNITS.get(following, 0) <= 9:
            return fig.TENS[word] + fig.UNITS[following], i + 2
        return fig.TENS[word], i + 1
    if word in fig.UNITS:
        return fig.UNITS[word], i + 1
    return None, i


def read_range(tokens: Tokens, i: int) -> tuple[int, float, str, bool] | None:
    """Return as ``read_number`` does; of "80 to 90" the middle, with True at the end."""
    first = read_number(tokens, i)
    if first is None:
        return None
    i, low, typed = first
    if word_at(tokens, i) in {"to", "or", "and"} and (second := read_number(tokens, i + 1)):
        j, high, typed_high = second
        if high > low:
            return j, (low + high) / 2, f"{typed} to {typed_high}", True
    return i, low, typed, False


def middle_taken(ranged: bool, typed: str, chosen: str) -> str | None:
    """Return the remark that goes with a range, or None where there was none."""
    return f"of {typed} the middle was taken: {chosen}" if ranged else None
