"""The reader of swaps: "guitar instead of piano", "replace the piano with a harp"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.request.lexicon import index
from engine.request.lexicon.changes import PLACES_CHANGED
from engine.request.lexicon.meanings import Ensemble, Guitar, Sound
from engine.request.lexicon.phrases import words
from engine.request.lexicon.wishes import NotYet, SwapFor
from engine.request.read_numbers import skip, word_at
from engine.request.words import Token

Tokens = Sequence[Token]
Reading = tuple[int, SwapFor | NotYet]
Instrument = Sound | Guitar | Ensemble

_LEADING = frozenset(words("a an the its my some that this one use put have want as out"))
_TRAILING = frozenset(words("part parts track tracks line lines sound sounds player"))
_SWAPPING = frozenset(words("replace substitute swap exchange change switch turn trade make have"))
_EXCHANGING = frozenset(words("swap exchange switch trade"))
_INTO = frozenset(words("with by for to into against"))
_GIVEN_UP = (("instead", "of"), ("rather", "than"), ("in", "place", "of"), ("not", "the"))
_GIVING_UP = frozenset(phrase[0] for phrase in _GIVEN_UP)
_USED = frozenset(words("use play put with have want i take and let give me , us add"))
_THE_PIECE = frozenset(words("it this that everything all the whole thing piece song melody tune"))
_PLAYED_ON = frozenset(words("play played put do have hear"))


def read_swap(tokens: Tokens, i: int) -> Reading | None:
    """Return how many tokens from i on say a swap, and which; None where none begins."""
    for read in _FORMS:
        if found := read(tokens, i):
            return found
    return None


def _instrument(tokens: Tokens, i: int) -> tuple[int, Instrument] | None:
    """Return the place after an instrument with its article, and what it is."""
    i = skip(tokens, i, _LEADING)
    for phrase, meaning in index().get(word_at(tokens, i), ()):
        if not isinstance(meaning, Sound | Guitar | Ensemble):
            continue
        if tuple(word_at(tokens, i + k) for k in range(len(phrase))) == phrase:
            return skip(tokens, i + len(phrase), _TRAILING), meaning
    return None


def _replace(tokens: Tokens, i: int) -> Reading | None:
    """Read "replace the piano with a harp", "swap strings for choir", "make the piano a harp"."""
    verb = word_at(tokens, i)
    if verb not in _SWAPPING or (first := _instrument(tokens, i + 1)) is None:
        return None
    j, one = first
    link = word_at(tokens, j)
    if link == "and" and verb in _EXCHANGING and (second := _instrument(tokens, j + 1)):
        return second[0] - i, NotYet(PLACES_CHANGED)
    if link in _INTO and verb != "have":
        j += 1
    elif verb != "make":
        return None
    if (second := _instrument(tokens, j)) is None:
        return None
    after, other = second
    if verb == "substitute" and link == "for":
        one, other = other, one
    return after - i, SwapFor(one, other)


def _instead_of(tokens: Tokens, i: int) -> Reading | None:
    """Read "guitar instead of piano", and "could the piano be a guitar"."""
    if (first := _instrument(tokens, i)) is None or word_at(tokens, i) in _LEADING - {"a", "the"}:
        return None
    if (j := _given_up(tokens, first[0])) is not None and (second := _instrument(tokens, j)):
        return second[0] - i, SwapFor(second[1], first[1])
    if word_at(tokens, first[0]) in ("be", "become") and (
        then := _instrument(tokens, first[0] + 1)
    ):
        return then[0] - i, SwapFor(first[1], then[1])
    return None


def _instead_first(tokens: Tokens, i: int) -> Reading | None:
    """Read "instead of the piano use a guitar"."""
    j = _given_up(tokens, i)
    if j is None or (first := _instrument(tokens, j)) is None:
        return None
    k = skip(tokens, first[0], _USED)
    if k == first[0] or (second := _instrument(tokens, k)) is None:
        return None
    return second[0] - i, SwapFor(first[1], second[1])


def _given_up(tokens: Tokens, i: int) -> int | None:
    """Return the place after "instead of" or its like, None where none stands."""
    if word_at(tokens, i) not in _GIVING_UP:
        return None
    for phrase in _GIVEN_UP:
        if tuple(word_at(tokens, i + k) for k in range(len(phrase))) == phrase:
            return i + len(phrase)
    return None


def _played_on(tokens: Tokens, i: int) -> Reading | None:
    """Read "play it on violin", "play the piano part on a harp", "switch to guitar"."""
    verb, j = word_at(tokens, i), i + 1
    old: Instrument | None = None
    if verb in _PLAYED_ON:
        if part := _instrument(tokens, j):
            j, old = part
        else:
            j = skip(tokens, j, _THE_PIECE)
        links = {"on", "with"} if verb == "play" and old is None else {"on"}
    elif verb in _SWAPPING:
        j, links = skip(tokens, j, _THE_PIECE), {"to", "into"}
    else:
        return None
    if word_at(tokens, j) not in links or (new := _instrument(tokens, j + 1)) is None:
        return None
    return new[0] - i, SwapFor(old, new[1])


def _instead(tokens: Tokens, i: int) -> Reading | None:
    """Read "guitar instead"."""
    found = _instrument(tokens, i)
    if found is None or word_at(tokens, found[0]) != "instead":
        return None
    if word_at(tokens, found[0] + 1) == "of":
        return None
    return found[0] + 1 - i, SwapFor(None, found[1])


_FORMS: tuple[Callable[[Tokens, int], Reading | None], ...] = (
    _replace,
    _instead_of,
    _instead_first,
    _played_on,
    _instead,
)
