"""What a request asks of a piece that is there already: its values over the parent's."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.errors import RequestError
from engine.request.draft import Draft
from engine.request.lexicon import changes as say
from engine.request.lexicon.meanings import Extent, Genre, Guitar, Key, Number, Pace, Seconds, Tempo
from engine.request.lexicon.moods import MOODS
from engine.request.lexicon.tempo import ITALIAN
from engine.request.model import ComposeRequest
from engine.request.scan import Item
from engine.request.style_profiles import STYLES

_SLOW_BPM, _FAST_BPM = 82, 124
"""From a bit slow down, and from a bit fast up, a word for tempo also means slower or faster."""

_SHORT_SECONDS, _LONG_SECONDS = 15, 60

_GIVE = 1.1
"""A tempo may lie outside of what is usual in a style by this factor before it is moved."""


def ask_of(draft: Draft, request: ComposeRequest, items: Sequence[Item]) -> None:
    """Let the draft follow a request; ``items`` are what it was gathered from."""
    _refuse_what_is_there(draft, request)
    if request.style is None and any(isinstance(item.meaning, Genre) for item in items):
        draft.set("genre", request.genre)
    elif request.genre is not None:
        draft.values["genre"] = request.genre
    if request.style is not None:
        draft.again = True  # the same notes would be the same style
    _ask_meter(draft, request)
    _ask_tempo(draft, request, items)
    _ask_length(draft, request, items)
    _ask_key(draft, request, items)
    if request.moods:
        _ask_mood(draft, request.moods)
    for of, level in (("density", request.density), ("polyphony", request.polyphony)):
        if level is not None:
            draft.set(of, level)
    if request.seed is not None:
        draft.set("seed", request.seed)
        draft.again = True
    _ask_lineup(draft, request, items)
    if any(remark.startswith('"less"') for remark in request.remarks):
        draft.remarks.append(say.LOUDNESS)
    # A remark that quotes is about what was typed, which a revision does not hold.
    draft.remarks += [remark for remark in request.remarks if '"' not in remark]


def _refuse_what_is_there(draft: Draft, request: ComposeRequest) -> None:
    """Raise RequestError for a mood ruled out that is there: which instead is not for us to say."""
    if draft.now("mood") in request.avoid_moods and not request.moods:
        raise RequestError(f"say which mood it shall have instead of {draft.now('mood')}")


def _ask_meter(draft: Draft, request: ComposeRequest) -> None:
    style = STYLES.get(request.style or "")
    if request.meter is not None:
        draft.set("meter", request.meter)
    elif style and style.meter and "meter" not in draft.kept:
        draft.values["meter"] = style.meter


def _ask_tempo(draft: Draft, request: ComposeRequest, items: Sequence[Item]) -> None:
    """Set the tempo; "slow" also means slower than it is, a style what is usual in it."""
    style = STYLES.get(request.style or "")
    old, bpm = draft.now("tempo_bpm"), request.tempo_bpm
    if bpm is None:
        if style and style.tempo and "tempo_bpm" not in draft.values and "tempo" not in draft.kept:
            low, high = style.tempo
            if not low / _GIVE <= old <= high * _GIVE:
                draft.values["tempo_bpm"] = float(low if old < low else high)
    elif _is_loose(items) and not _SLOW_BPM < bpm < _FAST_BPM:
        by = say.TEMPO_FACTORS[""]
        draft.tempo_towards(max(bpm, old * by) if bpm >= _FAST_BPM else min(bpm, old / by))
    else:
        draft.set("tempo_bpm", bpm)


def _is_loose(items: Sequence[Item]) -> bool:
    """Return whether the tempo was said in everyday words, not in figures or in Italian."""
    exact = any(isinstance(item.meaning, Tempo | Number) for item in items)
    paces = [item.typed.lower() for item in items if isinstance(item.meaning, Pace)]
    return bool(paces) and not exact and not any(pace in ITALIAN for pace in paces)


def _ask_length(draft: Draft, request: ComposeRequest, items: Sequence[Item]) -> None:
    if request.bars is not None:
        draft.set("bars", request.bars)
    elif request.seconds is not None:
        bars, old = draft.bars_for(request.seconds), draft.now("bars")
        loose = any(isinstance(item.meaning, Extent) for item in items)
        if loose and not any(isinstance(item.meaning, Seconds) for item in items):
            by = say.LENGTH_FACTORS[""]
            if request.seconds <= _SHORT_SECONDS:
                bars = min(bars, max(1, math.floor(old / by)))
            elif request.seconds >= _LONG_SECONDS:
                bars = max(bars, math.ceil(old * by))
        if bars == old:
            draft.set("bars", bars)
        else:
            draft.length_towards(bars)


def _ask_key(draft: Draft, request: ComposeRequest, items: Sequence[Item]) -> None:
    """Set the key; a tonic without a mode keeps the parent's, a mode without a tonic the tonic."""
    tonic, mode = draft.now("key").split()
    if request.key is not None:
        said = next(item.meaning for item in items if isinstance(item.meaning, Key))
        wanted, wanted_mode = request.key.split()
        if isinstance(said, Key) and said.mode is None and request.mode is None:
            wanted_mode = mode
        draft.key(f"{wanted} {wanted_mode}")
    elif request.mode is not None:
        draft.key(f"{tonic} {request.mode}")


def _ask_mood(draft: Draft, moods: tuple[str, ...]) -> None:
    places = [MOODS[mood] for mood in moods]
    valence = math.fsum(place[0] for place in places) / len(places)
    arousal = math.fsum(place[1] for place in places) / len(places)
    now = draft.now("mood"), draft.now("valence"), draft.now("arousal")
    if (moods[0], valence, arousal) == now:
        draft.remarks.append(f"it is {moods[0]} already")
    draft.feel(moods[0], valence, arousal)


def _ask_lineup(draft: Draft, request: ComposeRequest, items: Sequence[Item]) -> None:
    any_guitar = any(isinstance(item.meaning, Guitar) for item in items)
    if request.acoustic and not request.programs:
        draft.remarks.append(
            "which instruments to unplug cannot be told; say what shall play instead of what"
        )
    if request.only and request.programs:
        draft.lineup.only(request.programs, any_guitar)
        return
    if request.exclude:
        draft.lineup.remove(request.exclude)
    if request.programs:
        draft.lineup.add(request.programs, any_guitar)
