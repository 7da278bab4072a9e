from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import CancelledError
from engine.generate.constraints import Constraint, Demand
from engine.generate.loop import Stream, advance, latest
from engine.generate.order import Order
from engine.generate.sampler import Sampling, draw
from engine.model.config import PRESETS
from engine.model.transformer import Transformer
from engine.score.theory import KEYS, METERS
from engine.tokens import vocab
from engine.tokens.control import Controls, prefix
from engine.tokens.decode import decode
from engine.tokens.grammar import first_illegal
from engine.tokens.spec import Family
from tests.engine.generate.whole import generate
from tests.engine.model.toys import toy

TRIO = Controls(
    genre="jazz", tempo_bpm=90.0, meter=(4, 4), key=KEYS[0], bars=4, programs=(0, 32, 128)
)


def write(controls: Controls, *seeds: int, model: Transformer | None = None) -> list[list[int]]:
    return generate(model or toy(), [Order.of(controls, seed) for seed in seeds])


def naive(controls: Controls, seed: int, model: Transformer) -> list[int]:
    """Compose without a cache, as plainly as it can be said: the oracle."""
    constraint, rng = Constraint(Demand.of(controls)), np.random.default_rng(seed)
    written: list[int] = []
    while not constraint.done:
        token = constraint.forced()
        if token is None:
            logits = model(torch.tensor([[*prefix(controls), *written]]))[0, -1].numpy()
            token = draw(logits + constraint.preferences(), constraint.mask(), Sampling(), rng)
        constraint.read(token)
        written.append(token)
    return written


def test_the_cache_changes_nothing_but_the_speed() -> None:
    model = toy()
    with torch.inference_mode():
        assert write(TRIO, 7, model=model) == [naive(TRIO, 7, model)]


@settings(max_examples=25, deadline=None)
@given(
    programs=st.sets(st.integers(0, 128), min_size=1, max_size=9).map(lambda s: tuple(sorted(s))),
    meter=st.sampled_from(METERS),
    bars=st.integers(1, 12),
    tempo=st.floats(20, 300),
    key=st.sampled_from([None, *KEYS]),
    density=st.sampled_from([None, 0, 7]),
    polyphony=st.sampled_from([None, 3]),
    seed=st.integers(0, 2**32 - 1),
)
def test_whatever_a_model_thinks_the_piece_is_as_demanded(
    programs: tuple[int, ...],
    meter: tuple[int, int],
    bars: int,
    tempo: float,
    key: object,
    density: int | None,
    polyphony: int | None,
    seed: int,
) -> None:
    controls = Controls(tempo_bpm=tempo, meter=meter, bars=bars, programs=programs, key=key)
    demand = replace(Demand.of(controls), density=density, polyphony=polyphony)
    (tokens,) = generate(toy(spread=0.4), [Order(controls, demand, seed)])
    score = decode(tokens)
    assert first_illegal(tokens) is None
    assert score.bars == bars
    assert score.programs == programs
    assert [m[1:] for m in score.meters] == [meter]
    assert len(score.tempos) == 1
    assert score.tempos[0].bpm == pytest.approx(tempo, rel=0.015)
    for bar in score.iter_bars():
        assert any(bar.start <= note.start < bar.end for note in score.notes)


def test_the_same_seed_writes_the_same_piece_and_another_another() -> None:
    assert write(TRIO, 1) == write(TRIO, 1)
    assert write(TRIO, 1) != write(TRIO, 2)


def test_streams_written_side_by_side_are_all_as_demanded() -> None:
    streams = write(TRIO, 1, 2, 3)
    assert len({tuple(stream) for stream in streams}) == 3
    assert {decode(stream).bars for stream in streams} == {4}


def test_a_piece_longer_than_the_context_goes_on() -> None:
    long = replace(TRIO, bars=40)
    (tokens,) = write(long, 3)
    assert len(tokens) > PRESETS["tiny"].context
    assert decode(tokens).bars == 40


def test_a_full_cache_goes_on_from_whole_bars_that_look_like_an_excerpt() -> None:
    long = replace(TRIO, bars=12)
    streams = write(long, 3, 4)
    cut = [stream[: 2 * len(stream) // 3] for stream in streams]
    for stream in cut:
        row = latest(Order.of(long, 3), stream, room=100)
        begins = row.index(vocab.WITHIN)
        bars = row[begins + 1 :]
        assert first_illegal(bars) is None
        assert bars[3:] == stream[-len(bars) + 3 :]
        assert 50 < len(bars) <= 103
        left = bars[0] - vocab.FIRST[Family.BAR] + 1
        assert vocab.bars_id(left) in row[:begins]


SOLO = Controls(tempo_bpm=60.0, meter=(3, 4), key=KEYS[5], bars=2, programs=(73,))


def test_unlike_orders_side_by_side_are_each_written_as_alone() -> None:
    """Their prefixes and lengths differ: filling must not be seen, done rows not disturb."""
    model = toy()
    orders = [Order.of(TRIO, 1), Order.of(SOLO, 2), Order.of(replace(TRIO, bars=6), 3)]
    together = generate(model, orders)
    assert together == [generate(model, [order])[0] for order in orders]


@pytest.mark.parametrize("guidance", [1.0, 1.5])
def test_streams_that_were_left_are_taken_up_where_they_are(guidance: float) -> None:
    model = toy()
    orders = [
        Order.of(TRIO, 1, Sampling(guidance=guidance)),
        Order.of(SOLO, 2),
        Order.of(replace(TRIO, bars=6), 3, Sampling(guidance=guidance)),
    ]
    streams = [Stream(order) for order in orders]
    for bars in (1, 3, None):
        advance(model, streams, bars=bars)
        asked = [order.demand.bars for order in orders]
        assert [stream.bars for stream in streams] == [min(bars or 99, count) for count in asked]
    assert [stream.written for stream in streams] == generate(model, orders)


def test_what_fits_is_read_again_when_a_stream_is_taken_up() -> None:
    model, order = toy(), Order.of(TRIO, 1)
    stream = Stream(order)
    advance(model, [stream], bars=3)
    context = len(generate(model, [order])[0]) + 40
    assert len(stream.written) > context // 2
    advance(model, [stream], context=context)
    assert stream.written == generate(model, [order], context=context)[0]


@pytest.mark.parametrize("bars", [1, 2, 5])
def test_an_opening_is_the_first_bar_alone(bars: int) -> None:
    stream = Stream(Order.of(replace(TRIO, bars=bars), 4))
    advance(toy(), [stream], bars=1)
    opening = stream.opening()
    assert decode(opening).bars == 1
    assert opening[-1] == vocab.END
    assert opening[:-1] == stream.written[:-1]


def test_guidance_of_one_is_none_and_more_moves_away_from_no_controls() -> None:
    model = toy(spread=0.4)
    guided = Order.of(TRIO, 1, Sampling(guidance=1.0 + 1e-6))
    assert generate(model, [guided]) == generate(model, [Order.of(TRIO, 1)])
    strong = generate(model, [Order.of(TRIO, 1, Sampling(guidance=2.0))])
    assert strong == [naive_guided(TRIO, 1, model, 2.0)]


def naive_guided(controls: Controls, seed: int, model: Transformer, factor: float) -> list[int]:
    constraint, rng = Constraint(Demand.of(controls)), np.random.default_rng(seed)
    written: list[int] = []
    while not constraint.done:
        token = constraint.forced()
        if token is None:
            told, bare = (
                model(torch.tensor([[*prefix(c), *written]]))[0, -1].detach().numpy()
                for c in (controls, Controls())
            )
            logits = bare + factor * (told - bare) + constraint.preferences()
            token = draw(logits, constraint.mask(), Sampling(), rng)
        constraint.read(token)
        written.append(token)
    return written


def test_progress_counts_the_bars_of_all_orders() -> None:
    seen: list[int] = []
    generate(toy(), [Order.of(TRIO, 1), Order.of(SOLO, 2)], on_bars=seen.append)
    assert seen[-1] == 6
    assert seen == sorted(set(seen))


def test_levels_that_are_asked_stand_at_the_head_of_every_bar() -> None:
    (tokens,) = write(replace(TRIO, density=2), 1)
    names = [vocab.NAMES[token] for token in tokens]
    assert names.count("BarDensity_2") == 4
    assert sum(name.startswith("BarPolyphony") for name in names) == 4


def chords_of(controls: Controls, seed: int) -> list[tuple[int, str]]:
    """Return the chords as (bar, name) that a writer who shuns them is made to write."""
    constraint, rng = Constraint(Demand.of(controls)), np.random.default_rng(seed)
    shuns = np.zeros(vocab.V, dtype=np.float32)
    shuns[list(vocab.ids_of(Family.CHORD))] = -50.0
    written: list[int] = []
    while not constraint.done:
        token = constraint.forced()
        if token is None:
            token = draw(shuns, constraint.mask(), Sampling(), rng)
        constraint.read(token)
        written.append(token)
    score = decode(written)
    return [
        (bar.number, f"{chord.root}:{chord.quality}")
        for bar in score.iter_bars()
        for chord in score.chords
        if bar.start <= chord.tick < bar.end
    ]


@pytest.mark.parametrize("seed", range(4))
def test_harmony_moves_and_comes_home(seed: int) -> None:
    """Left alone, a small model stays on one chord from the first bar to the last."""
    chords = chords_of(replace(TRIO, key=KEYS[14], bars=8), seed)
    bars = [bar for bar, _ in chords]
    assert bars[0] == 0
    assert all(later - bar <= 2 for bar, later in pairwise(bars))
    assert bars[-1] >= 5
    assert chords[-1][1] == "2:m"
    assert bars.count(7) <= 1


def test_a_trumpet_plays_one_note_at_a_time_and_a_piano_more() -> None:
    duo = replace(TRIO, programs=(0, 56), bars=8)
    notes = decode(write(duo, 2, model=toy(spread=0.4))[0]).notes
    at_once = Counter((note.program, note.start) for note in notes)
    assert max(count for (program, _), count in at_once.items() if program == 56) == 1
    assert max(count for (program, _), count in at_once.items() if program == 0) > 1


def test_drums_alone_have_no_chords() -> None:
    assert chords_of(replace(TRIO, key=None, programs=(128,)), 1) == []


def test_progress_counts_the_bars_and_can_stop_the_work() -> None:
    seen: list[int] = []

    def watch(bars: int) -> None:
        seen.append(bars)
        if bars == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        generate(toy(), [Order.of(TRIO, 1)], on_bars=watch)
    assert seen == [1, 2]


def test_the_key_is_preferred_but_not_imposed() -> None:
    blank = Transformer(PRESETS["tiny"]).eval()  # gives every token the same chance
    in_c = replace(TRIO, key=KEYS[0], bars=16, programs=(0,))
    pitches = [note.pitch for note in decode(write(in_c, 5, model=blank)[0]).notes]
    inside = sum(pitch % 12 in (0, 2, 4, 5, 7, 9, 11) for pitch in pitches) / len(pitches)
    assert 7 / 12 + 0.1 < inside < 1.0


class TestDraw:
    LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05], dtype=np.float32))
    ALL = np.ones(4, dtype=np.bool_)

    def frequencies(self, mask: np.ndarray, sampling: Sampling) -> list[float]:
        rng = np.random.default_rng(0)
        drawn = [draw(self.LOGITS, mask, sampling, rng) for _ in range(4000)]
        return [drawn.count(token) / 4000 for token in range(4)]

    def test_draws_as_likely_as_the_model_says(self) -> None:
        found = self.frequencies(self.ALL, Sampling(temperature=1.0, top_p=1.0))
        assert found == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.03)

    def test_an_illegal_token_is_never_drawn(self) -> None:
        mask = np.array([False, True, True, True])
        assert self.frequencies(mask, Sampling(top_p=1.0))[0] == 0

    def test_the_nucleus_leaves_the_tail_out(self) -> None:
        found = self.frequencies(self.ALL, Sampling(top_p=0.7))
        assert found == pytest.approx([0.625, 0.375, 0, 0], abs=0.03)

    def test_cold_sampling_takes_the_likeliest(self) -> None:
        assert self.frequencies(self.ALL, Sampling(temperature=0.01))[0] == 1.0


def test_a_looser_rhythm_flattens_positions_and_leaves_their_share() -> None:
    first, last = vocab.FIRST[Family.POSITION], vocab.FIRST[Family.POSITION] + 4
    logits = np.full(vocab.V, -9.0, dtype=np.float32)
    logits[first:last] = [3.0, 0.0, 0.0, 0.0]
    logits[vocab.FIRST[Family.PITCH]] = 3.0
    mask = logits > -1
    shares = []
    for rhythm in (1.0, 3.0):
        rng = np.random.default_rng(0)
        sampling = Sampling(top_p=1.0, rhythm=rhythm)
        drawn = [draw(logits, mask, sampling, rng) for _ in range(4000)]
        shares.append(Counter(drawn))
    plain, loose = shares
    pitch = vocab.FIRST[Family.PITCH]
    assert abs(plain[pitch] - loose[pitch]) < 150
    assert loose[first] < 0.75 * plain[first]
