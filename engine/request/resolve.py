"""A ComposeRequest to a Brief: what was left open is chosen by the seed."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import TypeVar

from engine.errors import RequestError
from engine.request.lexicon.figures import METERS, TONICS
from engine.request.lexicon.genres import GENRES
from engine.request.lexicon.moods import MOODS
from engine.request.lineup import choose_lineup, suits
from engine.request.model import MAX_BARS, MAX_SEED, Brief, ComposeRequest, check_whole
from engine.request.profiles import PROFILES, TONIC_WEIGHTS
from engine.request.style_profiles import STYLES
from engine.score.units import MAX_BPM, MIN_BPM, bar_seconds

T = TypeVar("T")

_DRAWS = ("genre", "mood", "mode", "tonic", "meter", "tempo", "lineup", "length")
"""One draw each, always all of them and in this order, so that saying one thing more leaves
the others as the same seed had them."""

DEFAULT_SECONDS = 30.0
DEFAULT_BARS = (8, 12, 16)

_TEMPO_GIVE = {4: 0.12, 2: 0.12, 1: 0.3}
"""How far a tempo that nobody asked for moves so that a multiple of so many bars fills the
seconds asked for."""

COMPATIBLE = 1.25
"""Bars and seconds may differ by this factor: people round."""


def resolve(request: ComposeRequest, *, seed: int) -> Brief:
    """Return the brief that fulfils a request; the same two arguments always give the same one.

    What was said is kept exactly; the request's own seed wins over ``seed``, which is
    0 to 2**32-1. Density and polyphony stay open if they were. Raises RequestError when
    the wishes exclude each other, with the reason.
    """
    check_whole("seed", seed, 0, MAX_SEED)
    chosen_seed = seed if request.seed is None else request.seed
    rng = random.Random(chosen_seed)
    draw = {name: rng.random() for name in _DRAWS}
    genre = request.genre or _choose_genre(request, draw["genre"])
    mood, valence, arousal = _choose_mood(request, genre, draw["mood"])
    meter = request.meter or _choose_meter(request, genre, draw["meter"])
    tempo = _choose_tempo(request, genre, meter, arousal, draw["tempo"])
    return Brief(
        genre=genre,
        mood=mood,
        valence=valence,
        arousal=arousal,
        tempo_bpm=tempo,
        key=request.key or _choose_key(request, genre, valence, draw["mode"], draw["tonic"]),
        meter=meter,
        bars=_choose_bars(request, meter, tempo, draw["length"]),
        programs=choose_lineup(request, genre, draw["lineup"]),
        density=request.density,
        polyphony=request.polyphony,
        seed=chosen_seed,
    )


def weighted(weights: Mapping[T, float], draw: float) -> T:
    """Return one of the keys; ``draw`` in [0, 1) walks through them in proportion to weight."""
    total = sum(weights.values())
    passed = 0.0
    for value, weight in weights.items():
        passed += weight
        if draw * total < passed and weight > 0:
            return value
    return next(value for value, weight in reversed(list(weights.items())) if weight > 0)


def _choose_genre(request: ComposeRequest, draw: float) -> str:
    """Weigh the genres by mood, meter, style and the instruments asked for."""
    home = STYLES[request.style].genres if request.style else ()
    weights: dict[str, float] = {}
    for genre in GENRES:
        profile = PROFILES[genre]
        weight = profile.weight
        for mood in request.moods:
            weight *= profile.moods.get(mood, 0.03)
        if request.meter is not None:
            share = profile.meters.get(request.meter, 0.0) / sum(profile.meters.values())
            weight *= 0.02 + share
        if request.tempo_bpm is not None:
            low, high = profile.tempo[0], profile.tempo[-1]
            weight *= 1.0 if low * 0.9 <= request.tempo_bpm <= high * 1.1 else 0.1
        if home:
            weight *= 1.0 if genre in home else 0.01
        weight *= suits(request, genre)
        weights[genre] = 0.0 if genre in request.avoid_genres else weight
    if not any(weights.values()):
        raise RequestError("every genre was ruled out, leave at least one")
    return weighted(weights, draw)


def _choose_mood(request: ComposeRequest, genre: str, draw: float) -> tuple[str, float, float]:
    """Return the mood with valence and arousal; several moods are averaged."""
    moods = request.moods or ((request.mood,) if request.mood else ())
    if not moods:
        moods = (weighted(_mood_weights(request, genre), draw),)
    valence = math.fsum(MOODS[mood][0] for mood in moods) / len(moods)
    arousal = math.fsum(MOODS[mood][1] for mood in moods) / len(moods)
    return moods[0], valence, arousal


def _mood_weights(request: ComposeRequest, genre: str) -> dict[str, float]:
    """Weigh the moods by genre, and by what tempo and mode were asked for."""
    profile = PROFILES[genre]
    mode = request.key.split()[1] if request.key else request.mode
    weights: dict[str, float] = {}
    for mood, (valence, arousal) in MOODS.items():
        weight = profile.moods.get(mood, 0.02)
        if request.tempo_bpm is not None:
            implied = max(-0.8, min(0.8, (request.tempo_bpm - 105) / 50))
            weight *= math.exp(-2.0 * (arousal - implied) ** 2)
        if mode is not None:
            weight *= math.exp((1.5 if mode == "major" else -1.5) * valence)
        weights[mood] = 0.0 if mood in request.avoid_moods else weight
    if not any(weights.values()):
        raise RequestError("every mood was ruled out, leave at least one")
    return weights


def _choose_meter(request: ComposeRequest, genre: str, draw: float) -> str:
    style = STYLES.get(request.style or "")
    if style and style.meter:
        return style.meter
    return weighted(PROFILES[genre].meters, draw)


def _choose_key(
    request: ComposeRequest, genre: str, valence: float, mode_draw: float, tonic_draw: float
) -> str:
    """Return a key whose mode leans with valence: bright moods to major, dark ones to minor."""
    profile, style = PROFILES[genre], STYLES.get(request.style or "")
    share = style.major if style and style.major is not None else profile.major
    odds = math.log(share / (1 - share)) + 5.0 * valence
    major = 1 / (1 + math.exp(-odds))
    mode = request.mode or ("major" if mode_draw < major else "minor")
    weights = dict(zip(TONICS, TONIC_WEIGHTS[profile.tonics][mode], strict=True))
    return f"{weighted(weights, tonic_draw)} {mode}"


def _choose_tempo(
    request: ComposeRequest, genre: str, meter: str, arousal: float, draw: float
) -> float:
    """Return the tempo asked for, or a usual one, quicker the more aroused the mood is."""
    if request.tempo_bpm is not None:
        return float(request.tempo_bpm)
    quarters = METERS[meter][0] * 4 / METERS[meter][1]
    if request.bars is not None and request.seconds is not None:
        bpm = request.bars * quarters * 60 / request.seconds
        if MIN_BPM <= bpm <= MAX_BPM:
            return round(bpm, 2)
        raise RequestError(
            f"{request.bars} bars of {meter} in {request.seconds:g} seconds would need "
            f"{bpm:.0f} BPM, outside {MIN_BPM}-{MAX_BPM}; say either bars or seconds"
        )
    place = max(0.0, min(1.0, 0.5 + 0.38 * arousal + 0.5 * (draw - 0.5)))
    style = STYLES.get(request.style or "")
    if style and style.tempo:
        low, high = style.tempo
        bpm = low + place * (high - low)
    else:
        bpm = _quantile(PROFILES[genre].tempo, place)
    if request.seconds is not None:
        bpm = _fit_tempo(bpm, quarters, request.seconds)
    return float(max(MIN_BPM, min(MAX_BPM, round(bpm))))


def _fit_tempo(bpm: float, quarters: float, seconds: float) -> float:
    """Return a tempo near ``bpm`` at which whole bars, fours if possible, fill the seconds."""
    per_bar = quarters * 60 / seconds
    for unit, give in _TEMPO_GIVE.items():
        bars = unit * max(1, round(bpm / per_bar / unit))
        if bars <= MAX_BARS and abs(bars * per_bar / bpm - 1) <= give:
            return bars * per_bar
    return min(bpm, MAX_BARS * per_bar - 0.5)


def _quantile(tempo: tuple[int, ...], place: float) -> float:
    """Return the tempo at a place in [0, 1] between the first quantile and the last."""
    position = place * (len(tempo) - 1)
    i = min(int(position), len(tempo) - 2)
    return tempo[i] + (position - i) * (tempo[i + 1] - tempo[i])


def _choose_bars(request: ComposeRequest, meter: str, tempo: float, draw: float) -> int:
    """Return the bars asked for, those nearest to the seconds, or around half a minute of them."""
    one = bar_seconds(*METERS[meter], tempo)
    if request.bars is not None:
        if request.seconds is not None:
            _check_agreement(request.bars, request.seconds, one, meter, tempo)
        return request.bars
    if request.seconds is not None:
        bars = max(1, math.floor(request.seconds / one + 0.5))
        if bars > MAX_BARS:
            raise RequestError(
                f"{request.seconds:g} seconds of {meter} at {tempo:g} BPM are {bars} bars, the "
                f"limit is {MAX_BARS}; ask for {math.floor(MAX_BARS * one)} seconds at most"
            )
        return bars
    aim = DEFAULT_SECONDS * (0.85 + 0.3 * draw)
    return min(DEFAULT_BARS, key=lambda bars: abs(bars * one - aim))


def _check_agreement(bars: int, seconds: float, one: float, meter: str, tempo: float) -> None:
    lasting = bars * one
    if abs(lasting - seconds) <= one or max(lasting / seconds, seconds / lasting) <= COMPATIBLE:
        return
    raise RequestError(
        f"{bars} bars of {meter} at {tempo:g} BPM last {lasting:.0f} seconds, not {seconds:g}; "
        "say either bars or seconds"
    )
