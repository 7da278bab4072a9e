"""Tempo and meter as musicians speak of them: the beat that is felt, its Italian name."""

from __future__ import annotations

from typing import NamedTuple

from engine.score.model import Meter, Score

# Upper edges in felt beats a minute, after present-day metronome tables; the words of requests
# (``request.lexicon.tempo``) lie inside their own spans, and a test holds that.
_ITALIAN = (
    (45, "grave"), (60, "largo"), (66, "larghetto"), (76, "adagio"), (108, "andante"),
    (120, "moderato"), (156, "allegro"), (172, "vivace"), (200, "presto"),
)  # fmt: skip

_METERS = {
    "2/4": "two beats to the bar, like a march or a polka",
    "3/4": "three beats to the bar, like a waltz",
    "4/4": "four beats to the bar",
    "5/4": "five beats to the bar",
    "6/8": "two swaying beats of three eighth notes each",
    "7/8": "seven eighth notes to the bar",
    "9/8": "three swaying beats of three eighth notes each",
    "12/8": "four swaying beats of three eighth notes each",
}


class Pace(NamedTuple):
    """How fast a piece is."""

    bpm: float
    """Felt beats a minute for most of the time."""
    beat: str
    """Which note value is felt as the beat."""
    italian: str
    slowest_bpm: float
    fastest_bpm: float
    """Of the same beat; equal to ``bpm`` where the tempo stays."""


def is_compound(meter: Meter) -> bool:
    """Return whether three eighth notes make a beat: 6/8, 9/8, 12/8."""
    return meter.denominator == 8 and meter.numerator % 3 == 0


def pace_of(score: Score, meter: Meter) -> Pace:
    """Return the pace of a score, counted in the beats of a meter."""
    compound = is_compound(meter)
    ends = [*(tempo.tick for tempo in score.tempos[1:]), max(score.bars_end, score.end, 1)]
    lasting: dict[float, float] = {}
    for tempo, end in zip(score.tempos, ends, strict=True):
        bpm = tempo.bpm * (2 / 3 if compound else 1)
        lasting[bpm] = lasting.get(bpm, 0.0) + max(0, end - tempo.tick) / bpm
    bpm = max(lasting, key=lambda one: lasting[one])
    beat = "dotted quarter" if compound else "quarter"
    return Pace(bpm, beat, italian(bpm), min(lasting), max(lasting))


def main_meter(score: Score) -> Meter:
    """Return the meter that most bars have; the first of the score if it has no bar."""
    count: dict[Meter, int] = {}
    for bar in score.iter_bars():
        meter = bar.meter._replace(tick=0)
        count[meter] = count.get(meter, 0) + 1
    return max(count, key=lambda meter: count[meter]) if count else score.meters[0]


def italian(bpm: float) -> str:
    """Return the tempo word for felt beats a minute."""
    return next((name for edge, name in _ITALIAN if bpm < edge), "prestissimo")


def meter_words(name: str) -> str:
    """Return what a meter of ``theory.METERS`` means to a listener; of any other its name."""
    return _METERS.get(name, f"in {name}")
