"""Two briefs in words: what is different between a piece and its next version."""

from __future__ import annotations

from engine.request.lexicon.genres import GENRE_TITLES
from engine.request.lexicon.moods import MOODS
from engine.request.model import Brief

_SLIGHT = 0.06
"""A move on the plane of moods that is no direction to speak of."""


def what_changes(before: Brief, after: Brief, octaves: int = 0) -> list[str]:
    """Return a phrase for each difference: "72 BPM instead of 90"; who plays is left out.

    ``octaves``: by how many semitones all pitches move beyond the change of key.
    """
    said: list[str] = []
    if after.genre != before.genre:
        said.append(f"{_genre(after)} instead of {_genre(before)}")
    if feeling := _feeling(before, after):
        said.append(feeling)
    if after.tempo_bpm != before.tempo_bpm:
        said.append(f"{after.tempo_bpm:g} BPM instead of {before.tempo_bpm:g}")
    if after.key != before.key:
        said.append(f"{after.key} instead of {before.key}")
    if octaves:
        said.append(_octaves(octaves))
    if after.meter != before.meter:
        said.append(f"{after.meter} instead of {before.meter}")
    if after.bars != before.bars:
        said.append(f"{after.bars} {'bar' if after.bars == 1 else 'bars'} instead of {before.bars}")
    for of, old, new in (
        ("density", before.density, after.density),
        ("polyphony", before.polyphony, after.polyphony),
    ):
        if new != old:
            said.append(f"{of} {new} of 7" if old is None else f"{of} {new} instead of {old}")
    if after.seed != before.seed:
        said.append(f"seed {after.seed}")
    return said


def _genre(brief: Brief) -> str:
    title = GENRE_TITLES.get(brief.genre, brief.genre)
    return title.removesuffix(" piece").removesuffix(" music")


def _feeling(before: Brief, after: Brief) -> str:
    """Return how the mood changed; between two moods the direction says more than the name."""
    named = (after.valence, after.arousal) == MOODS[after.mood]
    leaning = _leaning(before, after)
    if after.mood == before.mood:
        return f"{leaning} than before" if leaning else ""
    instead = f"{after.mood} instead of {before.mood}"
    return instead if named or not leaning else f"{leaning}: {instead}"


def _leaning(before: Brief, after: Brief) -> str:
    """Return in which directions the mood moved: "darker and calmer"."""
    words = []
    if abs(after.valence - before.valence) > _SLIGHT:
        words.append("brighter" if after.valence > before.valence else "darker")
    if abs(after.arousal - before.arousal) > _SLIGHT:
        words.append("more excited" if after.arousal > before.arousal else "calmer")
    return " and ".join(words)


def _octaves(semitones: int) -> str:
    count = abs(semitones) // 12
    number = "an octave" if count == 1 else f"{count} octaves"
    return f"{number} {'higher' if semitones > 0 else 'lower'}"
