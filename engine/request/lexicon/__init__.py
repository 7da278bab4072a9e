"""Everything that words can mean, as one index of phrases.

The tables stand in the modules beside this one, a subject each; here they are only joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from engine.request.lexicon import instruments as ins
from engine.request.lexicon.genres import FREE_STYLES, GENRES, STYLES, WEAK_GENRES
from engine.request.lexicon.meanings import (
    Acoustic,
    Ensemble,
    Filler,
    Genre,
    Guitar,
    Meaning,
    Mood,
    Particle,
    Sound,
    Style,
)
from engine.request.lexicon.moods import MOOD_WORDS
from engine.request.lexicon.particles import FILLERS, PARTICLES
from engine.request.lexicon.phrases import Phrase, phrase, phrases, plural
from engine.request.lexicon.tempo import EXTENTS, LEVELS, PACES


def _sounds() -> Iterator[tuple[Phrase, Meaning]]:
    for name, names in ins.NAMES.items():
        sound = Sound((ins.default_program(name),))
        for words in {phrase(name): 0} | dict.fromkeys(phrases(names), 0):
            yield words, sound
            yield plural(words), sound
    for program, names in ins.SOUNDS.items():
        for words in phrases(names):
            yield words, Sound((program,))
            yield plural(words), Sound((program,))
    for name, (program, instead) in ins.STAND_INS.items():
        sound = Sound((program,), f"General MIDI has no {name}; it is played by {instead}")
        yield phrase(name), sound
        yield plural(phrase(name)), sound
    for name, programs in ins.SECTIONS.items():
        yield phrase(name), Sound(programs)
        yield plural(phrase(name)), Sound(programs)
    for word in ("guitar", "guitars", "guitarra", "gitarre", "guitarist"):
        yield (word,), Guitar()
    for word in ("acoustic", "unplugged", "acoustically"):
        yield (word,), Acoustic()


def _ensembles() -> Iterator[tuple[Phrase, Meaning]]:
    for name, programs in ins.ENSEMBLES.items():
        ensemble = Ensemble(programs, ins.ENSEMBLE_GENRES.get(name))
        yield phrase(name), ensemble
        yield plural(phrase(name)), ensemble
    yield ("piano", "trio"), Ensemble(ins.PIANO_TRIO[0], None, in_jazz=ins.PIANO_TRIO[1])


def _genres() -> Iterator[tuple[Phrase, Meaning]]:
    for name, names in GENRES.items():
        for words in phrases(names):
            yield words, Genre(name, weak=" ".join(words) in WEAK_GENRES)
    for style, (genre, names) in STYLES.items():
        for words in phrases(names):
            yield words, Genre(genre, style, weak=" ".join(words) in WEAK_GENRES)
    for style, (meter, weak_genre, names) in FREE_STYLES.items():
        for words in phrases(names):
            yield words, Style(style, meter, weak_genre)


def entries() -> Iterator[tuple[Phrase, Meaning]]:
    """Yield every phrase with its meaning; where a phrase comes twice the later one counts."""
    yield from ((words, Filler()) for words in phrases(FILLERS))
    for role, names in PARTICLES.items():
        yield from ((words, Particle(role)) for words in phrases(names))
    yield from _sounds()
    yield from _ensembles()
    yield from _genres()
    for mood, names in MOOD_WORDS.items():
        yield from ((words, Mood(mood)) for words in phrases(names))
    for table in (PACES, LEVELS, EXTENTS):
        yield from ((phrase(name), meaning) for name, meaning in table.items())


@cache
def index() -> dict[str, list[tuple[Phrase, Meaning]]]:
    """Return the phrases by their first word, the longest first."""
    by_phrase = dict(entries())
    by_word: dict[str, list[tuple[Phrase, Meaning]]] = {}
    for words, meaning in by_phrase.items():
        by_word.setdefault(words[0], []).append((words, meaning))
    for found in by_word.values():
        found.sort(key=lambda entry: -len(entry[0]))
    return by_word
