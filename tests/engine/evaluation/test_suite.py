import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.corpus.shard import Shard, pack
from engine.errors import BadInputError, CancelledError
from engine.evaluation.bootstrap import Interval
from engine.evaluation.measured import Judges
from engine.evaluation.orders import (
    BARS,
    QUADRANTS,
    asked_orders,
    human_pieces,
    matched_orders,
    plain_orders,
    variants,
)
from engine.evaluation.suite import SEEDS, VARIED, evaluate
from engine.evaluation.summary import OVERALL, STATISTICS, Report
from engine.evaluation.targets import TARGETS, as_text, verdicts
from engine.generate.constraints import ONE_VOICE
from engine.generate.order import Order
from engine.score.model import DRUMS
from tests.engine.evaluation.writers import Piece, heedless, held_out_shard, obedient
from tests.engine.training.shards import labelled, scale_piece

PIECES = 22


@pytest.fixture(scope="module")
def shard() -> Shard:
    return held_out_shard()


@pytest.fixture(scope="module")
def judges() -> Judges:
    return Judges(
        genre=lambda score: "jazz",
        mood=lambda score: (1, -1),
        copied_run=lambda score: len(score.programs),
        genres=("jazz", "folk"),
        genre_ceiling=0.8,
        valence_ceiling=0.75,
        copied_baseline=100.0,
    )


@pytest.fixture(scope="module")
def report(shard: Shard, judges: Judges) -> Report:
    return evaluate(obedient, [shard], model="toy", pieces=PIECES, varied=1, judges=judges)


def test_who_does_as_told_meets_every_target_of_control(report: Report) -> None:
    rows = {row.key: row for row in report.targets}
    assert [row.key for row in report.targets] == [target.key for target in TARGETS]
    for key in ("decodes", "exact", "key", "density", "polyphony", "copied_run"):
        assert rows[key].met, rows[key]
    assert report.exactness["asked"] == dict.fromkeys(report.exactness["asked"], 1.0)


def test_who_does_not_listen_meets_none_of_texture(shard: Shard) -> None:
    found = evaluate(heedless, [shard], model="toy", pieces=PIECES, varied=0)
    for one in (found.adherence.density, found.adherence.polyphony):
        assert abs(one.value) < 0.5
    rows = {row.key: row.met for row in found.targets}
    assert rows["density"] is False
    assert rows["polyphony"] is False
    assert rows["exact"] is True


def test_what_is_not_judged_is_not_measured_and_not_written(shard: Shard) -> None:
    written: list[int] = []

    def counting(orders: Sequence[Order]) -> list[Piece]:
        written.append(len(orders))
        return obedient(orders)

    found = evaluate(counting, [shard], model="toy", pieces=3, varied=2)
    rows = {row.key: row for row in found.targets}
    for key in ("genre", "arousal", "valence", "copied_run"):
        assert (rows[key].obtained, rows[key].met, rows[key].shown) == (None, None, "not measured")
    assert "plain" not in found.pieces
    assert sum(written) == 3 + 3 + 2 * SEEDS
    assert found.confusion == {}
    assert found.copied == {}


def test_a_piece_that_is_not_as_asked_is_found_in_its_set(shard: Shard) -> None:
    def sloppy(orders: Sequence[Order]) -> list[Piece]:
        pieces = obedient(orders)
        first = pieces[0]
        return [Piece(first.tokens[:-1], replace(first.score, bars=99)), *pieces[1:]]

    found = evaluate(sloppy, [shard], model="toy", pieces=4, varied=1)
    shares = found.exactness["asked"]
    assert (shares["decodes"], shares["bars"], shares["tempo"]) == (0.75, 0.75, 1.0)
    assert {row.key: row.met for row in found.targets}["decodes"] is False


def test_judges_are_asked_about_what_they_know(report: Report) -> None:
    """The judge always says jazz, pleasant and calm; only jazz and folk are judged."""
    plain = report.judged["plain"]
    assert plain.genre is not None
    assert plain.valence is not None
    asked = [one.order.controls.genre for one in plain_orders(PIECES)]
    jazz, folk = asked.count("jazz"), asked.count("folk")
    assert plain.genre.value == pytest.approx(jazz / (jazz + folk))
    pleasant = [one.mood is not None and one.mood.valence == 1 for one in plain_orders(PIECES)]
    assert plain.valence.value == pytest.approx(sum(pleasant) / PIECES)
    rows = {row.key: row for row in report.targets}
    assert rows["genre"].obtained is not None
    assert rows["genre"].obtained.value == pytest.approx(plain.genre.value / 0.8)
    assert rows["arousal"].obtained is None  # no ceiling, so no share of it
    assert report.confusion["metal"] == {"jazz": asked.count("metal")}


def test_the_human_side_is_that_of_the_shard(report: Report) -> None:
    assert report.pieces["human"] == report.pieces["matched"] == 12
    assert set(report.statistics) == {OVERALL, "folk", "jazz"}
    for name in STATISTICS:
        gap = report.statistics[OVERALL][name]
        assert gap.pieces == 12
        assert gap.gap.value == pytest.approx(gap.generated - gap.human)
    assert report.statistics[OVERALL]["scale_consistency"].human == 100
    assert report.likeness["human"][3] == pytest.approx(1.0)  # the scales return after four bars


def test_humans_beside_themselves_have_no_gap(shard: Shard) -> None:
    humans = human_pieces([shard], 4)
    pairs = zip(matched_orders(humans), humans, strict=True)
    scores = {one.order.seed: human.score for one, human in pairs}

    def copying(orders: Sequence[Order]) -> list[Piece]:
        pieces = obedient(orders)
        return [
            replace(piece, score=scores.get(order.seed, piece.score))
            for order, piece in zip(orders, pieces, strict=True)
        ]

    found = evaluate(copying, [shard], model="toy", pieces=4, varied=0)
    gaps = [found.statistics[OVERALL][name] for name in STATISTICS]
    gaps += [found.repetition[name] for name in ("likeness_lag_1", "repeated_bars", "longest_run")]
    assert [gap.gap.value for gap in gaps] == [0.0] * 6
    rows = {row.key: row.met for row in found.targets}
    assert all(rows[name] for name in STATISTICS)


def test_the_same_evaluation_twice_is_the_same(shard: Shard) -> None:
    once, again = (
        evaluate(obedient, [shard], model="toy", pieces=3, varied=1).to_json() for _ in range(2)
    )
    assert once == again


def test_a_report_is_json_without_nan(report: Report) -> None:
    kept = report.to_json()
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
    assert kept["targets"][0]["obtained"]["value"] == 1.0
    assert kept["targets"][0]["obtained"]["low"] is None


def test_progress_rises_to_the_end_and_may_cancel(shard: Shard) -> None:
    told: list[float] = []
    evaluate(
        obedient,
        [shard],
        model="toy",
        pieces=2,
        varied=1,
        on_progress=lambda stage, share: told.append(share),
    )
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)

    def cancel(stage: str, share: float) -> None:
        if stage == "writing: asked":
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        evaluate(obedient, [shard], model="toy", pieces=2, on_progress=cancel)


def test_a_corpus_without_held_out_pieces_is_refused() -> None:
    training = pack([labelled(scale_piece(1), "train")])
    with pytest.raises(BadInputError, match="no pieces for validation or test"):
        evaluate(obedient, [training], model="toy", pieces=2)


# ----------------------------------------------------------------------------- what is asked


def test_human_pieces_are_held_out_ones_by_people_genre_by_genre(shard: Shard) -> None:
    humans = human_pieces([shard], 6)
    assert Counter(human.controls.genre for human in humans) == {"folk": 3, "jazz": 3}
    for human in humans:
        assert human.controls.bars == human.score.bars == BARS
        assert human.controls.programs == human.score.programs
        assert human.controls.tempo_bpm == human.score.tempos[0].bpm
        assert human.score.chords
    assert len({human.score.notes for human in humans}) == 6


def test_requests_ask_everything_equally_often() -> None:
    orders = asked_orders(176)
    controls = [one.order.controls for one in orders]
    assert set(Counter(c.genre for c in controls).values()) == {8}
    assert set(Counter(c.density for c in controls).values()) == {22}
    assert set(Counter(c.polyphony for c in controls).values()) == {22}
    assert set(Counter(one.mood for one in orders).values()) == {44}
    assert len({c.key for c in controls}) == 24
    assert 0.55 < sum(c.meter == (4, 4) for c in controls) / 176 < 0.85
    assert {c.bars for c in controls} == set(range(8, 17))
    for one in orders:
        assert one.order.demand.density == one.order.controls.density is not None


def test_density_polyphony_and_the_number_of_instruments_tell_nothing_of_each_other() -> None:
    controls = [one.order.controls for one in asked_orders(440)]
    columns = np.array([[c.density, c.polyphony, len(c.programs or ())] for c in controls])
    correlations = np.corrcoef(columns.T)[np.triu_indices(3, 1)]
    assert np.abs(correlations).max() < 0.1


def test_every_band_asked_can_play_chords() -> None:
    for one in asked_orders(200):
        pitched = [p for p in one.order.demand.programs if p != DRUMS]
        assert 1 <= len(pitched) <= 5
        assert any(program not in ONE_VOICE for program in pitched)


def test_plain_requests_leave_density_and_polyphony_open() -> None:
    orders = plain_orders(88)
    assert set(Counter(one.order.controls.genre for one in orders).values()) == {4}
    assert set(Counter(one.mood for one in orders).values()) == {22}
    assert {(o.order.controls.density, o.order.controls.polyphony) for o in orders} == {(None,) * 2}


def test_every_mood_is_in_its_quadrant() -> None:
    assert sum(map(len, QUADRANTS.values())) == 15
    assert "happy" in QUADRANTS[1, 1]  # type: ignore[index]
    assert "calm" in QUADRANTS[1, -1]  # type: ignore[index]
    assert "sad" in QUADRANTS[-1, -1]  # type: ignore[index]
    assert "angry" in QUADRANTS[-1, 1]  # type: ignore[index]


def test_variants_differ_in_their_seeds_alone() -> None:
    (asked,) = asked_orders(1)
    found = variants(asked, SEEDS)
    assert len({one.order.seed for one in found}) == SEEDS
    assert {replace(one.order, seed=0) for one in found} == {replace(asked.order, seed=0)}
    assert VARIED * SEEDS == 50


def test_another_seed_asks_for_something_else_the_same_seed_for_the_same() -> None:
    assert asked_orders(5, 1) == asked_orders(5, 1) != asked_orders(5, 2)
    assert plain_orders(5, 1) == plain_orders(5, 1) != plain_orders(5, 2)


# ---------------------------------------------------------------------------------- targets


def test_a_target_is_met_at_its_bound_and_not_beyond() -> None:
    for target in TARGETS:
        step = -1e-9 if target.at_least else 1e-9
        assert target.met(target.bound)
        assert not target.met(target.bound + step)


def test_the_table_has_a_line_for_each_target_measured_or_not() -> None:
    nan = float("nan")
    rows = verdicts({"key": Interval(0.875, 0.8, 0.95), "density": Interval(nan, nan, nan)})
    lines = as_text(rows).splitlines()
    assert len(lines) == len(TARGETS)
    key = next(line for line in lines if line.startswith("key"))
    assert "≥ 90 %" in key
    assert "87.5 %" in key
    assert key.endswith("80.0 % to 95.0 %     NOT MET")
    assert sum("not measured" in line for line in lines) == len(TARGETS) - 1
