"""Text as a row of tokens that remember how they were typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from engine.request.lexicon.moods import EMOJI

_TOKEN = re.compile(
    r"""
    (?P<skip> <a?:\w+:\d+> | <[@#][!&]?\d+> )           # Discord's emoji and mentions
  | (?P<link> https?://\S+ )
  | (?P<number> (?: (?<![^\s=:(,]) - )? (?: \d{1,3}(?:,\d{3})+(?!\d) | \d+(?:\.\d+|,\d(?!\d))? ) )
  | (?P<range> (?<=\d) \s* [-\u2013\u2014] \s* (?=\d) )
  | (?P<minus> (?<!\S) - (?=[^\W\d_]) )
  | (?P<word> [^\W\d_]+ (?: ['\u2019`\u00b4] [^\W\d_]+ )* )
  | (?P<sign> \S )
    """,
    re.VERBOSE,
)

_BREAKS = {",": ",", ";": ".", ".": ".", "!": ".", "?": ".", "(": ".", ")": ".", "\n": "."}

_SIGNS = {"&": "and", "+": "and", "@": "@", "~": "~", "/": "/", "=": "=", ":": ":"} | {
    sign: sign for sign in "#♯♭♩♪"
}

_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019`\u00b4"))


@dataclass(slots=True)
class Token:
    """One word, number or sign."""

    text: str
    """As typed."""
    norm: str
    """Lower case, without accents and apostrophes; "no" for a leading minus."""
    number: float | None = None
    glued: bool = False
    """Whether nothing stands between it and the token before."""
    corrected: bool = False
    """Whether ``norm`` is a guess at a misspelt word."""

    @property
    def shown(self) -> str:
        """As typed, cut to a length that fits in a sentence."""
        return self.text if len(self.text) <= 24 else self.text[:20] + "..."


def normalise(word: str) -> str:
    """Return a word in lower case without accents and apostrophes; may be empty."""
    plain = unicodedata.normalize("NFKD", word.translate(_APOSTROPHES)).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace())


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text in order; punctuation that ends a thought is "," or "."."""
    tokens: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(text):
        kind, typed = match.lastgroup, match.group()
        glued = match.start() == end
        end = match.end()
        if kind == "number":
            plain = typed.replace(",", "." if re.search(r",\d$", typed) else "")
            tokens.append(Token(typed, normalise(plain), float(plain), glued))
        elif kind == "word":
            norm = normalise(typed)
            if norm:
                tokens.append(Token(typed, norm, None, glued))
        elif kind == "link":
            tokens.append(Token(typed, typed, None, glued))
        elif kind == "range":
            tokens.append(Token(typed, "to", None, True))
        elif kind == "minus":
            tokens.append(Token(typed, "no", None, False))
        elif kind == "sign":
            known = _BREAKS.get(typed) or _SIGNS.get(typed) or EMOJI.get(typed)
            if known:
                tokens.append(Token(typed, known, None, glued))
    return tokens
