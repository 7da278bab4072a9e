"""The reader of phrases that want something changed; what it leaves is for the reader of requests.

Phrases are looked up in the words as one line, and a comma takes the place of each that is
understood, so that nothing around it runs together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate

from rapidfuzz import process
from rapidfuzz.distance import OSA

from engine.request.lexicon import changes as say
from engine.request.lexicon import figures as fig
from engine.request.lexicon.particles import PROTECTED
from engine.request.lexicon.phrases import words
from engine.request.lexicon.wishes import (
    Again,
    BackTo,
    Keep,
    LengthBy,
    LengthPlus,
    Move,
    NotYet,
    TempoBy,
    TempoPlus,
    Wish,
)
from engine.request.read_swaps import read_swap
from engine.request.typos import correct, is_known
from engine.request.words import Token, tokenise

Match = re.Match[str]

_N = "|".join(
    [r"-?\d+(?:\.\d+)?", *sorted(map(re.escape, say.NUMBER_WORDS), key=len, reverse=True)]
)
_BARS = "(?:" + "|".join(sorted(fig.BAR_WORDS, key=len, reverse=True)) + ")"
_TIME = rf"(?P<unit>{'|'.join(sorted(fig.SECOND_WORDS | fig.MINUTE_WORDS, key=len, reverse=True))})"
_FAST, _SLOW = "(?:faster|quicker)", "slower"
_STEP = (
    rf"(?:(?P<n>{_N}) )?(?P<kind>(?:half|whole|semi|minor|major|perfect) )?"
    r"(?P<step>semitones?|halftones?|tones?|steps?|octaves?|thirds?|fourths?|fifths?|sixths?)"
)
_STEPS = {"semitone": 1, "halftone": 1, "tone": 2, "step": 2, "octave": 12, "third": 4, "fourth": 5,
          "fifth": 7, "sixth": 9}  # fmt: skip
_RAISED = (
    r"(?:transpose|move|shift|pitch|bring|take|raise|lower|go|put)"
    r"(?: it| this| everything| the (?:key|piece|song|pitch|whole thing))*"
)
_DEGREE = r"(?P<degree>a bit|much)"

_OURS = frozenset(
    words(
        "transpose octave octaves semitone semitones replace instead again another original "
        "previous version higher lower louder quieter twice double shorten lengthen extend reverb "
        "volume melody undo swap"
    )
)
"""Words of changes that a slip is corrected to."""


def read_changes(text: str) -> tuple[list[Wish], list[Token]]:
    """Return the wishes that phrases of change say, in order of kind, and the tokens left."""
    tokens = tokenise(text.replace("%", " percent "))
    for token in tokens:
        _spell(token)
    for pattern, words_ in say.SAME_AS:
        tokens = _rewritten(tokens, pattern, words_)
    for degree, names in say.DEGREES.items():
        tokens = _rewritten(tokens, rf"(?:{names})(?! of)", degree)
    wishes, tokens = _swaps(tokens)
    for pattern, read in _readers():
        found, tokens = _read(tokens, pattern, read)
        wishes += found
    return wishes, _rewritten(tokens, say.ASIDE, "")


def _spell(token: Token) -> None:
    """Correct a slip to a word of changes, or else as the reader of requests would."""
    word = token.norm
    if token.number is not None or not word.isalpha() or is_known(word) or word in _vocabulary():
        return
    if is_known(word.removesuffix("less")):
        return  # "drumless" is for the reader of requests
    better = None
    if len(word) >= 4 and word not in PROTECTED:
        slips = 1 if len(word) < 8 else 2
        near = [own for own in _OURS if own[0] == word[0] and abs(len(own) - len(word)) <= slips]
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        better = found[0] if found else None
    if (better := better or correct(word)) is not None:
        token.norm, token.corrected = better, True


@cache
def _vocabulary() -> frozenset[str]:
    """Return every word that a phrase of change may hold."""
    rows = [pattern for pattern, _ in _rows()] + [pattern for pattern, _ in say.SAME_AS]
    rows += [*say.DEGREES.values(), say.ASIDE, "substitute exchange trade place"]
    return frozenset(word for row in rows for word in re.findall(r"(?<!\\)[a-z]{2,}", row)) | _OURS


def _swaps(tokens: list[Token]) -> tuple[list[Wish], list[Token]]:
    wishes: list[Wish] = []
    i = 0
    while i < len(tokens):
        if (swap := read_swap(tokens, i)) is not None:
            n, wish = swap
            wishes.append(wish)
            tokens = [*tokens[:i], Token(",", ","), *tokens[i + n :]]
        i += 1
    return wishes, tokens


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^ ])(?:{pattern})(?![^ ])")


def _found(tokens: Sequence[Token], pattern: str) -> list[tuple[int, int, Match]]:
    """Return first token, token after the last, and match of each place, from left to right."""
    norms = [token.norm for token in tokens]
    starts = list(accumulate((len(norm) + 1 for norm in norms), initial=0))
    return [
        (bisect_left(starts, match.start()), bisect_left(starts, match.end() + 1), match)
        for match in _compiled(pattern).finditer(" ".join(norms))
        if match.group()
    ]


def _rewritten(tokens: list[Token], pattern: str, template: str) -> list[Token]:
    """Return the tokens with other words in the place of a phrase."""
    for start, end, match in reversed(_found(tokens, pattern)):
        new = [Token(word, word) for word in match.expand(template).split()]
        tokens = [*tokens[:start], *new, *tokens[end:]]
    return tokens


Reader = Callable[[Match], Sequence[Wish]]


def _read(tokens: list[Token], pattern: str, read: Reader) -> tuple[list[Wish], list[Token]]:
    wishes: list[Wish] = []
    for start, end, match in reversed(_found(tokens, pattern)):
        if said := read(match):
            wishes = [*said, *wishes]
            tokens = [*tokens[:start], Token(",", ","), *tokens[end:]]
    return wishes, tokens


def _always(wish: Wish) -> Reader:
    return lambda _match: [wish]


def _number(match: Match, name: str = "n") -> float:
    said = match[name]
    if said is None:
        return 1.0
    return say.NUMBER_WORDS[said] if said in say.NUMBER_WORDS else float(said[:12])


def _tempo(sign: int) -> Reader:
    """Read "10 percent", "10 bpm" and "3 times", upwards or downwards."""

    def read(match: Match) -> Sequence[Wish]:
        n = abs(_number(match))
        unit = match.groupdict().get("unit") or "bpm"
        if unit == "percent":
            return [TempoBy(max(0.01, 1 + sign * n / 100))]
        if unit in ("times", "x"):
            return [TempoBy(n**sign)] if n else []
        return [TempoPlus(sign * n)]

    return read


def _bars(sign: int) -> Reader:
    return lambda match: [LengthPlus(bars=sign * abs(_number(match)))]


def _time(sign: int) -> Reader:
    def read(match: Match) -> Sequence[Wish]:
        scale = 60 if match["unit"] in fig.MINUTE_WORDS else 1
        return [LengthPlus(seconds=sign * abs(_number(match)) * scale)]

    return read


def _steps(sign: int) -> Reader:
    def read(match: Match) -> Sequence[Wish]:
        kind, step = (match["kind"] or "").strip(), match["step"].removesuffix("s")
        size = _STEPS[step]
        if (kind in ("half", "semi") and step in ("tone", "step")) or (kind, step) == (
            "minor",
            "third",
        ):
            size = {"third": 3}.get(step, 1)
        semitones = _number(match) * size
        whole = max(-999, min(999, round(semitones)))
        return [Move(sign * whole)] if whole else []

    return read


def _plain_steps(sign: int) -> Reader:
    """Read a bare number, which counts semitones."""
    return lambda match: [Move(sign * round(max(-999.0, min(999.0, _number(match)))))]


def _higher(match: Match) -> Sequence[Wish]:
    groups = match.groupdict()
    degree = groups.get("degree") or groups.get("after") or ""
    sign = 1 if match["way"] in ("higher", "up") else -1
    return [Move(sign * say.MOVES[degree])]


def _kept(match: Match) -> Sequence[Wish]:
    said = match["traits"]
    return [
        Keep(trait) for trait, names in say.TRAITS.items() if re.search(rf"\b(?:{names})\b", said)
    ]


_TRAIT = "(?:" + "|".join(names for names in say.TRAITS.values()) + ")"
_KEEP = (
    rf"{say.KEEPING} (?:(?:the|its|my|same|current|original|all|in) )*"
    rf"(?P<traits>{_TRAIT}(?: (?:(?:and|or|,|the|its|same) )*{_TRAIT})*)"
    r"(?: the same| as it is| too)?"
)


@cache
def _readers() -> tuple[tuple[str, Reader], ...]:
    """Return what is looked for, in this order: the particular before the general."""
    return tuple(_rows())


def _rows() -> list[tuple[str, Reader]]:
    more, less = "(?:more|longer|extra|additional|further)", "(?:less|fewer|shorter)"
    amount = rf"(?P<n>{_N}) (?P<unit>percent|bpm|times|x)"
    plain = rf"(?P<n>{_N})(?: (?P<unit>percent|bpm))?"
    add, cut = "(?:add|longer|append)", "(?:shorter|cut|remove|drop|without|no)"
    return [
        (_KEEP, _kept),
        (say.TWICE_AS_FAST, _always(TempoBy(2.0))),
        (say.HALF_AS_FAST, _always(TempoBy(0.5))),
        (rf"{amount} (?:faster|quicker|as fast|more|up)", _tempo(1)),
        (rf"{amount} (?:slower|as slow|less|down)", _tempo(-1)),
        (rf"{_FAST} by (?:about )?{plain}", _tempo(1)),
        (rf"{_SLOW} by (?:about )?{plain}", _tempo(-1)),
        (say.TWICE_AS_LONG, _always(LengthBy(2.0))),
        (say.HALF_AS_LONG, _always(LengthBy(0.5))),
        (rf"(?:add )?(?P<n>{_N}) (?:{more} {_BARS}|{_BARS} {more})", _bars(1)),
        (rf"{add}(?: it)?(?: by)? (?P<n>{_N}) {_BARS}(?: more| to it| at the end)?", _bars(1)),
        (rf"(?P<n>{_N}) (?:{less} {_BARS}|{_BARS} {less})", _bars(-1)),
        (rf"{cut}(?: it)?(?: off)?(?: by)? (?:the last )?(?P<n>{_N}) {_BARS}", _bars(-1)),
        (rf"(?:add )?(?P<n>{_N}) {_TIME} {more}", _time(1)),
        (rf"{add}(?: it)?(?: by)? (?P<n>{_N}) {_TIME}", _time(1)),
        (rf"(?P<n>{_N}) {more} {_TIME}", _time(1)),
        (rf"(?P<n>{_N}) {_TIME} {less}", _time(-1)),
        (rf"{cut}(?: it)?(?: off)?(?: by)? (?:the last )?(?P<n>{_N}) {_TIME}", _time(-1)),
        (rf"(?:{_RAISED} )?(?:up|higher)(?: by)? {_STEP}", _steps(1)),
        (rf"(?:{_RAISED} )?{_STEP} (?:up|higher)", _steps(1)),
        (rf"raise(?: it| this| everything| the key)? (?:by )?{_STEP}", _steps(1)),
        (rf"(?:{_RAISED} )?(?:down|lower|deeper)(?: by)? {_STEP}", _steps(-1)),
        (rf"(?:{_RAISED} )?{_STEP} (?:down|lower|deeper)", _steps(-1)),
        (rf"lower(?: it| this| everything| the key)? (?:by )?{_STEP}", _steps(-1)),
        (rf"transpose(?: it| this)?(?: up)?(?: by)? {_STEP}", _steps(1)),
        (rf"transpose(?: it| this)?(?: up)?(?: by)? (?P<n>{_N})", _plain_steps(1)),
        (rf"transpose(?: it| this)? down(?: by)? (?P<n>{_N})", _plain_steps(-1)),
        *((pattern, _always(NotYet(sentence))) for pattern, sentence in say.NOT_YET),
        (rf"(?:{_DEGREE} )?(?P<way>higher|lower|deeper)(?: (?P<after>a bit|much)(?! \w+er))?",
         _higher),
        (rf"(?:transpose|pitch|shift|move)(?: it| this| everything)? (?P<way>up|down)"
         rf"(?: {_DEGREE})?", _higher),
        (say.FIRST, _always(BackTo("first"))),
        (say.UNDO, _always(BackTo("parent"))),
        (say.AGAIN, _always(Again())),
    ]  # fmt: skip
