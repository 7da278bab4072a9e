"""The reader of keys, which has to tell "in A minor" from "in a minor key"."""

from __future__ import annotations

from engine.request.lexicon import figures as fig
from engine.request.lexicon.meanings import Key, Mode
from engine.request.lexicon.phrases import words
from engine.request.read_numbers import Reading, Tokens, word_at

_MODE_SUFFIXES = {"m": "minor", "min": "minor", "minor": "minor", "maj": "major", "major": "major"}

_MODE_NOUNS = frozenset(
    words(
        "key keys mode scale chord chords mood feel feeling sound tonality harmony harmonies one "
        "vibe piece song tune track ballad waltz march thing blues third pentatonic melody theme "
        "and progression sounding jazz keyed triad tone swing groove"
    )
)
"""After "a minor" these show that "a" is the article."""

_AFTER_A = frozenset({"with", "for", "at", "and", "please", "no", "without", "on", "but"})
"""What may follow a lone "in a" that means the note."""


def _glued_words() -> dict[str, tuple[int, bool, str | None]]:
    """Return "bbm", "csharp", "dmin" ...: semitone, whether altered, mode if said."""
    words: dict[str, tuple[int, bool, str | None]] = {}
    for letter, tone in fig.LETTERS.items():
        for sign, shift in {"": 0, "b": -1, "flat": -1, "sharp": 1}.items():
            altered = bool(shift)
            words[letter + sign] = ((tone + shift) % 12, altered, None)
            for suffix, mode in _MODE_SUFFIXES.items():
                words[letter + sign + suffix] = ((tone + shift) % 12, altered, mode)
    return words


_NOTES = _glued_words()


def _read_tonic(tokens: Tokens, i: int) -> tuple[int, int, bool, str | None] | None:
    """Return the place after the tonic, its pitch class, whether altered, and a glued mode."""
    found = _NOTES.get(word_at(tokens, i))
    if found is None:
        return None
    tone, altered, mode = found
    j = i + 1
    if len(tokens[i].norm) == 1:
        sign = word_at(tokens, j)
        is_word = sign in {"sharp", "flat"}
        if sign in fig.ACCIDENTALS and (is_word or tokens[j].glued):
            tone, altered = (tone + fig.ACCIDENTALS[sign]) % 12, True
            j += 1
            if j < len(tokens) and tokens[j].glued and word_at(tokens, j) in _MODE_SUFFIXES:
                mode = _MODE_SUFFIXES[word_at(tokens, j)]
                j += 1
    return j, tone, altered, mode


def _read_mode(tokens: Tokens, j: int) -> tuple[int, str, str | None] | None:
    """Return the place after a mode, major or minor, and a remark if it is approximated."""
    k = j
    while word_at(tokens, k) in fig.MODE_COLOURS:
        k += 1
    word = word_at(tokens, k)
    if word in fig.MODE_WORDS:
        k += 1
        while word_at(tokens, k) in {"pentatonic", "scale"}:
            k += 1
        return k, fig.MODE_WORDS[word], None
    if word in fig.CHURCH_MODES:
        mode = fig.CHURCH_MODES[word]
        return k + 1, mode, f"{word} is approximated by {mode}"
    return None


def _read_german(tokens: Tokens, i: int) -> Reading | None:
    mode = {"moll": "minor", "dur": "major"}.get(word_at(tokens, i + 1))
    tone = fig.GERMAN_NOTES.get(word_at(tokens, i))
    if mode is None or tone is None:
        return None
    return 2, Key(tone, mode)


def _prefix(tokens: Tokens, i: int) -> tuple[int, str]:
    """Return the place after "in", "in the key of", "key:" and so on, and which it was."""
    j, said = i, ""
    if word_at(tokens, j) in {"in", "to"}:
        j, said = j + 1, "in"
    k = j + (word_at(tokens, j) == "the")
    if word_at(tokens, k) in {"key", "tonic", "tonality"}:
        k += 1
        k += word_at(tokens, k) == "signature"
        while word_at(tokens, k) in {"of", "=", ":", "is"}:
            k += 1
        return k, "key"
    return j, said


def read_key(tokens: Tokens, i: int) -> Reading | None:
    """Read a key or a mode, with the words that lead to it."""
    j, said = _prefix(tokens, i)
    if german := _read_german(tokens, j):
        return german[0] + j - i, german[1]
    if tonic := _read_tonic(tokens, j):
        k, tone, altered, mode = tonic
        remark = None
        if mode is None and (found := _read_mode(tokens, k)):
            k, mode, remark = found
        if _is_key(tokens, j, k, said, altered, mode):
            if word_at(tokens, k) in {"key", "tonality"}:
                k += 1
            return k - i, Key(tone, mode, remark)
    if mode_found := _read_mode(tokens, j):
        k, mode_name, remark = mode_found
        if word_at(tokens, k) in {"key", "keys", "mode", "scale"}:
            k += 1
        return k - i, Mode(mode_name, remark)
    return None


def _is_key(tokens: Tokens, j: int, k: int, said: str, altered: bool, mode: str | None) -> bool:
    """Judge whether the tonic at j, which ends before k, is meant as one."""
    typed, following = tokens[j].text, word_at(tokens, k)
    if tokens[j].norm == "a" and not altered:
        return _is_the_note_a(tokens, j, k, said, mode)
    if tokens[j].norm == "am" and said == "":
        return typed[0] == "A" and word_at(tokens, j - 1) not in {"i", "what", "who"}
    if mode is not None:
        return True
    if following == "and" and len(word_at(tokens, k + 1)) == 1 and len(typed) == 1:
        return False  # "in d&d style"
    if said:
        return k >= len(tokens) or not (tokens[k].glued and following in {"/", "'"})
    return altered and (k > j + 1 or typed[0].isupper())


def _is_the_note_a(tokens: Tokens, j: int, k: int, said: str, mode: str | None) -> bool:
    typed, following = tokens[j].text, word_at(tokens, k)
    at_end = k >= len(tokens) or following in {",", "."}
    if mode is not None:
        if said == "key":
            return True
        if following in _MODE_NOUNS:
            return said == "in" and typed == "A" and following not in {"key", "mode", "scale"}
        return said == "in" or at_end or (typed == "A" and j > 0) or following in _AFTER_A
    if said == "key":
        return True
    capital = typed == "A" and not all(token.text.isupper() for token in tokens if token.text)
    return said == "in" and (at_end or following in _AFTER_A or (capital and following != "key"))
