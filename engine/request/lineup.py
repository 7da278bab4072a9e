"""Who plays: the instruments asked for, completed as the genre would."""

from __future__ import annotations

from collections.abc import Iterable

from engine.errors import RequestError
from engine.request.lexicon.genres import STYLES as NAMES
from engine.request.lexicon.instruments import DRUMS, FAMILIES, INSTRUMENT_OF
from engine.request.lexicon.phrases import words
from engine.request.model import MAX_PROGRAMS, ComposeRequest
from engine.request.profiles import PROFILES
from engine.request.style_profiles import STYLES

MELODY, HARMONY, BASS = "melody", "harmony", "bass"

_ALL_ROUND = words("piano electric_piano harpsichord organ accordion harp strings")
_CHORDAL = words("acoustic_guitar electric_guitar vibraphone marimba synth_pad banjo koto choir")
_LOW = words("upright_bass bass synth_bass double_bass")
_LOW_SINGERS = words("cello bassoon tuba trombone")
_SILENT = words("drums percussion timpani orchestra_hit sound_effects synth_effects")

PART: dict[str, frozenset[str]] = {
    **{name: frozenset({MELODY}) for name in set(INSTRUMENT_OF.values())},
    **{name: frozenset({MELODY, HARMONY}) for name in _ALL_ROUND + _CHORDAL},
    **{name: frozenset({HARMONY, MELODY}) for name in ("distorted_guitar", "brass", "kalimba")},
    **{name: frozenset({BASS}) for name in _LOW},
    **{name: frozenset() for name in _SILENT},
}
"""What an instrument does in a band."""

CARRIES: dict[str, frozenset[str]] = {
    **PART,
    **{name: frozenset({MELODY, HARMONY, BASS}) for name in [*_ALL_ROUND, "acoustic_guitar"]},
    **{name: frozenset({MELODY, BASS}) for name in _LOW_SINGERS},
    **{name: frozenset({MELODY, HARMONY}) for name in ("violin", "viola", "horn", "synth_lead")},
    "synth_pad": frozenset({MELODY, HARMONY, BASS}),
}
"""What an instrument can do if it has to: a piano alone is a whole piece."""

_FALLBACK: dict[str, tuple[int, ...]] = {
    MELODY: (0, 73, 40, 25, 66, 81, 11),
    HARMONY: (0, 25, 48, 4, 16, 89, 11, 46),
    BASS: (33, 32, 43, 38),
}

_UNPLUGGED: dict[int, int] = {
    **dict.fromkeys((4, 5, 7), 0),
    **dict.fromkeys((16, 17, 18), 20),
    **dict.fromkeys((26, 27, 28, 29, 30, 31), 25),
    **dict.fromkeys((33, 34, 35, 36, 37, 38, 39), 32),
    **dict.fromkeys((50, 51, 62, 63), 48),
    **dict.fromkeys(range(80, 88), 73),
    **dict.fromkeys(range(88, 104), 48),
}
"""What plays instead when nothing may be plugged in."""


def _refused(request: ComposeRequest) -> frozenset[str]:
    """Return the instruments not to choose, their families with them unless asked for."""
    names = set(request.exclude)
    for name in request.exclude:
        names.update(FAMILIES.get(name, ()))
    return frozenset(names - set(request.instruments))


def suits(request: ComposeRequest, genre: str) -> float:
    """Return in (0, 1] how much at home in a genre the instruments asked for are."""
    if not request.instruments:
        return 1.0
    lineups = [lineup for _, lineup in PROFILES[genre].lineups]
    lineups += [STYLES[style].programs or () for style, (of, _) in NAMES.items() if of == genre]
    home = {INSTRUMENT_OF[p] for lineup in lineups for p in lineup}
    return 0.002 + 0.998 * sum(name in home for name in request.instruments) / len(
        request.instruments
    )


def choose_lineup(request: ComposeRequest, genre: str, draw: float) -> tuple[int, ...]:
    """Return the programs that play, ascending: all those asked for, none of those refused.

    A closed list stays as it is. Otherwise what is missing of melody, harmony, bass and drums
    comes from one of the genre's line-ups, picked by ``draw`` in [0, 1).
    """
    if request.only and request.programs:
        return tuple(sorted(request.programs))
    refused = _refused(request)
    usual = [p for p in _pick(request, genre, draw) if INSTRUMENT_OF[p] not in refused]
    if request.programs:
        band = _complete(request.programs, usual, genre, refused)
    else:
        band = _complete(usual, usual, genre, refused, keep_signature=False)
    if not band:
        band = [p for p in INSTRUMENT_OF if INSTRUMENT_OF[p] not in refused][:1]
    if not band:
        raise RequestError("every instrument was ruled out, leave at least one to play")
    return tuple(sorted(band))


def _pick(request: ComposeRequest, genre: str, draw: float) -> tuple[int, ...]:
    """Return one usual line-up, of the style if it has one; unplugged if that was asked."""
    style = STYLES.get(request.style or "")
    if style and style.programs:
        lineup = style.programs
    else:
        weights = [weight for weight, _ in PROFILES[genre].lineups]
        passed, i = weights[0], 0
        while draw * sum(weights) >= passed and i + 1 < len(weights):
            i += 1
            passed += weights[i]
        lineup = PROFILES[genre].lineups[i][1]
    if request.acoustic:
        lineup = tuple(dict.fromkeys(_UNPLUGGED.get(p, p) for p in lineup))
    return lineup


def _complete(
    asked: Iterable[int],
    usual: list[int],
    genre: str,
    refused: frozenset[str],
    keep_signature: bool = True,
) -> list[int]:
    """Return what was asked for with the missing parts added."""
    band = list(asked)
    if not any(PART[INSTRUMENT_OF[p]] & {MELODY, HARMONY} for p in band):
        bass_asked = any(BASS in PART[INSTRUMENT_OF[p]] for p in band)
        band += [p for p in usual if not (bass_asked and BASS in PART[INSTRUMENT_OF[p]])]
    elif keep_signature:
        wanted = set(PROFILES[genre].signature) & set(usual)
        band += [p for p in sorted(wanted) if not _has_kin(band, p)]
    for part in (HARMONY, MELODY, BASS):
        if any(part in PART[INSTRUMENT_OF[p]] for p in band):
            continue
        dedicated = [p for p in usual if part in PART[INSTRUMENT_OF[p]]]
        if not dedicated and any(part in CARRIES[INSTRUMENT_OF[p]] for p in band):
            continue
        capable = [p for p in usual if part in CARRIES[INSTRUMENT_OF[p]]]
        others = [p for p in _FALLBACK[part] if INSTRUMENT_OF[p] not in refused]
        for program in [*dedicated, *capable, *others][:1]:
            band.append(program)
    if DRUMS in usual and DRUMS not in band:
        band.append(DRUMS)
    return list(dict.fromkeys(band))[:MAX_PROGRAMS]


def _has_kin(band: list[int], program: int) -> bool:
    """Whether the band has the same instrument, or another guitar for a guitar."""
    name = INSTRUMENT_OF[program]
    kin = {name} | ({"electric_guitar", "distorted_guitar"} if name.endswith("_guitar") else set())
    return any(INSTRUMENT_OF[p] in kin for p in band)
