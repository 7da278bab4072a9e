"""Hypothesis strategies: any score that a MIDI file may hold, and any that is on the grid."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import strategies as st

from engine.score.model import DRUMS, Chord, Meter, Note, Score, Tempo
from engine.score.theory import CHORD_QUALITIES, METERS
from engine.score.units import GRID, bar_ticks
from engine.tokens.quantise import DRUM_TICKS
from engine.tokens.spec import DURATIONS, TEMPO_STEPS, VELOCITY_STEPS, tempo_bpm
from engine.tokens.vocab import velocity_of

ANY_METER = st.tuples(st.integers(1, 16), st.sampled_from([1, 2, 4, 8, 16, 32]))
RESOLUTIONS = st.sampled_from([1, 12, 24, 96, 100, 480, 960])
PROGRAMS = st.lists(
    st.one_of(st.integers(0, 127), st.just(DRUMS)), min_size=1, max_size=17, unique=True
)


def covered(score: Score) -> Score:
    """The score with as many bars as its notes need, at least one."""
    bars = sum(bar.start < max(1, score.end) for bar in replace(score, bars=2000).iter_bars())
    return replace(score, bars=max(1, bars))


@st.composite
def wild_scores(draw: st.DrawFn) -> Score:
    """Any resolution and meters, changes anywhere, notes upon notes: as files come."""
    resolution = draw(RESOLUTIONS)
    tick = st.integers(1, 50 * resolution)
    bpm = st.floats(1.0, 1000.0)
    notes = draw(
        st.lists(
            st.builds(
                Note,
                st.integers(0, 40 * resolution),
                st.sampled_from([0, 32, 40, DRUMS]),
                st.integers(0, 127),
                st.integers(1, 40 * resolution),
                st.integers(1, 127),
            ),
            max_size=30,
        )
    )
    tempos = {0: draw(bpm), **draw(st.dictionaries(tick, bpm, max_size=4))}
    meters = {0: draw(ANY_METER), **draw(st.dictionaries(tick, ANY_METER, max_size=4))}
    return covered(
        Score(
            resolution,
            0,
            tuple(sorted(notes)),
            tuple(Tempo(*change) for change in sorted(tempos.items())),
            tuple(Meter(at, *meter) for at, meter in sorted(meters.items())),
        )
    )


@st.composite
def file_scores(draw: st.DrawFn) -> Score:
    """What a MIDI file can say without loss: whole BPM, and no pitch of a part overlaps itself."""
    resolution = draw(RESOLUTIONS)
    programs = draw(PROGRAMS)
    slots = draw(
        st.lists(
            st.tuples(st.integers(0, 12), st.sampled_from(programs), st.integers(0, 127)),
            min_size=1,
            max_size=40,
            unique=True,
        )
    )
    length = 2 * resolution
    notes = []
    for slot, program, pitch in slots:
        late = draw(st.integers(0, length - 1))
        duration = draw(st.integers(1, length - late))
        velocity = draw(st.integers(1, 127))
        notes.append(Note(slot * length + late, program, pitch, duration, velocity))
    bpms = draw(st.lists(st.integers(20, 300), min_size=1, max_size=4))
    tempos = [Tempo(i * 3 * resolution, float(bpm)) for i, bpm in enumerate(bpms)]
    return covered(
        Score(
            resolution,
            0,
            tuple(sorted(notes)),
            tuple(_changing(tempos)),
            draw(meter_changes(resolution))[0],
        )
    )


@st.composite
def meter_changes(draw: st.DrawFn, resolution: int = GRID) -> tuple[tuple[Meter, ...], int]:
    """Some of the eight meters, each for a few bars, and how many bars they are."""
    spans = draw(
        st.lists(st.tuples(st.sampled_from(METERS), st.integers(1, 3)), min_size=1, max_size=4)
    )
    meters = []
    tick = 0
    for meter, bars in spans:
        meters.append(Meter(tick, *meter))
        tick += bars * bar_ticks(*meter, resolution)
    return tuple(_changing(meters)), sum(bars for _, bars in spans)


@st.composite
def grid_scores(draw: st.DrawFn) -> Score:
    """Any score that tokens can say: all meters, tempi, grid ticks, lengths, up to 17 programs.

    Notes may be doubled, and a pitch may sound twice at once with two lengths.
    """
    meters, bars = draw(meter_changes())
    empty = Score(GRID, bars, (), (Tempo(0, 120.0),), meters)
    tick = st.integers(0, empty.bars_end - 1)
    programs = draw(PROGRAMS)
    notes = draw(
        st.lists(
            st.builds(
                _grid_note,
                tick,
                st.sampled_from(programs),
                st.integers(0, 127),
                st.sampled_from(DURATIONS),
                st.integers(0, VELOCITY_STEPS - 1),
            ),
            max_size=40,
        )
    )
    twice = draw(st.lists(st.sampled_from(notes), max_size=3)) if notes else []
    longer = [note._replace(duration=384) for note in twice if note.program != DRUMS]
    step = st.integers(0, TEMPO_STEPS - 1)
    steps = {0: draw(step), **draw(st.dictionaries(tick, step, max_size=4))}
    quality = st.sampled_from([*CHORD_QUALITIES])
    chords = draw(st.dictionaries(tick, st.tuples(st.integers(0, 11), quality), max_size=6))
    tempos = [Tempo(at, tempo_bpm(change)) for at, change in sorted(steps.items())]
    return replace(
        empty,
        notes=tuple(sorted([*notes, *twice, *longer])),
        tempos=tuple(_changing(tempos)),
        chords=tuple(Chord(at, *harmony) for at, harmony in sorted(chords.items())),
    )


def _grid_note(start: int, program: int, pitch: int, duration: int, step: int) -> Note:
    ticks = DRUM_TICKS if program == DRUMS else duration
    return Note(start, program, pitch, ticks, velocity_of(step))


def _changing(events: list) -> list:  # type: ignore[type-arg]
    """The events that change something."""
    return [*events[:1], *(b for a, b in pairwise(events) if a[1:] != b[1:])]
