"""Tokens to meanings: at every place the longest thing that can be understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.request.lexicon import index
from engine.request.lexicon.meanings import Filler, Guitar, Meaning, Particle, Sound, Unknown
from engine.request.read_figures import (
    read_bare,
    read_level,
    read_meter,
    read_seed,
    read_tempo,
)
from engine.request.read_keys import read_key
from engine.request.read_lengths import read_decade, read_length
from engine.request.read_numbers import Reading, Tokens
from engine.request.typos import correct, is_known
from engine.request.words import Token

READERS: tuple[Callable[[Tokens, int], Reading | None], ...] = (
    read_tempo,
    read_length,
    read_meter,
    read_key,
    read_seed,
    read_level,
    read_decade,
)

_BREAK_SIGNS = {",": "comma", ".": "stop", "/": "or"}


@dataclass(frozen=True, slots=True)
class Item:
    """A meaning and the words it was read from."""

    meaning: Meaning
    typed: str
    corrected: tuple[tuple[str, str], ...] = ()
    """Pairs of what was typed and what it was read as."""


def scan(tokens: Sequence[Token]) -> list[Item]:
    """Return the meanings of the tokens in order; nothing is left out but stray signs."""
    tokens = _unfold(tokens)
    for token in tokens:
        _spell(token)
    items: list[Item] = []
    i = 0
    while i < len(tokens):
        n, meaning = _longest(tokens, i)
        run = tokens[i : i + n]
        if meaning is not None:
            corrections = tuple((t.text, t.norm) for t in run if t.corrected)
            items.append(Item(meaning, _as_typed(run), corrections))
        i += n
    return items


def _as_typed(run: Sequence[Token]) -> str:
    return "".join(t.text if t.glued else f" {t.text}" for t in run).strip()


def _unfold(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with "drumless" and "drum-free" spelt out as "no drum"."""
    unfolded: list[Token] = []
    for token in tokens:
        stem = token.norm.removesuffix("less")
        if stem != token.norm and _is_instrument(stem) and not is_known(token.norm):
            unfolded += [Token("", "no"), Token(token.text, stem)]
        elif (
            token.norm == "free" and token.glued and unfolded and _is_instrument(unfolded[-1].norm)
        ):
            unfolded.insert(-1, Token("", "no"))
        else:
            unfolded.append(token)
    return unfolded


def _is_instrument(word: str) -> bool:
    return any(
        len(phrase) == 1 and isinstance(meaning, Sound | Guitar)
        for phrase, meaning in index().get(word, ())
    )


def _spell(token: Token) -> None:
    word = token.norm
    if token.number is not None or not word.isalpha() or is_known(word):
        return
    if (better := correct(word)) is not None:
        token.norm, token.corrected = better, True


def _longest(tokens: Sequence[Token], i: int) -> tuple[int, Meaning | None]:
    """Return how many tokens are understood from i on, and as what; None for a stray sign."""
    best: Reading | None = None
    for read in READERS:
        reading = read(tokens, i)
        if reading and (best is None or reading[0] > best[0]):
            best = reading
    phrase = _phrase(tokens, i)
    if phrase and (best is None or phrase[0] > best[0]):
        best = phrase
    if best is None or isinstance(best[1], Filler):
        best = read_bare(tokens, i) if best is None else best
    if best is not None:
        return best
    token = tokens[i]
    if token.norm in _BREAK_SIGNS:
        return 1, Particle(_BREAK_SIGNS[token.norm])
    if not any(c.isalnum() for c in token.norm):
        return 1, None
    return 1, Unknown(token.text)


def _phrase(tokens: Sequence[Token], i: int) -> Reading | None:
    for phrase, meaning in index().get(tokens[i].norm, ()):
        if len(phrase) == 1 or tuple(t.norm for t in tokens[i : i + len(phrase)]) == phrase:
            if meaning == Particle("vibes"):
                meaning = _vibes(tokens, i)
            if " ".join(phrase) == "drum and bass" and _names_two(tokens, i):
                continue
            return len(phrase), meaning
    return None


def _names_two(tokens: Sequence[Token], i: int) -> bool:
    """Whether "drum and bass" here means a drum and a bass rather than the style."""
    after = tokens[i + 3].norm if i + 3 < len(tokens) else ""
    before = tokens[i - 1].norm if i else ""
    return after in {"guitar", "clarinet"} or before in {"no", "without", "a", "one"}


def _vibes(tokens: Sequence[Token], i: int) -> Meaning:
    """Return the vibraphone where "vibes" follows as an instrument would, else nothing."""
    before = tokens[i - 1].norm if i else ""
    if before in {"with", "and", "for", "on", "no", "without", "solo", "plus", "or", "some"}:
        return index()["vibraphone"][0][1]
    return Filler()
